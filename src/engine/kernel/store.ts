// The object store: objects by resource and key, one revision counter, and the change log of the command in progress. A change is what a
// watcher gets; it is encoded once, here, and its bytes feed the digest, the journal's log and every watch stream.
//
// Objects are immutable: a writer builds a new top-level object and shares what it did not touch. The encoder relies on it: a member
// (spec, status, data, ...) that is the same reference as before is not encoded again.

import { assert } from './assert.ts';
import { noteChange } from './causes.ts';
import { combineHashes, type Hash128 } from './hash.ts';
import { type ClusterState, DELETED_FOUNDING, defineTable, OBJECT_TABLES, type Table, tableData } from './state.ts';
import {
  type Encoded,
  type EncodedMember,
  encodeMember,
  encodeObject,
  type KernelObject,
  type ReadTerms,
  type StoredObject,
  storedJson,
} from './stored-object.ts';

export { encodeObject, type KernelObject, type ReadTerms, type StoredObject } from './stored-object.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One row of the change log. */
export interface Change {
  readonly revision: number;
  /** Virtual milliseconds since 1970. */
  readonly timeMs: number;
  readonly type: ChangeType;
  /** Plural and group, `pods` or `replicasets.apps`. */
  readonly resource: string;
  /** The new object, or for DELETED the last one with the revision of its deletion. */
  readonly object: KernelObject;
  /** The object before; absent for ADDED. */
  readonly previous?: KernelObject | undefined;
  /** `object` as compact JSON. */
  readonly json: string;
  /** Of the history up to it; absent where it was not just made. */
  readonly digest?: Hash128;
}

/** A change as it is kept. */
export type KeptChange = Pick<Change, 'revision' | 'timeMs' | 'type' | 'resource' | 'json'>;

type MadeChange = Omit<Change, 'json' | 'digest'> & { readonly digest: Hash128 };

/** A change whose JSON is joined, once, when somebody asks. */
class StoreChange implements Change {
  readonly revision: number;
  readonly timeMs: number;
  readonly type: ChangeType;
  readonly resource: string;
  readonly object: KernelObject;
  readonly previous: KernelObject | undefined;
  readonly digest: Hash128;
  private readonly stored: StoredObject;
  private text: string | undefined;

  constructor({ revision, timeMs, type, resource, object, previous, digest }: MadeChange, stored: StoredObject) {
    this.revision = revision;
    this.timeMs = timeMs;
    this.type = type;
    this.resource = resource;
    this.object = object;
    this.previous = previous;
    this.digest = digest;
    this.stored = stored;
  }

  get json(): string {
    this.text ??= this.stored.json;
    return this.text;
  }
}

/** Objects that every cluster has from its first instant without a change, so that nothing is stored of them until somebody writes them. */
export interface Founding {
  /** All of them, in creation order; `alike` has members that can be taken as they are encoded. */
  objects(state: ClusterState): Iterable<{ readonly object: KernelObject; readonly alike: StoredObject | undefined }>;
  /** Index terms that each of them has. */
  readonly terms: readonly string[];
  has(key: string): boolean;
  /** Learns how an object was encoded. */
  keep(stored: StoredObject): void;
}

/** Resources whose objects are kept as JSON alone, see `defineCompact`. */
const compact = new Set<string>();

const objectTables = new Map<string, Table<StoredObject>>();
const foundings = new Map<string, Founding>();

const deletedFounding = defineTable<true>(DELETED_FOUNDING);

/** The revision of founding objects: no watch begins before it. */
const FOUNDING_REVISION = 1;

/** Declares the founding objects of a resource. Call it once, at module level. */
export function defineFounding(resource: string, founding: Founding): void {
  foundings.set(resource, founding);
}

/** Says that objects of a resource are many and seldom read: they are kept as JSON alone, and parsed by whoever reads one. Call it at module level. */
export function defineCompact(resource: string): void {
  compact.add(resource);
}

/** The table of one resource; its name is `objects/<resource>`. */
function tableOf(state: ClusterState, resource: string): Table<StoredObject> {
  found(state, resource);
  let table = objectTables.get(resource);
  if (table === undefined) {
    table = defineTable<StoredObject>(OBJECT_TABLES + resource);
    objectTables.set(resource, table);
  }
  return table;
}

/** Makes the founding objects of a resource when it is first looked at. */
function found(state: ClusterState, resource: string): void {
  const founding = foundings.get(resource);
  if (founding === undefined || state.derived.founding.has(resource)) return;
  const { rows } = tableData(state, OBJECT_TABLES + resource);
  const written = new Map(rows as Map<string, StoredObject>);
  const untouched = new Set<string>();
  state.derived.founding.set(resource, untouched);
  rows.clear();
  for (const { object, alike } of founding.objects(state)) {
    const key = keyOf(object);
    const present = written.get(key);
    if (present === undefined && deletedFounding.has(state, `${resource}/${key}`)) continue;
    const row = present ?? encodeObject(object, alike, founding.terms, FOUNDING_REVISION).stored;
    rows.set(key, row);
    if (present !== undefined) continue;
    if (alike === undefined) founding.keep(row);
    untouched.add(key);
    reindex(state, resource, key, undefined, row, object.metadata.namespace);
  }
  for (const [key, row] of written) rows.set(key, row);
}

