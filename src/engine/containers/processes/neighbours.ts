// What a command sees of the container's own process when it runs beside it: its processes, its signals, its ports. Rules: K509, K925.

import type { ClusterState } from '../../kernel/state.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { findContainer } from '../container-lists.ts';
import type { ContainerPlace } from '../files/files.ts';
import type { Instance } from '../model.ts';
import type { HostOptions } from './host-types.ts';
import { setProcessTimer } from './process-timer.ts';
import { sessions } from './session-table.ts';
import { mainCommand } from '../behaviors/main-command.ts';
import { listenersOf, type Process, type ProcessRow, processRows, type ShellHost, type ShellState, signalOf } from '../../shell/index.ts';
import { orderEnd } from './termination.ts';

export function besideOf(
  state: ClusterState,
  place: ContainerPlace,
  { isMain }: HostOptions,
): Pick<ShellHost, 'otherProcesses' | 'signal' | 'openPorts' | 'processShift'> {
  const { instance } = place;
  const seen = (): readonly Seen[] => seenBy(state, place, isMain);
  return {
    otherProcesses: () => [
      ...(isShared(place) ? [{ pid: 1, ppid: 0, words: ['/pause'] }] : []),
      ...seen().flatMap(({ rows }) => rows.map(({ pid, ppid, words }) => ({ pid, ppid, words }))),
    ],
    processShift: () =>
      isShared(place) || targetOf(place) !== undefined
        ? Math.max(1, ...seen().flatMap(({ rows }) => rows.map(({ pid }) => pid))) + STEP - 1
        : 0,
    signal(pid, signal) {
      for (const { of, rows } of seen()) {
        const row = rows.find((item) => item.pid === pid);
        if (row !== undefined) return signalTo(state, place, of, row.own, signal);
      }
      return false;
    },
    openPorts() {
      const own = (sessions.get(state, instance.id)?.shell.processes ?? []).flatMap((process) =>
        listenersOf(process as Process).map(({ port }) => port),
      );
      return [...new Set([...(instance.isScript ? [] : behaviorOf(state, instance).ports), ...own])].sort((a, b) => a - b);
    },
  };
}

/** The processes of a container, with the numbers that are shown and those that they have. */
interface Seen {
  readonly of: Instance;
  readonly rows: readonly (ProcessRow & { readonly own: number })[];
}

/** By how much the numbers of two containers differ at least. */
const STEP = 6;

/** K935: containers that share their processes see those of all, in the order of their starts, behind the one of the sandbox. */
function seenBy(state: ClusterState, place: ContainerPlace, isMain: boolean): readonly Seen[] {
  const { instance, worker } = place;
  const target = targetOf(place);
  const isSeen = (item: Instance): boolean =>
    item.id === instance.id ? !isMain : isShared(place) || (target !== undefined && item.container === target);
  const running = worker.runtime.instances.filter((item) => item.state === 'running' && isSeen(item));
  running.sort((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0));
  // Of a debugged container the numbers are its own.
  if (!isShared(place)) return running.map((of) => ({ of, rows: rowsOf(state, place, of).map((row) => ({ ...row, own: row.pid })) }));
  let last = 1;
  return running.map((of) => {
    const first = last + STEP;
    const rows = rowsOf(state, place, of).map((row, index) => ({
      pid: first + index,
      ppid: index === 0 ? 0 : first,
      words: row.words,
      own: row.pid,
    }));
    last = first + rows.length - 1;
    return { of, rows };
  });
}

function isShared({ pod }: ContainerPlace): boolean {
  return pod.spec['shareProcessNamespace'] === true;
}

/** The container whose processes an ephemeral one was made to look at. */
function targetOf({ container }: ContainerPlace): string | undefined {
  const target = (container as { readonly targetContainerName?: unknown }).targetContainerName;
  return typeof target === 'string' && target !== '' ? target : undefined;
}

function rowsOf(state: ClusterState, { worker, pod }: ContainerPlace, of: Instance): readonly ProcessRow[] {
  const row = sessions.get(state, of.id);
  if (row !== undefined) return processRows(row.shell as ShellState);
  const container = findContainer(pod, of.container)?.container;
  return container === undefined ? [] : [{ pid: 1, ppid: 0, words: mainCommand(state, worker, pod, container) }];
}

/** K925: the kernel gives PID 1 no signal that it has no handler for; servers have one. */
function signalTo(state: ClusterState, { worker }: ContainerPlace, instance: Instance, pid: number, signal: string): boolean {
  if (!sessions.has(state, instance.id)) {
    if (signal === 'TERM' || signal === 'INT' || signal === 'QUIT') orderEnd(state, worker, instance);
    return true;
  }
  const { shell } = sessions.edit(state, instance.id);
  const found = shell.processes.find((item) => item.pid === pid && item.exitCode === null);
  if (found === undefined) return false;
  if (signal === 'EXIT') return true;
  const isServer = pid === shell.rootPid && found.running?.memory['serves'] === true;
  if (isServer && (signal === 'TERM' || signal === 'INT' || signal === 'QUIT')) {
    orderEnd(state, worker, instance);
    return true;
  }
  if (pid !== shell.rootPid || signal !== 'KILL') signalOf(shell, found, signal);
  setProcessTimer(state, worker, instance.id, state.nowMs);
  return true;
}
