// A shell that reads its commands from standard input, and the terminal in front of it: what is typed is shown, edited and sent line by line.
// Upstream of the behaviour: POSIX Shell Command Language 2.1, the line discipline of termios(3).

import { SCRIPT_LENGTH_MAX, TERMINAL_LINE_LENGTH_MAX } from '../kernel/limits.ts';
import { spend } from './budget.ts';
import { parseScript } from './parse-script.ts';
import { addSource, createFrame, endFrame, endProcess } from './processes.ts';
import { readInput, unreadInput } from './run-command.ts';
import type { Frame, Process, ShellHost, ShellState } from './state.ts';

/** Reads the next command and runs it; waits while there is none, ends with standard input. */
export function stepInput(state: ShellState, process: Process, frame: Frame, host: ShellHost): void {
  // `set -e` ends a shell by moving its frame behind its end.
  if (frame.pc !== 0) return endFrame(state, process, frame);
  showPrompt(state, process, frame, host);
  const text = readInput(state, process, host);
  if (text === null) return;
  const pending = frame.pending ?? '';
  if (text === undefined) {
    if (pending === '') return endFrame(state, process, frame);
    delete frame.pending;
    return run(state, process, pending);
  }
  const at = text.indexOf('\n');
  unreadInput(state, process, at < 0 ? '' : text.slice(at + 1));
  const gathered = pending + (at < 0 ? text : text.slice(0, at + 1));
  spend(state.budget, gathered.length / CHARACTERS_PARSED_PER_WORK);
  const isWhole = at >= 0 && (gathered.length > SCRIPT_LENGTH_MAX || !isUnfinished(gathered));
  if (state.terminal !== undefined) state.terminal.hasPrompt = false;
  if (isWhole) {
    delete frame.pending;
    run(state, process, gathered);
  } else frame.pending = gathered;
}

/** Characters of a script that take as long to read as an instruction. */
const CHARACTERS_PARSED_PER_WORK = 20;

/** Types text on the terminal of a session. Returns what the terminal shows of it. */
export function typeInto(state: ShellState, text: string): string {
  const { terminal } = state;
  if (terminal === undefined) return '';
  let shown = '';
  for (const character of text) {
    if (character === '\r' || character === '\n') {
      state.input += `${terminal.line}\n`;
      terminal.line = '';
      shown += '\r\n';
    } else if (character === '\u0003') {
      terminal.line = '';
      shown += '^C\r\n';
      interruptSession(state);
    } else if (character === '\u0004') {
      if (terminal.line === '') state.inputClosed = true;
      else state.input += terminal.line;
      terminal.line = '';
    } else if (character === '\u007f' || character === '\b') {
      if (terminal.line !== '') shown += '\b \b';
      terminal.line = [...terminal.line].slice(0, -1).join('');
    } else if (terminal.line.length < TERMINAL_LINE_LENGTH_MAX) {
      terminal.line += character;
      shown += character;
    }
  }
  return shown;
}

/** Ctrl-C: a shell that reads commands drops what it runs, any other process ends with 130. */
export function interruptSession(state: ShellState): void {
  for (const process of state.processes) {
    if (process.exitCode !== null) continue;
    const at = process.frames.findIndex((frame) => frame.kind === 'input');
    const reader = process.frames[at];
    if (reader === undefined) {
      endProcess(state, process, 130);
      continue;
    }
    delete reader.pending;
    process.frames.length = at + 1;
    Object.assign(process, { running: null, wait: null, pendingChildren: null, words: [], fields: [], status: 130 });
    if (state.terminal !== undefined) state.terminal.hasPrompt = false;
  }
}

function run(state: ShellState, process: Process, text: string): void {
  process.frames.push(createFrame(addSource(state, text), 0, 'eval', process));
}

/** True when more lines can make a command of it. */
function isUnfinished(text: string): boolean {
  if (/(?:^|[^\\])(?:\\\\)*\\\n$/.test(text)) return true;
  const parsed = parseScript(text);
  return !parsed.ok && parsed.at >= text.trimEnd().length;
}

function showPrompt(state: ShellState, process: Process, frame: Frame, host: ShellHost): void {
  const { terminal } = state;
  if (terminal === undefined || terminal.hasPrompt || state.inputClosed || process.descriptors[0]?.to !== 'input') return;
  terminal.hasPrompt = true;
  host.write('stderr', frame.pending === undefined ? promptOf(process, host) : '> ');
}

function promptOf(process: Process, host: ShellHost): string {
  if (host.flavor === 'busybox') return `${process.cwd} # `;
  return host.flavor === 'bash' || process.name === 'bash' ? `root@${host.hostname}:${process.cwd}# ` : '# ';
}
