// What errors of the operating system and of SQLite mean to whoever starts the service.

type Explanations = Readonly<Record<string, string>>;

/** Of listening. */
const OF_LISTENING: Explanations = {
  EADDRINUSE: 'the port is in use. Choose another one with --port, or 0 for any free one.',
  EADDRNOTAVAIL: 'this machine does not have the address. Choose another one with --host.',
  ENOTFOUND: 'the name of the host cannot be resolved. Choose another one with --host.',
  EACCES: 'ports below 1024 need rights of the system. Choose another one with --port.',
};

/** Of the data folder. */
const OF_STORAGE: Explanations = {
  ENOENT: 'it cannot be made there. Choose another one with --data.',
  EACCES: 'permission denied. Check who owns it, or choose another one with --data.',
  EPERM: 'permission denied. Check who owns it, or choose another one with --data.',
  ENOTDIR: 'it is not a folder, or lies in something that is none. Choose another one with --data.',
  EEXIST: 'it is not a folder. Choose another one with --data.',
  EROFS: 'the file system is read-only. Choose another one with --data.',
  ENOSPC: 'the disk is full.',
  SQLITE_CANTOPEN: 'its files cannot be opened. Check who owns it.',
  SQLITE_READONLY: 'its files are read-only. Check who owns it.',
  SQLITE_READONLY_DIRECTORY: 'it is read-only. Check who owns it.',
  SQLITE_FULL: 'the disk is full.',
  SQLITE_BUSY: 'another process uses it. Stop that one, or choose another folder with --data.',
};

/** Of the file of the token. */
const OF_TOKEN_FILE: Explanations = {
  ENOENT: 'it cannot be made there. Choose another one with --token-file.',
  EACCES: 'permission denied. Check who owns it, or choose another one with --token-file.',
  EPERM: 'permission denied. Check who owns it, or choose another one with --token-file.',
  ENOTDIR: 'its folder is none. Choose another one with --token-file.',
  EEXIST: 'its folder is none. Choose another one with --token-file.',
  EISDIR: 'it is a folder. Name a file with --token-file.',
  EROFS: 'it is missing, and the file system is read-only. Choose another one with --token-file.',
  ENOSPC: 'the disk is full.',
};

/** What is wrong with the data folder, and what can be done. */
export function explainStorage(error: unknown): string {
  return explain(error, OF_STORAGE);
}

/** What is wrong with the file of the token, and what can be done. */
export function explainTokenFile(error: unknown): string {
  return explain(error, OF_TOKEN_FILE);
}

/** Why nobody can listen, and what can be done. */
export function explainListening(error: unknown): string {
  return explain(error, OF_LISTENING);
}

function explain(error: unknown, explanations: Explanations): string {
  const { code = '', message } = error as { code?: string; message: string };
  return explanations[code] ?? message;
}
