// How a shell begins what it complains of, and its words where shells differ: bash 5.2, dash 0.5.12, BusyBox 1.36's ash.
// Deviation: the number of the line is always 1, because instructions do not know theirs.

import type { Process, ShellHost } from './state.ts';

type Shell = Pick<Process, 'isBash'>;
type Image = Pick<ShellHost, 'flavor'>;

/** Which shell a process is: what it is started as, or what the image's `sh` is. */
export function shellOf(process: Shell, { flavor }: Image): 'bash' | 'dash' | 'ash' {
  if (process.isBash === true || flavor === 'bash') return 'bash';
  return flavor === 'busybox' ? 'ash' : 'dash';
}

/** `bash: line 1: `, `sh: 1: `, `sh: `. */
export function prefixOf(process: Process, host: Image): string {
  switch (shellOf(process, host)) {
    case 'bash':
      return `${process.name}: line 1: `;
    case 'dash':
      return `${process.name}: 1: `;
    case 'ash':
      return `${process.name}: `;
  }
}

/** Of a variable that is not set, under `set -u`. */
export function unsetText(process: Process, host: Image, name: string): string {
  return `${name}: ${shellOf(process, host) === 'bash' ? 'unbound variable' : 'parameter not set'}`;
}

/** With what a shell ends that cannot go on. */
export function fatalCode(process: Process, host: Image): number {
  return shellOf(process, host) === 'bash' ? 127 : 2;
}

/** Why `cd` does not go there. */
export function directoryText(process: Process, host: Image, target: string, reason: string): string {
  switch (shellOf(process, host)) {
    case 'bash':
      return `cd: ${target}: ${reason}`;
    case 'dash':
      return `cd: can't cd to ${target}`;
    case 'ash':
      return `cd: can't cd to ${target}: ${reason}`;
  }
}

/** Of a command that nobody has. */
export function unknownText(process: Process, host: Image, name: string, isDenied: boolean): string {
  if (isDenied) return `${name}: Permission denied`;
  if (shellOf(process, host) !== 'bash') return `${name}: not found`;
  return `${name}: ${name.includes('/') ? 'No such file or directory' : 'command not found'}`;
}
