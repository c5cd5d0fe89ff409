// What errors of the operating system and of SQLite mean to whoever starts the service.

/** Errors of the operating system and of SQLite, with what can be done. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Choose another one with --port, or 0 for any free one.',
  EADDRNOTAVAIL: 'this machine does not have the address. Choose another one with --host.',
  ENOTFOUND: 'the name of the host cannot be resolved. Choose another one with --host.',
  EACCES: 'permission denied.',
  EPERM: 'permission denied.',
  ENOTDIR: 'it is not a folder. Choose another one with --data.',
  EEXIST: 'it is not a folder. Choose another one with --data.',
  EROFS: 'the file system is read-only.',
  ENOSPC: 'the disk is full.',
  SQLITE_CANTOPEN: 'its files cannot be opened. Check who owns it.',
  SQLITE_READONLY: 'its files are read-only. Check who owns it.',
  SQLITE_READONLY_DIRECTORY: 'it is read-only. Check who owns it.',
  SQLITE_FULL: 'the disk is full.',
  SQLITE_BUSY: 'another process uses it.',
};

/** What is wrong, and what can be done. */
export function explainStorage(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  return EXPLANATIONS[code] ?? message;
}