/** Makes all founding objects: to be called before the tables are read as a whole. */
export function foundAll(state: ClusterState): void {
  for (const resource of foundings.keys()) found(state, resource);
}

/** Objects of all kinds, without those founding objects that nobody has written. */
export function countObjects(state: ClusterState): number {
  let count = 0;
  for (const [name, { rows }] of state.tables) if (name.startsWith(OBJECT_TABLES)) count += rows.size;
  for (const untouched of state.derived.founding.values()) count -= untouched.size;
  return count;
}

/** `namespace/name`, or the name of a cluster-scoped object. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

function namespaceOfKey(key: string): string | undefined {
  const end = key.indexOf('/');
  return end === -1 ? undefined : key.slice(0, end);
}

/** The key under which `object` is stored. */
export function keyOf(object: KernelObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name);
}

/** The stored object, if there is one. */
export function getStored(state: ClusterState, resource: string, key: string): StoredObject | undefined {
  return tableOf(state, resource).get(state, key);
}

/** All objects of a resource by key, in creation order. */
export function storedOf(state: ClusterState, resource: string): ReadonlyMap<string, StoredObject> {
  return tableOf(state, resource).rows(state);
}

/** Keys of a resource in one namespace, in creation order. */
export function keysInNamespace(state: ClusterState, resource: string, namespace: string): ReadonlySet<string> {
  found(state, resource);
  return state.derived.namespaces.get(resource)?.get(namespace) ?? NO_KEYS;
}

