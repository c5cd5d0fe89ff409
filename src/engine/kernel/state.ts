// The whole state of one simulated cluster: plain data, nothing else. It is a handful of numbers and a set of named tables; every part
// of the engine declares the tables it owns with `defineTable` and reaches them only through that handle. Because every row is plain
// JSON data and every write marks its key as changed, checkpoint, restore, fork and comparison are written once, for all tables.

import type { CauseRecords } from './cause-records.ts';
import { assert, assertPresent, refuseTable } from './assert.ts';
import type { Hash128 } from './hash.ts';
import type { Change } from './store.ts';

/** Rows by key, and the keys written since the last checkpoint, each with whether the checkpoint has a row of it. */
export interface TableData {
  readonly rows: Map<string, unknown>;
  readonly changedKeys: Map<string, boolean>;
  /** After a fork: the keys whose rows are this state's alone; every other one is copied before it is edited. Undefined: all are. */
  ownKeys: Set<string> | undefined;
  /** Some rows may not have been parsed since the restore. */
  hasUnread: boolean;
}

/** A row that a restore has brought and that nobody has looked at yet. */
class UnreadRow {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** A table as it was when a transaction first wrote to it; rows that are edited in place are copies. */
export interface SavedTable {
  readonly rows: Map<string, unknown>;
  readonly copiedKeys: Set<string>;
}

/** Data that can be recomputed from the tables; never stored. */
export interface Derived {
  /** The tables by the number that their declaration has in this process. */
  readonly tables: (TableData | undefined)[];
  /** Heap array of timers, see timers.ts. */
  timerHeap: unknown[];
  /** Resource → index term → object keys in insertion order, see store.ts. */
  readonly terms: Map<string, Map<string, Set<string>>>;
  /** Resources whose terms are not there yet: whoever asks makes them from the rows, see store.ts. */
  readonly unindexed: Set<string>;
  /** Resource → object keys in creation order, per namespace. */
  readonly namespaces: Map<string, Map<string, Set<string>>>;
  /** Resource → keys of the founding objects that nobody has written, once the resource was looked at; see store.ts. */
  readonly founding: Map<string, Set<string>>;
  /** Work queues by controller name; empty between commands, see work-queue.ts. */
  readonly queues: Map<string, Set<string>>;
  /** Free for the owner named by the key, rebuilt on demand: memoised views. */
  readonly memo: Map<string, unknown>;
  /** Commands finished since the cluster was opened: tells whose changes `changes` are, see watch.ts. */
  commitCount: number;
  /** Instants run since the cluster was opened: tells one from another, also at the same virtual time. */
  instantCount: number;
  /** What the engine is at: whose key or timer, for the report of a failure. */
  running: { kind: 'key' | 'timer'; owner: string; key: string } | undefined;
  /** Of the transaction in progress: the tables that it wrote to, see transaction.ts. */
  undo: Map<string, SavedTable> | undefined;
  /** Why things happen, while that is recorded; see causes.ts. */
  causes: CauseRecords | undefined;
  /** Nobody will ask for the digest, which is not kept. */
  readonly hasNoDigest: boolean;
  /** It is there to read objects from, and has neither a digest nor any other table. */
  readonly isObjectsOnly: boolean;
  /** How often such a state was asked for what it does not have. */
  refusedCount: number;
}

/** Tables of objects; the name of a resource follows. */
export const OBJECT_TABLES = 'objects/';

/** `<resource>/<key>` of founding objects that were deleted, ever, see store.ts. */
export const DELETED_FOUNDING = 'deleted-founding';

/** The seed with which a cluster began that has another one, see random.ts. */
export const ORIGIN = 'origin';

/** What founding objects are made from, beside the tables of objects. */
export const FOUNDING_TABLES: readonly string[] = [DELETED_FOUNDING, ORIGIN];

/** Whether a table says which objects there are. */
export function isOfObjects(table: string): boolean {
  return table.startsWith(OBJECT_TABLES) || FOUNDING_TABLES.includes(table);
}

/** One simulated cluster. `nowMs` and `startMs` are virtual milliseconds since 1970. */
export interface ClusterState {
  /** Seeds every random choice; a fork may go on from another one. */
  seed: number;
  readonly startMs: number;
  nowMs: number;
  /** resourceVersion of the last change; one counter for all kinds (F4). */
  revision: number;
  /** Hash over the whole history. */
  digest: Hash128;
  /** `exact` skips ticks that cannot matter; `reference` fires every one of them (test oracle). Same history, to the byte. */
  readonly clockMode: 'exact' | 'reference';
  readonly tables: Map<string, TableData>;
  /** Changes of the command in progress, oldest first; handed over with the commit. */
  changes: Change[];
  /** How many of `changes` the controllers have seen. */
  deliveredCount: number;
  /** Timers fired since the cluster was opened; a cost measure, not part of the history. */
  firedCount: number;
  /** Work that scripts in containers did since the cluster was opened; a cost measure, not part of the history. */
  workCount: number;
  readonly derived: Derived;
}

/** Access to one table. Rows returned by `get` are read-only; `edit` returns one to be mutated in place. */
export interface Table<Row> {
  readonly name: string;
  get(state: ClusterState, key: string): Readonly<Row> | undefined;
  require(state: ClusterState, key: string): Readonly<Row>;
  put(state: ClusterState, key: string, row: Row): void;
  edit(state: ClusterState, key: string): Row;
  remove(state: ClusterState, key: string): boolean;
  has(state: ClusterState, key: string): boolean;
  rows(state: ClusterState): ReadonlyMap<string, Readonly<Row>>;
}

interface StateOptions {
  readonly seed: number;
  readonly startMs: number;
  readonly clockMode?: 'exact' | 'reference';
  readonly isObjectsOnly?: boolean;
}

/** Creates an empty state at `startMs`. */
export function createState(options: StateOptions): ClusterState {
  assert(Number.isSafeInteger(options.seed) && options.seed >= 0, 'seed must be a non-negative safe integer');
  assert(Number.isSafeInteger(options.startMs) && options.startMs % 1000 === 0, 'startMs must be whole seconds');
  const { seed, startMs, clockMode = 'exact', isObjectsOnly = false } = options;
  const start = {
    seed,
    startMs,
    nowMs: startMs,
    revision: 0,
    digest: NO_HISTORY,
    clockMode,
    deliveredCount: 0,
    firedCount: 0,
    workCount: 0,
  };
  return stateOf(start, new Map(), emptyDerived(isObjectsOnly));
}

const NO_HISTORY: Hash128 = [0, 0, 0, 0];

/** Every state is made here, and its derived data and tables by one literal each: code that meets one shape only stays compiled. */
function stateOf(
  from: Omit<ClusterState, 'tables' | 'changes' | 'derived'>,
  tables: ClusterState['tables'],
  derived: Derived,
): ClusterState {
  return {
    seed: from.seed,
    startMs: from.startMs,
    nowMs: from.nowMs,
    revision: from.revision,
    digest: from.digest,
    clockMode: from.clockMode,
    tables,
    changes: [],
    deliveredCount: from.deliveredCount,
    firedCount: from.firedCount,
    workCount: from.workCount,
    derived,
  };
}

/** Derived data of a state without rows. */
function emptyDerived(isObjectsOnly: boolean): Derived {
  return derivedOf(
    [],
    { terms: new Map(), unindexed: new Set(), namespaces: new Map(), founding: new Map() },
    isObjectsOnly,
    isObjectsOnly,
  );
}

type Indexes = Pick<Derived, 'terms' | 'unindexed' | 'namespaces' | 'founding'>;

function derivedOf(
  timerHeap: unknown[],
  { terms, unindexed, namespaces, founding }: Indexes,
  hasNoDigest: boolean,
  isObjectsOnly: boolean,
): Derived {
  return {
    tables: [],
    timerHeap,
    terms,
    unindexed,
    namespaces,
    founding,
    queues: new Map(),
    memo: new Map(),
    commitCount: 0,
    instantCount: 0,
    running: undefined,
    undo: undefined,
    causes: undefined,
    hasNoDigest,
    isObjectsOnly,
    refusedCount: 0,
  };
}

function tableDataOf(rows: TableData['rows'], changedKeys: TableData['changedKeys'], isForked: boolean, hasUnread: boolean): TableData {
  return { rows, changedKeys, ownKeys: isForked ? new Set() : undefined, hasUnread };
}

/** The table's rows, created on first use. */
export function tableData(state: ClusterState, name: string): TableData {
  let data = state.tables.get(name);
  if (data === undefined) {
    checkKept(state, name);
    data = tableDataOf(new Map(), new Map(), false, false);
    state.tables.set(name, data);
  }
  return data;
}

/** Counts what is not there before it is refused: also who catches everything that is thrown does not answer without it unnoticed. */
function checkKept({ derived }: ClusterState, name: string): void {
  if (!derived.isObjectsOnly || isOfObjects(name)) return;
  derived.refusedCount += 1;
  refuseTable(name);
}

/** Puts a row into its table as JSON; it is parsed when somebody looks at it. */
export function restoreJson(state: ClusterState, name: string, key: string, json: string): void {
  const data = tableData(state, name);
  data.rows.set(key, new UnreadRow(json));
  data.hasUnread = true;
}

/** A row as JSON. */
export function jsonOfRow(row: unknown): string {
  return row instanceof UnreadRow ? row.json : JSON.stringify(row);
}

/** All rows of a table, parsed. */
export function rowsOfTable(data: TableData): ReadonlyMap<string, unknown> {
  if (!data.hasUnread) return data.rows;
  for (const key of data.rows.keys()) readRow(data, key);
  data.hasUnread = false;
  return data.rows;
}

function readRow(data: TableData, key: string): unknown {
  const row = data.rows.get(key);
  if (!(row instanceof UnreadRow)) return row;
  const parsed: unknown = JSON.parse(row.json);
  // Replacing the value of a key keeps the order of the rows.
  data.rows.set(key, parsed);
  return parsed;
}

let tableCount = 0;

/** Declares a table. Call it once, at module level; the name is part of the stored format. */
export function defineTable<Row>(name: string): Table<Row> {
  // A table is found by its number rather than by its name, which would be hashed at every access.
  const index = tableCount;
  tableCount += 1;
  const dataOf = (state: ClusterState): TableData => {
    const { tables } = state.derived;
    return (tables[index] ??= tableData(state, name));
  };
  const rowOf = (state: ClusterState, key: string): Row | undefined => readRow(dataOf(state), key) as Row | undefined;
  const table: Table<Row> = {
    name,
    get: rowOf,
    require: (state, key) => presentRow(rowOf(state, key), name, key),
    put(state, key, row) {
      const data = dataOf(state);
      if (state.derived.undo !== undefined) save(state.derived.undo, name, data);
      markChanged(data, key);
      data.rows.set(key, row);
      data.ownKeys?.add(key);
    },
    edit(state, key) {
      const data = dataOf(state);
      let row = presentRow(readRow(data, key), name, key);
      if (state.derived.undo !== undefined) saveRow(state.derived.undo, name, data, key);
      if (!data.changedKeys.has(key)) data.changedKeys.set(key, true);
      if (data.ownKeys?.has(key) === false) row = own(data, key, row);
      return row as Row;
    },
    remove(state, key) {
      const data = dataOf(state);
      if (state.derived.undo !== undefined) save(state.derived.undo, name, data);
      if (!data.rows.has(key)) return false;
      markChanged(data, key);
      return data.rows.delete(key);
    },
    has: (state, key) => dataOf(state).rows.has(key),
    rows: (state) => rowsOfTable(dataOf(state)) as ReadonlyMap<string, Row>,
  };
  return table;
}

/** As `assertPresent`; the message is not made unless it is needed. */
function presentRow<Row>(row: Row | undefined, name: string, key: string): Row {
  return row === undefined ? assertPresent(row, `${name} row ${key}`) : row;
}

/** Before a row is written: what is new since the checkpoint has no row there. */
function markChanged({ rows, changedKeys }: TableData, key: string): void {
  if (!changedKeys.has(key)) changedKeys.set(key, rows.has(key));
}

/** Keeps a table as it is, with the order of its rows. */
function save(undo: Map<string, SavedTable>, name: string, data: TableData): SavedTable {
  let saved = undo.get(name);
  if (saved === undefined) {
    saved = { rows: new Map(data.rows), copiedKeys: new Set() };
    undo.set(name, saved);
  }
  return saved;
}

/** Keeps a row that is about to be changed in place. */
function saveRow(undo: Map<string, SavedTable>, name: string, data: TableData, key: string): void {
  const { rows, copiedKeys } = save(undo, name, data);
  const row = rows.get(key);
  if (row === undefined || row !== data.rows.get(key) || copiedKeys.has(key)) return;
  rows.set(key, structuredCopy(row));
  copiedKeys.add(key);
}

/** Makes a row this state's alone. */
function own(data: TableData, key: string, row: unknown): unknown {
  const copy = structuredCopy(row);
  data.rows.set(key, copy);
  data.ownKeys?.add(key);
  return copy;
}

/**
 * A state of its own that equals this one, between commands. Both share their rows until one of them edits a row, so that a fork costs a copy of the
 * tables' keys; `changedKeys` are copied, so that both go on from the checkpoint that there was. A fork
 * whose history nobody will compare need not encode and hash what it does.
 */
export function forkState(state: ClusterState, hasNoDigest = state.derived.hasNoDigest): ClusterState {
  const { derived } = state;
  return stateOf(
    state,
    forkTables(state, () => true),
    forkDerived(derived, [...derived.timerHeap], hasNoDigest, derived.isObjectsOnly),
  );
}

/** A state that has the objects of another one, and nothing else. */
export function forkObjects(state: ClusterState): ClusterState {
  return stateOf(state, forkTables(state, isOfObjects), forkDerived(state.derived, [], true, true));
}

function forkTables(state: ClusterState, isTaken: (name: string) => boolean): Map<string, TableData> {
  assert(state.changes.length === 0, 'a fork is made between commands only');
  const tables = new Map<string, TableData>();
  for (const [name, data] of state.tables) {
    if (!isTaken(name)) continue;
    data.ownKeys = new Set();
    tables.set(name, tableDataOf(new Map(data.rows), new Map(data.changedKeys), true, data.hasUnread));
  }
  return tables;
}

/** Indexes are copied as deep as they are written; what is memoised is made again. */
function forkDerived(
  { terms, unindexed, namespaces, founding }: Derived,
  timerHeap: unknown[],
  hasNoDigest: boolean,
  isObjectsOnly: boolean,
): Derived {
  const indexes = {
    terms: copyIndex(terms),
    unindexed: new Set(unindexed),
    namespaces: copyIndex(namespaces),
    founding: copySets(founding),
  };
  return derivedOf(timerHeap, indexes, hasNoDigest, isObjectsOnly);
}

function copyIndex(index: Derived['terms']): Derived['terms'] {
  return new Map([...index].map(([name, sets]) => [name, copySets(sets)]));
}

function copySets(sets: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  return new Map([...sets].map(([key, set]) => [key, new Set(set)]));
}

/** Rows are plain JSON data. */
function structuredCopy(row: unknown): unknown {
  return JSON.parse(JSON.stringify(row));
}
