// The rows of the commands that clients run in containers (`kubectl exec`), and what ends them together with their container.

import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { clearTimer } from '../../kernel/timers.ts';
import type { LogStream } from './logs.ts';
import type { ShellState } from '../../shell/index.ts';

export const EXEC_TIMER = 'kubelet.exec';

/** Characters of output kept until the client's session closes; the oldest go first. */
const OUTPUT_LENGTH_MAX = 32 * 1_048_576;

export interface ExecChunk {
  readonly stream: LogStream;
  readonly text: string;
}

export interface ExecRow {
  readonly podUid: string;
  readonly instanceId: string;
  readonly container: string;
  /** The command's processes; null for a program that is only known by its end. */
  shell: ShellState | null;
  output: ExecChunk[];
  outputLength: number;
  /** Chunks that were dropped before the first of `output`. */
  droppedCount: number;
  /** Set when the command has ended; `endsMs` is when that will be for a program without processes. */
  exitCode: number | null;
  endCode: number;
  endsMs: number | null;
}

/** Session → its command. */
export const execRows = defineTable<ExecRow>('kubelet.exec');

/** Appends output; a terminal gets carriage returns and has one stream. */
export function appendOutput(row: ExecRow, stream: LogStream, text: string): void {
  if (text === '') return;
  const hasTerminal = row.shell?.terminal !== undefined;
  row.output.push(hasTerminal ? { stream: 'stdout', text: text.replace(/\r?\n/g, '\r\n') } : { stream, text });
  row.outputLength += text.length;
  while (row.outputLength > OUTPUT_LENGTH_MAX && row.output.length > 1) {
    row.outputLength -= row.output.shift()?.text.length ?? 0;
    row.droppedCount += 1;
  }
}

/** The command has ended. */
export function endRow(state: ClusterState, session: string, exitCode: number): void {
  const row = execRows.edit(state, session);
  row.exitCode ??= exitCode;
  row.shell = null;
  clearTimer(state, EXEC_TIMER, session);
}

/** The container's processes are gone, and what ran beside them: 137. */
export function endExecsOf(state: ClusterState, instanceId: string): void {
  for (const [session, row] of execRows.rows(state))
    if (row.instanceId === instanceId && row.exitCode === null) endRow(state, session, 137);
}