/** Keys of the objects of a resource that carry an index term, in an order that a restore may change. */
export function keysByTerm(state: ClusterState, resource: string, term: string): ReadonlySet<string> {
  // Founding objects that nobody has written have the terms of all of them, and no other.
  if (foundings.get(resource)?.terms.includes(term) === true) found(state, resource);
  return termsOf(state, resource).get(term) ?? NO_KEYS;
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** Stores a new or changed object under the next revision and appends the change. Returns the object as stored. */
export function putObject(state: ClusterState, resource: string, object: KernelObject, terms: readonly string[]): Change {
  const key = keyOf(object);
  const table = tableOf(state, resource);
  const before = table.get(state, key);
  state.revision += 1;
  const encoded = encodeObject(object, before, terms, state.revision);
  table.put(state, key, compact.has(resource) ? storedJson(encoded.stored.json, terms, true) : encoded.stored);
  state.derived.founding.get(resource)?.delete(key);
  reindex(state, resource, key, before, encoded.stored, before === undefined ? object.metadata.namespace : undefined);
  return append(state, before === undefined ? 'ADDED' : 'MODIFIED', resource, encoded, before?.object);
}

/** Removes an object; the DELETED change carries `last` (by default the stored object) with the revision of the deletion (F4). */
export function removeObject(state: ClusterState, resource: string, key: string, last?: KernelObject): Change {
  const table = tableOf(state, resource);
  const before = table.require(state, key);
  const { object } = before;
  state.revision += 1;
  const encoded = encodeObject(last ?? object, before, [], state.revision);
  table.remove(state, key);
  if (foundings.get(resource)?.has(key) === true) {
    state.derived.founding.get(resource)?.delete(key);
    deletedFounding.put(state, `${resource}/${key}`, true);
  }
  reindex(state, resource, key, before, undefined, undefined);
  const namespace = namespaceOfKey(key);
  if (namespace !== undefined) state.derived.namespaces.get(resource)?.get(namespace)?.delete(key);
  return append(state, 'DELETED', resource, encoded, object);
}

/** Builds the indexes again from the tables; those of terms when somebody asks. */
export function rebuildIndexes(state: ClusterState): void {
  const { terms, unindexed, namespaces } = state.derived;
  terms.clear();
  namespaces.clear();
  for (const [name, data] of state.tables) {
    if (!name.startsWith(OBJECT_TABLES)) continue;
    const resource = name.slice(OBJECT_TABLES.length);
    unindexed.add(resource);
    for (const key of data.rows.keys()) enterNamespace(state, resource, namespaceOfKey(key), key);
  }
}

/** Enters a change of which only the text is known into the digest, and no object; `hashes` are of the members of its object. */
export function countKept(state: ClusterState, { revision, timeMs, type }: KeptChange, hashes: readonly Hash128[]): void {
  [state.revision, state.nowMs] = [revision, timeMs];
  count(state, type, hashes);
}

/** Makes one object what its text says, undefined when it is gone, in a state that is only read from then on: no change comes of it. */
export function enterObject(state: ClusterState, resource: string, key: string, json: string | undefined, readTerms: ReadTerms): void {
  const table = tableOf(state, resource);
  const before = table.get(state, key);
  const namespace = namespaceOfKey(key);
  const entered = json === undefined ? undefined : storedJson(json, readTerms, compact.has(resource));
  if (before === undefined) enterNamespace(state, resource, namespace, key);
  // Seldom does anybody look for a term of what is only read.
  state.derived.unindexed.add(resource);
  state.derived.founding.get(resource)?.delete(key);
  if (entered !== undefined) return table.put(state, key, entered);
  table.remove(state, key);
  if (namespace !== undefined) state.derived.namespaces.get(resource)?.get(namespace)?.delete(key);
  if (foundings.get(resource)?.has(key) === true) deletedFounding.put(state, `${resource}/${key}`, true);
}

/** Enters an object of which only its JSON is known, as a restore does. */
export function restoreObject(state: ClusterState, resource: string, key: string, json: string, readTerms: ReadTerms): void {
  tableData(state, OBJECT_TABLES + resource).rows.set(key, storedJson(json, readTerms, compact.has(resource)));
  state.derived.unindexed.add(resource);
  enterNamespace(state, resource, namespaceOfKey(key), key);
}

/** What the digest counts. */
type DigestType = ChangeType | 'SET';

const TYPE_CODES: Readonly<Record<DigestType, number>> = { ADDED: 1, MODIFIED: 2, DELETED: 3, SET: 4 };

function append(state: ClusterState, type: ChangeType, resource: string, encoded: Encoded, previous: KernelObject | undefined): Change {
  assert(Number.isSafeInteger(state.nowMs), 'nowMs must be an integer');
  const { stored, members } = encoded;
  if (!state.derived.hasNoDigest) count(state, type, hashesOf(members));
  const { revision, nowMs: timeMs, digest } = state;
  const change = new StoreChange({ revision, timeMs, type, resource, object: stored.object, previous, digest }, stored);
  state.changes.push(change);
  if (state.derived.causes !== undefined) noteChange(state);
  return change;
}

/** Enters something that was set, and is no object, into the digest: each of its members, in their order. */
export function countSetting(state: ClusterState, setting: object): void {
  if (state.derived.hasNoDigest) return;
  const members = Object.entries(setting).map(([name, value]) => encodeMember(name, value));
  count(state, 'SET', hashesOf(members));
}

/** What was done at the time and the revision of the state. */
function count(state: ClusterState, type: DigestType, hashes: readonly Hash128[]): void {
  const { revision, nowMs: timeMs } = state;
  const words = [revision, timeMs % 4294967296, Math.floor(timeMs / 4294967296), TYPE_CODES[type]];
  for (const hash of hashes) words.push(...hash);
  state.digest = combineHashes(state.digest, words);
}

function hashesOf(members: readonly EncodedMember[]): readonly Hash128[] {
  return members.map(({ hash }) => hash);
}

/** After an object has become another one, is new, or has gone. */
function reindex(
  state: ClusterState,
  resource: string,
  key: string,
  before: StoredObject | undefined,
  after: StoredObject | undefined,
  newInNamespace: string | undefined,
): void {
  enterNamespace(state, resource, newInNamespace, key);
  // Who makes the index reads the rows.
  if (state.derived.unindexed.has(resource)) return;
  const [former, terms] = [before?.terms ?? NO_TERMS, after?.terms ?? NO_TERMS];
  if (former === terms) return;
  const index = mapOf(state.derived.terms, resource);
  for (const term of former) {
    if (terms.includes(term)) continue;
    const keys = index.get(term);
    keys?.delete(key);
    if (keys?.size === 0) index.delete(term);
  }
  for (const term of terms) if (!former.includes(term)) setOf(index, term).add(key);
}

const NO_TERMS: readonly string[] = [];

const NO_INDEX: ReadonlyMap<string, ReadonlySet<string>> = new Map();

function enterNamespace(state: ClusterState, resource: string, namespace: string | undefined, key: string): void {
  if (namespace !== undefined) setOf(mapOf(state.derived.namespaces, resource), namespace).add(key);
}

/** The index of a resource. After a restore it is made when somebody looks: to tell the terms of all objects costs as much as to read them. */
function termsOf(state: ClusterState, resource: string): ReadonlyMap<string, ReadonlySet<string>> {
  const { terms, unindexed } = state.derived;
  if (!unindexed.delete(resource)) return terms.get(resource) ?? NO_INDEX;
  const index = mapOf(terms, resource);
  index.clear();
  for (const [key, row] of tableData(state, OBJECT_TABLES + resource).rows)
    for (const term of (row as StoredObject).terms) setOf(index, term).add(key);
  return index;
}

function mapOf(outer: Map<string, Map<string, Set<string>>>, name: string): Map<string, Set<string>> {
  let inner = outer.get(name);
  if (inner === undefined) {
    inner = new Map();
    outer.set(name, inner);
  }
  return inner;
}

function setOf(map: Map<string, Set<string>>, name: string): Set<string> {
  let set = map.get(name);
  if (set === undefined) {
    set = new Set();
    map.set(name, set);
  }
  return set;
}
