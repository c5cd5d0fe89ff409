// The commands a simulated image has: the shell's builtins and the programs that manifests use. Adding one = a line in its group's table.

import { agnhost } from '../agnhost/index.ts';
import type { ShellCommand } from '../command.ts';
import type { ShellHost } from '../state.ts';
import { awk } from '../awk/index.ts';
import { httpd } from '../small-servers.ts';
import { BUILTINS } from './builtins.ts';
import { diff } from './diff.ts';
import { DIGEST_COMMANDS } from './digests.ts';
import { DISK_COMMANDS } from './disk.ts';
import { DUMP_COMMANDS } from './dumps.ts';
import { FILE_COMMANDS } from './files.ts';
import { GZIP_COMMANDS } from './gzip.ts';
import { LAYOUT_COMMANDS } from './layout.ts';
import { MATCH_COMMANDS } from './match.ts';
import { NAME_COMMANDS } from './names.ts';
import { NETWORK_COMMANDS } from './network.ts';
import { PACKAGE_COMMANDS } from './packages.ts';
import { PROCESS_COMMANDS } from './processes.ts';
import { SYSTEM_COMMANDS } from './system.ts';
import { TAR_COMMANDS } from './tar.ts';
import { TEXT_COMMANDS } from './text.ts';

const COMMANDS: ReadonlyMap<string, ShellCommand> = new Map([
  ...Object.entries(BUILTINS),
  ...Object.entries(SYSTEM_COMMANDS),
  ...Object.entries(TEXT_COMMANDS),
  ...Object.entries(MATCH_COMMANDS),
  ...Object.entries(LAYOUT_COMMANDS),
  ...Object.entries(DUMP_COMMANDS),
  ...Object.entries(GZIP_COMMANDS),
  ['diff', diff],
  ...Object.entries(FILE_COMMANDS),
  ...Object.entries(NETWORK_COMMANDS),
  ...Object.entries(TAR_COMMANDS),
  ...Object.entries(DIGEST_COMMANDS),
  ...Object.entries(DISK_COMMANDS),
  ...Object.entries(NAME_COMMANDS),
  ...Object.entries(PACKAGE_COMMANDS),
  ...Object.entries(PROCESS_COMMANDS),
  ['awk', awk],
  ['httpd', httpd],
  ['gawk', awk],
  ['mawk', awk],
]);

const PROGRAM_DIRECTORIES = ['/bin/', '/usr/bin/', '/sbin/', '/usr/sbin/', '/usr/local/bin/'];

/** The command of this name, a path into the image's program folders, or a script file of the container at `path`; undefined when there is none. */
export function findCommand(name: string, path: string, host: ShellHost): ShellCommand | undefined {
  const directory = PROGRAM_DIRECTORIES.find((prefix) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'));
  const plain = directory === undefined ? name : name.slice(directory.length);
  const known = COMMANDS.get(plain);
  if (known !== undefined) return isInstalled(plain, host) ? known : undefined;
  const info = name.includes('/') ? host.files.stat(path) : undefined;
  return info?.kind === 'file' && info.isAssumed !== true && (info.mode & 0o111) !== 0 ? COMMANDS.get('@script') : undefined;
}

/** Package managers are those of the image's distribution. */
function isInstalled(name: string, { packages }: Pick<ShellHost, 'packages'>): boolean {
  return (
    packages === 'any' ||
    !Object.hasOwn(PACKAGE_COMMANDS, name) ||
    (packages === 'apk' ? name === 'apk' : packages === 'apt' && /^(?:apt|dpkg|add-apt|update-ca)/.test(name))
  );
}

/** Virtual milliseconds that a tool of the image takes. */
const TOOL_RUN_MS = 1_000;

/** A program of the image that is no command of the shell's own. */
export function imageProgram(kind: ReturnType<ShellHost['programKind']>): ShellCommand | undefined {
  if (kind === undefined) return undefined;
  if (kind === 'agnhost') return agnhost;
  if (kind === 'nnp') return sayUser;
  if (kind === 'client' || kind === 'failing') return () => (kind === 'client' ? 0 : 1);
  return ({ process, host, memory }) => {
    const untilMs = kind === 'server' ? Number.POSITIVE_INFINITY : Number(memory['untilMs'] ?? host.nowMs + TOOL_RUN_MS);
    if (untilMs <= host.nowMs) return 0;
    if (kind === 'tool') Object.assign(memory, { untilMs, isTool: true });
    else memory['serves'] = true;
    process.wait = kind === 'server' ? { for: 'never' } : { for: 'time', untilMs };
    return null;
  };
}

/** `nnp` of e2e-test-images/nonewprivs: its file is root's and set so that it runs as root (K910). Upstream: test/images/nonewprivs/nnp.go (v1.33). */
const sayUser: ShellCommand = ({ host, out }) => {
  out(`Effective uid: ${host.allowsEscalation ? 0 : host.user.uid}\n`);
  return 0;
};

/** True when every simulated image has a command of this name, alone or in one of the usual directories. */
export function hasCommand(name: string): boolean {
  const directory = PROGRAM_DIRECTORIES.find((prefix) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'));
  return isCommandName(directory === undefined ? name : name.slice(directory.length));
}

/** True for what a shell does itself, without a program. */
export function isBuiltin(name: string): boolean {
  return Object.hasOwn(BUILTINS, name) || name === 'echo' || name === 'printf';
}

/** True when an image's shell would find a command of this name. */
export function isCommandName(name: string, host?: Pick<ShellHost, 'packages'>): boolean {
  return COMMANDS.has(name) && !name.startsWith('@') && (host === undefined || isInstalled(name, host));
}
