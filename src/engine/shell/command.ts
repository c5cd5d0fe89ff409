// The contract of a command of the simulated shell.

import type { Process, ShellHost, ShellState } from './state.ts';

/** What a command sees while it runs. Returning null means that it waits and will be called again. */
export interface CommandContext {
  readonly state: ShellState;
  readonly process: Process;
  readonly host: ShellHost;
  /** Arguments without the command's name. */
  readonly args: readonly string[];
  readonly name: string;
  /** Survives between calls of the same command. */
  readonly memory: Record<string, unknown>;
  out(text: string): void;
  error(text: string): void;
  /** Takes what standard input has: text, null when there is none yet (the process then waits), or undefined at its end. */
  read(fd?: number): string | null | undefined;
  /** Puts unread text back to the front of standard input. */
  unread(text: string, fd?: number): void;
  path(path: string): string;
  /** True when the image or the shell has a command of this name. */
  isCommand(name: string): boolean;
}

export type ShellCommand = (context: CommandContext) => number | null;

/** The builtin name that puts a function call's descriptors back; not a word a script can type by accident. */
export const RESTORE_COMMAND = '@restore';
