// Expectations: how many creations and which deletions a controller has ordered and not seen yet. While they are unmet it does not scale.
// With a delivery delay of zero they are always met at the next sync (C010); they are state all the same, so that a delay is possible.
// Upstream: pkg/controller/controller_utils.go, ControllerExpectations and UIDTrackingControllerExpectations (v1.33). Rules: C124-C126.

import { type ClusterState, defineTable } from '../../kernel/state.ts';

interface Expectations {
  creations: number;
  /** Keys of pods whose deletion is awaited. */
  deletions: string[];
  /** Virtual milliseconds since 1970. */
  setMs: number;
}

const EXPECTATIONS_TIMEOUT_MS = 300_000;

/** By `queue|key`; a row exists only while something is awaited. */
const expectations = defineTable<Expectations>('controllers.expectations');

/** C124: awaits `count` creations. */
export function expectCreations(state: ClusterState, queue: string, key: string, count: number): void {
  expectChanges(state, queue, key, count, []);
}

/** C124: awaits the deletion of these pods. */
export function expectDeletions(state: ClusterState, queue: string, key: string, podKeys: readonly string[]): void {
  expectChanges(state, queue, key, 0, podKeys);
}

/** C124: awaits both. */
export function expectChanges(state: ClusterState, queue: string, key: string, creations: number, podKeys: readonly string[]): void {
  if (creations === 0 && podKeys.length === 0) return;
  expectations.put(state, `${queue}|${key}`, { creations, deletions: [...podKeys], setMs: state.nowMs });
}

/** Counts `count` creations as seen, or as never to come (C125). */
export function observeCreations(state: ClusterState, queue: string, key: string, count: number): void {
  const id = `${queue}|${key}`;
  if (!expectations.has(state, id)) return;
  const row = expectations.edit(state, id);
  row.creations = Math.max(0, row.creations - count);
  removeWhenMet(state, id, row);
}

/** Counts the deletion of one pod as seen, or as never to come (C125). */
export function observeDeletion(state: ClusterState, queue: string, key: string, podKey: string): void {
  const id = `${queue}|${key}`;
  const present = expectations.get(state, id);
  if (present === undefined || !present.deletions.includes(podKey)) return;
  const row = expectations.edit(state, id);
  row.deletions = row.deletions.filter((item) => item !== podKey);
  removeWhenMet(state, id, row);
}

/** True when nothing is awaited, or for longer than five minutes. */
export function areExpectationsMet(state: ClusterState, queue: string, key: string): boolean {
  const row = expectations.get(state, `${queue}|${key}`);
  return row === undefined || state.nowMs - row.setMs > EXPECTATIONS_TIMEOUT_MS;
}

/** C126: the owner is gone. */
export function dropExpectations(state: ClusterState, queue: string, key: string): void {
  expectations.remove(state, `${queue}|${key}`);
}

function removeWhenMet(state: ClusterState, id: string, row: Expectations): void {
  if (row.creations === 0 && row.deletions.length === 0) expectations.remove(state, id);
}
