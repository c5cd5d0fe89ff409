// What watches guarantee, checked after every command: their order, that nothing is told twice or left out, that one can come back to any revision, that
// bookmarks are never ahead, and that a command is told whole or not at all.
// The guarantees are those by which etcd's robustness tests judge a watch (tests/robustness/validate/watch.go).

import type { Commit } from '../../../src/engine/cluster/index.ts';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { ClusterState } from '../../../src/engine/kernel/state.ts';
import { type Change, type KernelObject, keyOf, type StoredObject } from '../../../src/engine/kernel/store.ts';
import { parseSelection, type Selection, selects } from '../../../src/engine/apiserver/read/selection.ts';
import { selectChange } from '../../../src/engine/apiserver/read/watch.ts';
import { podKind } from '../../../src/engine/kinds/pod/index.ts';
import { PLAIN_JSON } from '../../../src/http/kube/negotiate.ts';
import { parseListQuery } from '../../../src/http/kube/query.ts';
import { viewOf } from '../../../src/http/kube/watch.ts';
import type { WatchView } from '../../../src/http/watch/source.ts';
import { loggedChange, storedChange } from '../../../src/service/logged-change.ts';
import type { LoggedChange } from '../../../src/service/ports.ts';
import { WatchHub } from '../../../src/service/watch-hub.ts';
import { broken } from './broken.ts';

const PREFIX = 'objects/';
/** That of objects which a cluster has from its first instant without a change. */
const FOUNDING_REVISION = '1';
/** Changes that the hub holds in memory, few, so that those who come back late read the log. */
const TAIL_LENGTH = 16;
/** Rows of a page of the log. */
const PAGE_LENGTH = 4;
/** Every so many commands all objects are compared, not only those that changed. */
const FULL_PERIOD = 64;

/** The pods that run: objects enter this selection and leave it. */
const SELECTION = accepted(parseSelection({ kind: podKind }, { fieldSelector: 'status.phase=Running' }));
const QUERY = accepted(parseListQuery(new URLSearchParams('watch=true&allowWatchBookmarks=true')));

function accepted<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('it is refused');
  return result.value;
}

/** Those who watch a cluster from when this is made. */
export class WatchChecker {
  /** Each object at its last change, as one who watches everything has it. */
  private readonly replayed = new Map<string, Map<string, StoredObject>>();
  /** Keys of the selected pods, as one who watches them has it. */
  private readonly selected = new Set<string>();
  private readonly log: LoggedChange[] = [];
  private readonly hub: WatchHub;
  private readonly view: WatchView;
  private readonly firstRevision: number;
  private commandCount = 0;
  private digest: string;

  constructor(state: ClusterState) {
    this.firstRevision = state.revision;
    this.digest = state.digest.join();
    for (const [resource, { rows }] of tablesOf(state)) this.replayed.set(resource, new Map(rows));
    for (const [key, row] of this.rowsOf(SELECTION.resource)) if (isSelected(SELECTION, row)) this.selected.add(key);
    const readChanges = (after: number) =>
      this.log.slice(after - this.firstRevision, after - this.firstRevision + PAGE_LENGTH).map(storedChange);
    this.hub = new WatchHub({ countMax: TAIL_LENGTH, lengthMax: Infinity }, state.revision, state.revision + 1, { readChanges });
    const start = { revision: state.revision, nowMs: state.nowMs, present: [] };
    const form = { kind: podKind, format: { ...PLAIN_JSON, shape: 'metadata' }, include: 'Metadata' } as const;
    this.view = viewOf(form, { ...SELECTION, fields: [] }, start, QUERY);
  }

  after(state: ClusterState, { outcome, changes }: Commit): void {
    this.commandCount += 1;
    this.expectAtomic(state, outcome.ok, changes);
    const logged = changes.map(loggedChange);
    for (const [index, change] of logged.entries())
      this.take(change, changes[index]?.previous?.metadata.resourceVersion === FOUNDING_REVISION);
    this.expectComplete(state, changes);
    if (logged.length === 0) return;
    this.hub.publish(logged, this.firstRevision + 1);
    this.expectResumable(logged);
    this.expectBookmarks();
  }

  /** A state that was made again from the records of another has all that was there, and nothing else. */
  restored(before: ClusterState, state: ClusterState): void {
    this.compareAll(before, true);
    this.compareAll(state, true);
  }

  /** Atomic: what is refused tells nothing and changes nothing; what is told has the instant at which it was done. */
  private expectAtomic(state: ClusterState, isDone: boolean, changes: readonly Change[]): void {
    const digest = state.digest.join();
    if (!isDone && (changes.length > 0 || digest !== this.digest)) broken('atomic', `a refused command told ${changes.length} changes`);
    if (state.changes.length > 0) broken('atomic', `${state.changes.length} changes of a command are not told with it`);
    this.digest = digest;
  }

