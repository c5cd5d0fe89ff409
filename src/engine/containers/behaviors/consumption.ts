// What the scripts of a whole cluster use: work at one instant, and memory in processes and files. It is counted, so that the same history gives the
// same answers, and it stands in a row, so that a cluster that was opened again goes on counting where it stood.

import { quantityToNumber } from '../../apimachinery/quantity.ts';
import { CLUSTER_MEMORY_MAX, MEMORY_COUNT_EVERY, SESSION_MEMORY_MAX, WORK_PER_INSTANT_MAX, WORK_PER_TURN } from '../../kernel/limits.ts';
import { type ClusterState, defineTable, rowsOfTable, tableData } from '../../kernel/state.ts';
import type { Container } from '../../kinds/pod/types.ts';
import { execRows } from '../processes/exec-table.ts';
import { sessions } from '../processes/session-table.ts';
import { type FileTree, type ShellState, sizeOf, sizeOfTree } from '../../shell/index.ts';

interface Consumption {
  /** The instant that `work` is of. */
  atMs: number;
  work: number;
  /** Characters of all sessions and files when they were counted last, and what came since. */
  memory: number;
  since: number;
}

const consumption = defineTable<Consumption>('kubelet.consumption');

const ROW = 'scripts';

/** The tables of files. */
const TREE_TABLES = ['kubelet.files', 'kubelet.volumes'];

/** Characters that a session may have made since it was counted before it is counted again with the others. */
const UNCOUNTED_MAX = 65_536;

/** Characters that a session may hold when the cluster has no more: small ones go on. */
const SMALL_SESSION = 1_048_576;

/** Work that the main process of a container may do at this instant: its own turn, and what others have left of everybody's. */
export function workLeft(state: ClusterState): number {
  const row = consumption.get(state, ROW);
  return Math.min(WORK_PER_TURN, WORK_PER_INSTANT_MAX - (row?.atMs === state.nowMs ? row.work : 0));
}

/** Counts what a session has done and made in its last turn. */
export function noteTurn(state: ClusterState, { budget, isInit }: ShellState): void {
  state.workCount += budget.spent;
  const row = rowOf(state);
  if (row.atMs !== state.nowMs) Object.assign(row, { atMs: state.nowMs, work: 0 });
  // Clients wait for their commands, and no clock may run: they have no share of an instant.
  if (isInit) row.work += budget.spent;
  row.since += budget.made;
}

/** Counts what was written into files. */
export function noteWritten(state: ClusterState, length: number): void {
  if (length > 0) rowOf(state).since += length;
}

/** Characters that the files of the cluster may still grow by. */
export function roomLeft(state: ClusterState): number {
  const row = consumption.get(state, ROW);
  if (row === undefined) return CLUSTER_MEMORY_MAX;
  if (row.since > MEMORY_COUNT_EVERY) {
    const counted = rowOf(state);
    counted.memory = countMemory(state);
    counted.since = 0;
  }
  return CLUSTER_MEMORY_MAX - row.memory - row.since;
}

/** Characters that one session of a container may hold: its memory limit, and what the simulation gives. */
export function memoryMax(state: ClusterState, container: Container): number {
  const limit = container.resources?.limits?.['memory'];
  const own = limit === undefined ? SESSION_MEMORY_MAX : Math.min(SESSION_MEMORY_MAX, quantityToNumber(limit));
  return roomLeft(state) < 0 ? Math.min(own, SMALL_SESSION) : own;
}

function rowOf(state: ClusterState): Consumption {
  if (!consumption.has(state, ROW)) consumption.put(state, ROW, { atMs: state.nowMs, work: 0, memory: 0, since: 0 });
  return consumption.edit(state, ROW);
}

function countMemory(state: ClusterState): number {
  let total = 0;
  for (const { shell } of sessions.rows(state).values()) total += sizeOfSession(shell);
  for (const { outputLength, shell } of execRows.rows(state).values()) total += outputLength + (shell === null ? 0 : sizeOfSession(shell));
  for (const table of TREE_TABLES)
    for (const tree of rowsOfTable(tableData(state, table)).values() as Iterable<FileTree>) total += sizeOfTree(tree);
  return total;
}

function sizeOfSession({ budget, processes, pipes, input }: Readonly<ShellState>): number {
  const held = budget.allocated > UNCOUNTED_MAX ? sizeOf(processes) + sizeOf(pipes) : budget.memory;
  return held + input.length;
}
