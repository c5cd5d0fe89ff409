// The rows of the shells that are main processes, and the one question about them that needs no running.

import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { ShellState } from '../../shell/index.ts';
import type { Instance } from '../model.ts';

/** Instance → its shell. */
export const sessions = defineTable<{ shell: ShellState }>('kubelet.sessions');

/** The number that the next process of a container has. */
export function nextPid(state: ClusterState, instance: Readonly<Instance>): number {
  const taken = sessions.get(state, instance.id)?.shell.nextPid;
  return taken === undefined ? 7 : taken + 6;
}

/** True while a server program runs in the script. */
export function isServing(state: ClusterState, instance: Readonly<Instance>): boolean {
  const row = sessions.get(state, instance.id);
  if (row === undefined) return false;
  return row.shell.processes.some(({ running, exitCode }) => exitCode === null && running?.memory['serves'] === true);
}
