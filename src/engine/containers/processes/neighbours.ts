// What a command sees of the container's own process when it runs beside it: its processes, its signals, its ports. Rules: K509, K925.

import type { ClusterState } from '../../kernel/state.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import type { ContainerPlace } from '../files/files.ts';
import type { HostOptions } from './host-types.ts';
import { setProcessTimer } from './process-timer.ts';
import { sessions } from './session-table.ts';
import { mainCommand } from '../behaviors/main-command.ts';
import { listenersOf, type Process, processRows, type ShellHost, type ShellState, signalOf } from '../../shell/index.ts';
import { orderEnd } from './termination.ts';

export function besideOf(
  state: ClusterState,
  place: ContainerPlace,
  { isMain }: HostOptions,
): Pick<ShellHost, 'otherProcesses' | 'signal' | 'openPorts'> {
  const { instance, worker } = place;
  return {
    otherProcesses() {
      if (isMain) return [];
      const row = sessions.get(state, instance.id);
      return row === undefined
        ? [{ pid: 1, ppid: 0, words: mainCommand(state, place.worker, place.pod, place.container) }]
        : processRows(row.shell as ShellState);
    },
    // K925: the kernel gives PID 1 no signal that it has no handler for; servers have one.
    signal(pid, signal) {
      if (isMain) return false;
      if (!sessions.has(state, instance.id)) {
        if (pid !== 1) return false;
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
    },
    openPorts() {
      const own = (sessions.get(state, instance.id)?.shell.processes ?? []).flatMap((process) =>
        listenersOf(process as Process).map(({ port }) => port),
      );
      return [...new Set([...(instance.isScript ? [] : behaviorOf(state, instance).ports), ...own])].sort((a, b) => a - b);
    },
  };
}
