// `agnhost mounttest`: looks at files and says what they are. Upstream: test/images/agnhost/mounttest (v1.33). Rule: K912.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileInfo } from '../state.ts';
import { type FlagSpec, isSet, numberOf } from './flags.ts';

const NEW_FILE_MODES: Readonly<Record<string, number>> = {
  new_file_0644: 0o644,
  new_file_0666: 0o666,
  new_file_0660: 0o660,
  new_file_0777: 0o777,
};

export const MOUNTTEST_FLAGS: Readonly<Record<string, FlagSpec>> = {
  fs_type: { kind: 'text' },
  file_mode: { kind: 'text' },
  file_perm: { kind: 'text' },
  file_owner: { kind: 'text' },
  ...Object.fromEntries(Object.keys(NEW_FILE_MODES).map((name) => [name, { kind: 'text' }])),
  file_content: { kind: 'text' },
  file_content_in_loop: { kind: 'text' },
  retry_time: { kind: 'number' },
  break_on_expected_content: { kind: 'flag' },
};

/** What a new file says, and what the loop looks for. */
const EXPECTED = 'mount-tester new file\n';
const RETRY_SECONDS = 180;
const PAUSE_MS = 2_000;
const TMPFS = 16_914_836;

type Values = ReadonlyMap<string, string>;

/** The checks are made in this order, whatever that of the flags is; the process fails when one of them fails. */
export function mounttest(context: CommandContext, values: Values): ReturnType<ShellCommand> {
  const { memory } = context;
  memory['failed'] ??= !checkOnce(context, values);
  const path = values.get('file_content_in_loop') ?? '';
  if (path === '') return memory['failed'] === true ? 1 : 0;
  const code = readInLoop(context, path, values);
  return code === null ? null : memory['failed'] === true ? 1 : code;
}

function checkOnce(context: CommandContext, values: Values): boolean {
  const { host, out } = context;
  let isRight = true;
  const each = (name: string, check: (path: string, quoted: string) => boolean): void => {
    const path = values.get(name) ?? '';
    if (path !== '') isRight = check(path, JSON.stringify(path)) && isRight;
  };
  const eachInfo = (name: string, call: string, tell: (info: FileInfo, quoted: string) => string): void =>
    each(name, (path, quoted) => {
      const info = host.files.stat(context.path(path));
      const cause = call === 'stat' ? '' : `${call.toLowerCase()} ${path}: `;
      out(info === undefined ? `error from ${call}(${quoted}): ${cause}no such file or directory\n` : tell(info, quoted));
      return info !== undefined;
    });
  each('fs_type', (path, quoted) => {
    const isThere = host.files.stat(context.path(path)) !== undefined;
    const type = host.files.typeAt(context.path(path));
    out(
      isThere
        ? `mount type of ${quoted}: ${type === TMPFS ? 'tmpfs' : type}\n`
        : `error from statfs(${quoted}): no such file or directory\n`,
    );
    return isThere;
  });
  for (const [name, mode] of Object.entries(NEW_FILE_MODES)) each(name, (path) => writeNew(context, path, mode));
  eachInfo('file_mode', 'Stat', (info, quoted) => `mode of file ${quoted}: ${goMode(info)}\n`);
  eachInfo('file_perm', 'Stat', ({ mode }, quoted) => `perms of file ${quoted}: ${goMode({ kind: 'file', mode: mode & 0o777 })}\n`);
  eachInfo('file_owner', 'stat', ({ uid, gid }, quoted) => `owner UID of ${quoted}: ${uid}\nowner GID of ${quoted}: ${gid}\n`);
  each('file_content', (path) => readContent(context, path));
  return isRight;
}

/** A mode as Go prints it: the kind, set-user-id, set-group-id and sticky first. */
export function goMode({ kind, mode }: Pick<FileInfo, 'kind' | 'mode'>): string {
  const first = `${kind === 'directory' ? 'd' : ''}${(mode & 0o4000) !== 0 ? 'u' : ''}${(mode & 0o2000) !== 0 ? 'g' : ''}${(mode & 0o1000) !== 0 ? 't' : ''}`;
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (1 << (8 - index))) !== 0 ? letter : '-'));
  return `${first === '' ? '-' : first}${letters.join('')}`;
}

/** The program has no umask; a file that was there keeps its mode. */
function writeNew(context: CommandContext, path: string, mode: number): boolean {
  const { files } = context.host;
  const at = context.path(path);
  const isNew = files.stat(at) === undefined;
  const error = files.write(at, EXPECTED, false);
  if (error !== null) {
    context.out(`error writing new file ${JSON.stringify(path)}: open ${path}: ${error.toLowerCase()}\n`);
    return false;
  }
  if (isNew) files.setMode(at, mode);
  return readContent(context, path);
}

function readContent(context: CommandContext, path: string): boolean {
  const text = context.host.files.read(context.path(path));
  const quoted = JSON.stringify(path);
  context.out(
    text === undefined ? `error reading file content for ${quoted}: ${readError(context, path)}\n` : `content of file ${quoted}: ${text}\n`,
  );
  return text !== undefined;
}

/** Why Go cannot read a file. */
export function readError(context: CommandContext, path: string): string {
  const { files } = context.host;
  const at = context.path(path);
  if (!files.mayRead(at)) return `open ${path}: permission denied`;
  return files.stat(at)?.kind === 'directory' ? `read ${path}: is a directory` : `open ${path}: no such file or directory`;
}

/** Reads until the content is right, or the time is over; the last reading decides. */
function readInLoop(context: CommandContext, path: string, values: Values): number | null {
  const { host, memory, process, out } = context;
  const untilMs = Number((memory['untilMs'] ??= host.nowMs + numberOf(values, 'retry_time', RETRY_SECONDS) * 1000));
  if (host.nowMs >= untilMs) return memory['lastFailed'] === true ? 1 : 0;
  const text = host.files.read(context.path(path));
  memory['lastFailed'] = text === undefined;
  if (text === undefined) out(`Error reading file ${path}: ${readError(context, path)}, retrying\n`);
  else {
    out(`content of file ${JSON.stringify(path)}: ${text}\n`);
    if (isSet(values, 'break_on_expected_content', true)) {
      if (text === EXPECTED) return 0;
      out(`Unexpected content. Expected: ${EXPECTED}. Retrying\n`);
    }
  }
  process.wait = { for: 'time', untilMs: host.nowMs + PAUSE_MS };
  return null;
}
