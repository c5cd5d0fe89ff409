// Storing and restoring a state, written once for all tables: a record is one row as JSON. A checkpoint takes only the rows that changed
// since the one before; a restore reads them all and recomputes what is derived.

import { compareText } from '../apimachinery/text.ts';
import { termsReader } from '../apiserver/index-terms.ts';
import { podWorkers } from '../kubelet/model.ts';
import { presentWorker } from '../kubelet/pods/old-form.ts';
import { assert } from '../kernel/assert.ts';
import { type Hash128, hash128, hashToHex } from '../kernel/hash.ts';
import { type ClusterState, createState, isOfObjects, jsonOfRow, OBJECT_TABLES, restoreJson } from '../kernel/state.ts';
import { foundAll, restoreObject, type StoredObject } from '../kernel/store.ts';
import { rebuildTimerHeap } from '../kernel/timers.ts';
import { areQueuesEmpty } from '../kernel/work-queue.ts';
import { finish, type Steps } from '../kernel/steps.ts';

/** A row to store, or with `json` null to remove. */
export interface RecordChange {
  readonly table: string;
  readonly key: string;
  readonly json: string | null;
  /** Whether the checkpoint before has no such row. */
  readonly isNew: boolean;
}

/** A stored row. */
export interface StoredRecord {
  readonly table: string;
  readonly key: string;
  readonly json: string;
}

/** The numbers of a state that are not in tables. */
export interface SnapshotHeader {
  readonly seed: number;
  readonly startMs: number;
  readonly nowMs: number;
  readonly revision: number;
  readonly digest: Hash128;
  /** Version of the engine that wrote it; absent: one from before they were noted, and where nothing is stored. */
  readonly engine?: string;
  readonly recorded?: RecordedBy;
}

/** Who executed the commands up to a number, when that was another version of the engine. */
export interface RecordedBy {
  readonly engine: string;
  readonly number: number;
}

/** Brings rows to the form that they have today. Adding one is a line here, and the rows of both forms in a test. */
const OLD_FORMS: Readonly<Record<string, ((json: string) => string) | undefined>> = { [podWorkers.name]: presentWorker };

/** The header to store beside the records. */
export function snapshotHeader(state: ClusterState): SnapshotHeader {
  return { seed: state.seed, startMs: state.startMs, nowMs: state.nowMs, revision: state.revision, digest: state.digest };
}

/** Rows written since `markStored` was called last (all of them at first). Call it between commands only; the state stays as it is while they are read. */
export function* recordChanges(state: ClusterState): Generator<RecordChange, void> {
  assertQuiet(state);
  for (const [table, data] of state.tables) {
    for (const [key, wasStored] of data.changedKeys) {
      const isThere = data.rows.has(key);
      // What came and went since the checkpoint leaves nothing.
      if (isThere || wasStored) yield { table, key, json: isThere ? rowJson(table, data.rows.get(key)) : null, isNew: !wasStored };
    }
  }
}

/** Says that what `recordChanges` gave is stored. */
export function markStored(state: ClusterState): void {
  for (const data of state.tables.values()) data.changedKeys.clear();
}

/** How many rows the next checkpoint would write, and how many of them the last one has, too: that takes a look at each. */
export function changedRecords(state: ClusterState): { readonly records: number; readonly rewritten: () => number } {
  const changed = [...state.tables.values()].map((data) => data.changedKeys);
  return {
    records: changed.reduce((sum, keys) => sum + keys.size, 0),
    rewritten: () => changed.reduce((sum, keys) => sum + [...keys.values()].filter((wasThere) => wasThere).length, 0),
  };
}

/** Every row of the state, in the order of tables and keys. */
export function allRecords(state: ClusterState): StoredRecord[] {
  assertQuiet(state);
  foundAll(state);
  const records: StoredRecord[] = [];
  for (const [table, data] of state.tables) {
    for (const [key, row] of data.rows) records.push({ table, key, json: rowJson(table, row) });
  }
  return records;
}

/** Every row that checkpoints have of the state: founding objects that nobody has written are in none. */
export function storedRecords(state: ClusterState): StoredRecord[] {
  assertQuiet(state);
  const records: StoredRecord[] = [];
  for (const [table, data] of state.tables) {
    const resource = table.startsWith(OBJECT_TABLES) ? table.slice(OBJECT_TABLES.length) : '';
    const unwritten = state.derived.founding.get(resource);
    for (const [key, row] of data.rows) if (unwritten?.has(key) !== true) records.push({ table, key, json: rowJson(table, row) });
  }
  return records;
}

/** Builds a state from its header and records. */
export function restoreState(header: SnapshotHeader, records: Iterable<StoredRecord>): ClusterState {
  return finish(restoreSteps(header, records));
}

/** The same, a record a step. */
export function* restoreSteps(header: SnapshotHeader, records: Iterable<StoredRecord>): Steps<ClusterState> {
  const state = createState({ seed: header.seed, startMs: header.startMs });
  state.nowMs = header.nowMs;
  state.revision = header.revision;
  state.digest = header.digest;
  for (const record of records) {
    restoreRow(state, record);
    yield;
  }
  rebuildTimerHeap(state);
  return state;
}

/** The objects of a state alone, to be read: whoever asks for anything else is refused with an ObjectsOnlyError. */
export function* restoreObjects({ seed, startMs, nowMs, revision }: SnapshotHeader, records: Iterable<StoredRecord>): Steps<ClusterState> {
  const state = createState({ seed, startMs, isObjectsOnly: true });
  [state.nowMs, state.revision] = [nowMs, revision];
  for (const record of records) {
    if (isOfObjects(record.table)) restoreRow(state, record);
    yield;
  }
  return state;
}

/** A hash over everything that is stored; equal states have equal hashes, whatever the order their rows were written in. */
export function stateHash(state: ClusterState): string {
  const lines = allRecords(state).map((record) => `${record.table}\u0000${record.key}\u0000${record.json}`);
  lines.sort(compareText);
  let hash = hash128(JSON.stringify(snapshotHeader(state)));
  for (const line of lines) hash = hash128(line, hash);
  return hashToHex(hash);
}

function rowJson(table: string, row: unknown): string {
  return table.startsWith(OBJECT_TABLES) ? (row as StoredObject).json : jsonOfRow(row);
}

function restoreRow(state: ClusterState, { table, key, json }: StoredRecord): void {
  if (!table.startsWith(OBJECT_TABLES)) return restoreJson(state, table, key, OLD_FORMS[table]?.(json) ?? json);
  const resource = table.slice(OBJECT_TABLES.length);
  restoreObject(state, resource, key, json, termsReader(resource));
}

function assertQuiet(state: ClusterState): void {
  assert(state.changes.length === 0, 'a snapshot is taken between commands only');
  assert(areQueuesEmpty(state), 'a snapshot is taken when all queues are empty');
}
