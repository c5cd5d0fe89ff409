// Whether a command is what its session is there for: nothing of the script follows it, in its own process and in those that wait for it. Rule: K915.

import { compileScript } from './compile.ts';
import type { Instruction } from './program.ts';
import type { Frame, Process, ShellState } from './state.ts';

/** K915: true on the last line of a script, after `exec`, and for what was put in the background. */
export function isLastCommand(state: ShellState, process: Process): boolean {
  if (process.frames.some((frame) => hasMore(state, frame))) return false;
  if (process.pid === state.rootPid) return true;
  const parent = state.processes.find((item) => item.pid === process.ppid);
  if (parent === undefined || parent.exitCode !== null) return true;
  if (parent.pendingChildren?.pids.includes(process.pid) === true)
    return parent.pendingChildren.capture === null && isLastCommand(state, parent);
  return parent.running?.memory['child'] !== process.pid || isLastCommand(state, parent);
}

/** Whether a frame has something left to do when the command succeeds. */
function hasMore(state: ShellState, { source, pc, kind }: Frame): boolean {
  if (kind === 'input' || kind === 'trap') return true;
  const program = compileScript(state.sources[source] ?? '');
  if (!program.ok) return false;
  const { code } = program;
  let at = pc;
  for (let steps = 0; steps <= code.length; steps += 1) {
    const instruction = code[at];
    if (instruction === undefined || isEnd(instruction)) return false;
    if (instruction.do === 'jump') at = instruction.to;
    else if (instruction.do === 'jumpIf') at = instruction.success ? instruction.to : at + 1;
    else if (IDLE.has(instruction.do)) at += 1;
    else return true;
  }
  return true;
}

/** `server; exit $?` ends with the server. */
function isEnd(instruction: Instruction): boolean {
  return instruction.do === 'return' || (instruction.do === 'field' && instruction.text === 'exit');
}

/** Instructions that only tidy up. */
const IDLE: ReadonlySet<Instruction['do']> = new Set(['guard', 'status', 'redirectsPop', 'loopEnd', 'forEnd', 'caseEnd']);
