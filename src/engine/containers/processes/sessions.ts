// The shells that are the main process of a container: stored between two instants, woken by one timer each.
// Rules: K509 (a shell as PID 1 ignores what it does not trap). Output goes to logs.ts.

import type { ClusterState } from '../../kernel/state.ts';
import { containerConfig } from '../container-config.ts';
import { noteTurn } from '../behaviors/consumption.ts';
import type { ContainerPlace } from '../files/files.ts';
import { openHost, shellEnvironment, workingDirectory } from './host.ts';
import { appendLog } from './logs.ts';
import { sessions } from './session-table.ts';
import { createSession, nextWakeMs, runSession, type ShellState, signalSession, spend } from '../../shell/index.ts';

/** What became of a session at this instant. */
export interface SessionStep {
  readonly exitCode: number | null;
  /** When it goes on by itself, or null. */
  readonly wakeMs: number | null;
  readonly hasWritten: boolean;
  /** It ended because it held more memory than its container may. */
  readonly isOutOfMemory?: boolean;
}

/** Starts the main process of a container: `words` is its command with arguments. */
export function startSession(state: ClusterState, place: ContainerPlace, words: readonly string[]): SessionStep {
  const { instance, container } = place;
  const shell = createSession({
    words,
    name: words[0] ?? '',
    environment: shellEnvironment(variablesOf(state, place)),
    cwd: workingDirectory(container),
    isInit: true,
    keepInputOpen: container['stdin'] === true,
    hasTerminal: container['tty'] === true && container['stdin'] === true,
  });
  sessions.put(state, instance.id, { shell });
  return stepSession(state, place);
}

/** Characters that take as long to log as an instruction. */
const LOGGED_PER_WORK = 8;

/** Lets the main process go on as far as it goes at this instant. */
export function stepSession(state: ClusterState, place: ContainerPlace): SessionStep {
  const { instance, worker, pod, container } = place;
  const { shell } = sessions.edit(state, instance.id);
  const config = containerConfig(state, worker, pod, container);
  if (!config.ok) return { exitCode: null, wakeMs: nextWakeMs(shell) ?? null, hasWritten: false };
  // A terminal is one stream.
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    spend(shell.budget, text.length / LOGGED_PER_WORK);
    appendLog(state, instance.id, shell.terminal === undefined ? stream : 'stdout', text);
  };
  const { host, files } = openHost(state, place, config.value, { nowMs: state.nowMs, isLook: false, isMain: true, write });
  runSession(shell, host);
  files.close();
  noteTurn(state, shell);
  return {
    exitCode: shell.exitCode,
    wakeMs: nextWakeMs(shell) ?? null,
    hasWritten: files.hasWritten(),
    isOutOfMemory: shell.isOutOfMemory === true,
  };
}

/** Gives the main process input and lets it act on it. */
export function feedSession(state: ClusterState, place: ContainerPlace, give: (shell: ShellState) => string): SessionStep {
  const { shell } = sessions.edit(state, place.instance.id);
  appendLog(state, place.instance.id, 'stdout', give(shell).replaceAll('\r\n', '\n'));
  return stepSession(state, place);
}

/** Sends a signal and lets the process act on it. */
export function signalProcess(state: ClusterState, place: ContainerPlace, signal: string): SessionStep {
  const { shell } = sessions.edit(state, place.instance.id);
  const main = shell.processes.find((process) => process.pid === shell.rootPid)?.running ?? null;
  // A server that took the shell's place handles the signal itself.
  if (main?.memory['serves'] === true) return { exitCode: 0, wakeMs: null, hasWritten: false };
  signalSession(shell, signal);
  return stepSession(state, place);
}

/** Forgets the process of an instance. */
export function removeSession(state: ClusterState, instanceId: string): void {
  sessions.remove(state, instanceId);
}

function variablesOf(state: ClusterState, { worker, pod, container }: ContainerPlace): readonly { name: string; value: string }[] {
  const config = containerConfig(state, worker, pod, container);
  return config.ok ? config.value.environment.variables : [];
}