  /** Ordered and unique: each revision follows the last one, and each object goes from there to not there and back. */
  private take(change: LoggedChange, wasFounded: boolean): void {
    const { revision, type, resource, object } = change;
    const last = this.firstRevision + this.log.length;
    const what = `${type} ${resource} ${keyOf(object as unknown as KernelObject)} at ${revision}`;
    if (revision <= last) broken('ordered', `${what} comes after ${last}`);
    if (revision !== last + 1) broken('complete', `${what} comes after ${last}`);
    if (object.metadata.resourceVersion !== String(revision)) broken('ordered', `${what} says ${object.metadata.resourceVersion}`);
    if ((this.log.at(-1)?.timeMs ?? 0) > change.timeMs) broken('ordered', `${what} goes back in time`);
    const rows = this.rowsOf(resource);
    const key = keyOf(object as unknown as KernelObject);
    if (rows.has(key) === (type === 'ADDED') && !(wasFounded && type !== 'ADDED'))
      broken('unique', `${what}: the object is ${rows.has(key) ? 'there already' : 'not there'}`);
    // The row itself comes when the state is looked at.
    if (type === 'DELETED') rows.delete(key);
    else rows.set(key, TOLD);
    this.log.push(change);
    const event = selectChange(SELECTION, change)?.event;
    if (event === undefined) return;
    if (this.selected.has(key) === (event.type === 'ADDED')) broken('unique', `a selection tells ${event.type} of ${key} at ${revision}`);
    if (event.type === 'DELETED') this.selected.delete(key);
    else this.selected.add(key);
  }

  /** Complete: what one who watched from the beginning has is what a list has now. */
  private expectComplete(state: ClusterState, changes: readonly Change[]): void {
    const touched = new Map(changes.map((change) => [`${change.resource} ${keyOf(change.object)}`, change]));
    for (const change of touched.values()) {
      const { resource, type, object } = change;
      const row = state.tables.get(PREFIX + resource)?.rows.get(keyOf(object)) as StoredObject | undefined;
      const isSame =
        type === 'DELETED'
          ? row === undefined
          : row !== undefined && (row.members === undefined ? row.json === change.json : row.object === object);
      if (!isSame) broken('complete', `${resource} ${keyOf(object)} is stored otherwise than ${type} at ${change.revision} tells`);
      if (row !== undefined) this.rowsOf(resource).set(keyOf(object), row);
    }
    this.compareAll(state, this.commandCount % FULL_PERIOD === 1);
    for (const { resource, object } of touched.values()) {
      if (resource !== SELECTION.resource) continue;
      const key = keyOf(object);
      const row = this.rowsOf(resource).get(key);
      const isListed = row !== undefined && isSelected(SELECTION, row);
      if (isListed !== this.selected.has(key)) broken('complete', `a selection ${isListed ? 'lacks' : 'still has'} ${key}`);
    }
  }

  /** Everything that is stored, or of which another number is stored, is what was told. */
  private compareAll(state: ClusterState, isFull: boolean): void {
    for (const [resource, { rows }] of tablesOf(state)) {
      const known = this.rowsOf(resource);
      const founding = state.derived.founding.get(resource);
      if (!isFull && rows.size === known.size) continue;
      for (const [key, row] of rows) {
        if (known.get(key) === row) continue;
        // A founding object that nobody has written is made when it is looked at.
        if (founding?.has(key) !== true && known.get(key)?.json !== row.json)
          broken('complete', `${resource} ${key} changed and nothing was told`);
        known.set(key, row);
      }
      for (const key of known.keys()) if (!rows.has(key)) broken('complete', `${resource} ${key} went and nothing was told`);
    }
  }

  /** Resumable: who comes back to a revision that he saw reads what follows it, once and to the end. */
  private expectResumable(changes: readonly LoggedChange[]): void {
    const count = this.log.length;
    const first = changes[0]?.revision ?? 0;
    // Before this command, within it, and somewhere further back.
    const positions = new Set([first - 1, first + (changes.length >> 1), this.firstRevision + ((this.commandCount * 7919) % count)]);
    for (const position of positions) {
      let read = position;
      const page = this.hub.read(read);
      for (const { revision } of page) {
        if (revision !== read + 1) broken('resumable', `after ${position}, ${revision} follows ${read}`);
        read = revision;
      }
      if (page.length === 0 && position < this.firstRevision + count) broken('resumable', `nothing follows ${position}`);
      const expected = this.log[position - this.firstRevision];
      if (page[0] !== undefined && page[0].json !== expected?.json) broken('resumable', `after ${position} comes another object`);
    }
  }

  /** Bookmarks: what they say has been told, and they never go back. */
  private expectBookmarks(): void {
    const { view } = this;
    const before = this.bookmark();
    for (const change of this.hub.read(before)) {
      view.encode(change);
      const bookmark = this.bookmark();
      if (bookmark !== change.revision) broken('bookmarks', `a bookmark says ${bookmark} where ${change.revision} was told last`);
    }
  }

  private bookmark(): number {
    const { object } = JSON.parse(new TextDecoder().decode(this.view.reminder.encode())) as { object: KubeObject };
    return Number(object.metadata.resourceVersion);
  }

  private rowsOf(resource: string): Map<string, StoredObject> {
    let rows = this.replayed.get(resource);
    if (rows === undefined) this.replayed.set(resource, (rows = new Map()));
    return rows;
  }
}

const TOLD = {} as StoredObject;

function* tablesOf(state: ClusterState): Generator<[string, { readonly rows: ReadonlyMap<string, StoredObject> }]> {
  for (const [name, data] of state.tables)
    if (name.startsWith(PREFIX))
      yield [name.slice(PREFIX.length), { rows: data.rows as ReadonlyMap<string, unknown> as ReadonlyMap<string, StoredObject> }];
}

function isSelected(selection: Selection, row: StoredObject): boolean {
  return selects(selection, row.object as unknown as KubeObject);
}
