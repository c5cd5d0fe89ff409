// The commands a simulated image has: the shell's builtins and the programs that manifests use. Adding one = a line in its group's table.

import type { ShellCommand } from '../command.ts';
import type { ShellHost } from '../state.ts';
import { BUILTINS } from './builtins.ts';
import { FILE_COMMANDS } from './files.ts';
import { NETWORK_COMMANDS } from './network.ts';
import { SYSTEM_COMMANDS } from './system.ts';
import { TEXT_COMMANDS } from './text.ts';

const COMMANDS: ReadonlyMap<string, ShellCommand> = new Map([
  ...Object.entries(BUILTINS),
  ...Object.entries(SYSTEM_COMMANDS),
  ...Object.entries(TEXT_COMMANDS),
  ...Object.entries(FILE_COMMANDS),
  ...Object.entries(NETWORK_COMMANDS),
]);

const PROGRAM_DIRECTORIES = ['/bin/', '/usr/bin/', '/sbin/', '/usr/sbin/', '/usr/local/bin/'];

/** The command of this name, a path into the image's program folders, or a script file of the container; undefined when there is none. */
export function findCommand(name: string, host: ShellHost): ShellCommand | undefined {
  const directory = PROGRAM_DIRECTORIES.find((prefix) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'));
  const plain = directory === undefined ? name : name.slice(directory.length);
  const known = COMMANDS.get(plain);
  if (known !== undefined) return known;
  const info = name.includes('/') ? host.files.stat(name) : undefined;
  return info?.kind === 'file' && (info.mode & 0o111) !== 0 ? COMMANDS.get('@script') : undefined;
}

/** True when an image's shell would find a command of this name. */
export function isCommandName(name: string): boolean {
  return COMMANDS.has(name) && !name.startsWith('@');
}
