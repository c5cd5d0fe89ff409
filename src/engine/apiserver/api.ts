// The face of the API server for what runs inside the cluster: controllers, scheduler, kubelets. Reads return the stored objects themselves;
// writes are trusted, so they skip decoding and validation but keep every rule about metadata (F1-F7). A write that changes nothing
// is none (W8).
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go (v1.33).
// Rules: C007.

import { compareText } from '../apimachinery/text.ts';
import { matchesSelector, type Selector } from '../apimachinery/labels.ts';
import { isJsonEqual, type KubeObject, type ObjectMeta, sortMembers } from '../apimachinery/meta.ts';
import { generatedName } from '../apimachinery/names.ts';
import { alreadyExists, fail, invalidObject, notFound, ok, type Result, type Status } from '../apimachinery/status.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import { GENERATE_NAME_ATTEMPTS_MAX } from '../kernel/limits.ts';
import { draw, drawBelow, formatUuid } from '../kernel/random.ts';
import type { ClusterState } from '../kernel/state.ts';
import {
  getStored,
  type KernelObject,
  keysByTerm,
  keysInNamespace,
  objectKey,
  putObject,
  removeObject,
  storedOf,
} from '../kernel/store.ts';
import { type Draft, type Exchanged, type HookContext, type Kind, resourceOf } from '../kinds/kind.ts';
import { resourceQuotaKind } from '../kinds/resourcequota/index.ts';
import { admitObject, completeObject, judgeObject } from './admission/index.ts';
import { indexTermsOf } from './index-terms.ts';
import { allocate } from './write/allocate.ts';
import { judgeComponents, type Mutate, mutateDraft } from './write/create-hooks.ts';
import { exchanged } from './write/exchanged.ts';
import { refuseSize } from './write/object-size.ts';
import { checkPreconditions, type DeleteOptions, withDeletion, withPropagation } from './write/deletion.ts';
import type { Charge } from './admission/quota.ts';
import { validateMetadata } from './write/metadata.ts';

export interface CreateOptions {
  readonly dryRun?: boolean;
  /** The caller answers for the object and its namespace: nothing is checked. */
  readonly trusted?: boolean;
  /** Another stream for the uid than that of all objects. */
  readonly uidStream?: string;
  /** Validates the prepared object of a client; a Status refuses it (I2). */
  readonly check?: (object: KubeObject) => Status | undefined;
  /** What policies say of a client's object; those of components are judged as theirs. */
  readonly admit?: (object: KubeObject) => Status | undefined;
  /** What webhooks make of a client's object, which has no name yet if the server gives it one; undefined: nothing. */
  readonly mutate?: Mutate;
  /** metadata.managedFields of the object, which has its defaults and its name (K3). */
  readonly owners?: (draft: KubeObject) => ObjectMeta['managedFields'];
}

/** The object, or undefined; of the kind of a request as its version has it (O15). */
export function getObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  name: string,
): T | undefined {
  const key = kind.namespaced ? objectKey(namespace, name) : name;
  const stored = getStored(state, resourceOf(kind), key)?.object as T | undefined;
  return kind.exchange === undefined || stored === undefined ? stored : (kind.exchange.shown(stored) as T);
}

/** All objects of a kind, or those of one namespace, by (creationTimestamp, namespace, name). */
export function listObjects<T extends KubeObject>(state: ClusterState, kind: Kind<T>, namespace?: string): T[] {
  const resource = resourceOf(kind);
  const stored = storedOf(state, resource);
  if (namespace !== undefined && kind.namespaced) return pick<T>(state, resource, keysInNamespace(state, resource, namespace));
  return sortObjects(Array.from(stored.values(), (row) => row.object as T));
}

/** Objects that carry an index term, in the same order. */
export function listByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): T[] {
  const resource = resourceOf(kind);
  return pick<T>(state, resource, keysByTerm(state, resource, term));
}

/** Objects that carry an index term, in no particular order: for sums and tests that do not depend on one. */
export function unorderedByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): T[] {
  const resource = resourceOf(kind);
  return collect<T>(state, resource, keysByTerm(state, resource, term));
}

/** How many objects carry an index term. */
export function countByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): number {
  return keysByTerm(state, resourceOf(kind), term).size;
}

/** Objects of a namespace that a selector matches, found through its narrowest label term. */
export function listBySelector<T extends KubeObject>(state: ClusterState, kind: Kind<T>, namespace: string, selector: Selector): T[] {
  if (selector.matchesNothing === true) return [];
  const resource = resourceOf(kind);
  const keys = keysByLabels(state, kind, namespace, selector) ?? keysInNamespace(state, resource, namespace);
  return pick<T>(state, resource, keys).filter((object) => matchesSelector(selector, object.metadata.labels));
}

/** Creates an object: defaults, generated name, server-owned fields. Fails: AlreadyExists. Rules F1, F2, F6. */
export function createObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  given: Draft<T>,
  options: CreateOptions = {},
): Result<T> {
  kind.applyDefaults(given);
  if (options.trusted !== true) {
    const refused = admitObject(state, kind as Kind, given as Draft<KubeObject>);
    if (refused !== undefined) return fail(refused);
  }
  const named = nameObject(state, kind, given);
  if (!named.ok) return named;
  const managedFields = options.owners?.(given as KubeObject);
  completeObject(state, kind as Kind, given as Draft<KubeObject>, options.trusted === true);
  const mutated = mutateDraft(state, kind, given, managedFields, options.mutate);
  if (!mutated.ok) return mutated;
  const draft = mutated.value;
  (draft.metadata as { name?: string; uid?: string }).name = named.value;
  (draft.metadata as { uid?: string }).uid = drawUid(state, options.uidStream);
  kind.prepareForCreate?.(draft, hookContext(state));
  const object = withServerMetadata(state, kind, draft as T, named.value, managedFields);
  const refused = options.check === undefined ? checkOwn(kind, object, options) : options.check(object);
  if (refused !== undefined) return fail(refused);
  const denied = admitCreated(state, kind as Kind, object, options);
  if (denied !== undefined) return fail(denied);
  const verdict = judgeObject(state, kind as Kind, object, { previous: undefined, subresource: '' });
  if ('refusal' in verdict) return fail(verdict.refusal);
  if (getObject(state, kind, object.metadata.namespace, object.metadata.name) !== undefined)
    return fail(alreadyExists(kind, object.metadata.name));
  const oversize = options.check === undefined || options.dryRun === true ? undefined : refuseSize(object);
  if (oversize !== undefined) return fail(oversize);
  const missing = allocate(state, kind, object, undefined);
  if (missing !== undefined) return fail(missing);
  const passed = exchanged(kind as Kind, object);
  if (!passed.ok) return passed;
  if (options.dryRun === true) return ok(passed.value.shown as T);
  chargeQuotas(state, verdict.charges);
  return ok(putExchanged(state, kind, passed.value, undefined));
}

function admitCreated(state: ClusterState, kind: Kind, object: KubeObject, options: CreateOptions): Status | undefined {
  if (options.trusted === true) return undefined;
  return options.admit === undefined ? judgeComponents(state, kind, object, options.dryRun === true) : options.admit(object);
}

/** Replaces any part of an object. Nothing happens when nothing differs (F5). Generation follows F6, except for a binding (K102). */
export function writeObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  options: { readonly keepsGeneration?: boolean } = {},
): T {
  const resource = resourceOf(kind);
  const present = getStored(state, resource, objectKey(kind.namespaced ? next.metadata.namespace : undefined, next.metadata.name));
  if (present === undefined) return next;
  const before = present.object as T;
  const kept = options.keepsGeneration === true ? next : keepServerMetadata(kind, next, before);
  return isSame(kept, before) ? before : put(state, kind, kept, present);
}

/** Replaces the status. Nothing happens when nothing differs (F5). */
export function writeStatus<T extends KubeObject>(state: ClusterState, kind: Kind<T>, present: T, status: T['status']): T {
  const stored = getStored(state, resourceOf(kind), objectKey(present.metadata.namespace, present.metadata.name));
  if (stored === undefined) return present;
  const before = stored.object as T;
  if (before['status'] === status || isJsonEqual(before['status'], status)) return before;
  return put(state, kind, { ...before, status }, stored);
}

/** Writes down what quotas were charged, before the object itself is stored. */
export function chargeQuotas(state: ClusterState, charges: readonly Charge[]): void {
  for (const { quota, used } of charges) writeStatus(state, resourceQuotaKind, quota, { ...quota.status, used });
}

/** Deletes an object as a DELETE call does: grace, finalizers, propagation. The value is its last state. Rules C901-C904, K501-K504, L1-L8. */
export function deleteObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions = {},
): Result<T> {
  const present = getObject(state, kind, namespace, name);
  if (present === undefined) return fail(notFound(kind, name));
  const refused = checkPreconditions(kind, present, options);
  if (refused !== undefined) return refused;
  const isFirst = present.metadata.deletionTimestamp === undefined;
  const prepared = isFirst ? (kind.prepareForDelete?.(present, formatTime(state.nowMs)) ?? present) : present;
  const finalized = withPropagation(kind, prepared, options);
  const requested = options.gracePeriodSeconds;
  const grace = kind.deletionGraceSeconds?.(present, requested === undefined ? undefined : requested < 0 ? 1 : requested) ?? 0;
  if (grace > 0) return ok(beginGrace(state, kind, finalized, present, grace, options));
  if ((finalized.metadata.finalizers?.length ?? 0) > 0 || hasNamespaceFinalizers(finalized)) {
    return ok(markDeleting(state, kind, finalized, present, options));
  }
  return ok(removeNow(state, kind, present, options));
}

/** What a kind's hooks may know. */
export function hookContext(state: ClusterState): HookContext {
  return { nowMs: state.nowMs, drawBelow: (purpose, bound) => drawBelow(state, purpose, bound) };
}

/** A UUID of version 4, normally from the stream `uids`. */
export function drawUid(state: ClusterState, stream = 'uids'): string {
  const words = [draw(state, stream), draw(state, stream), draw(state, stream), draw(state, stream)];
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return formatUuid(hex);
}

/**
 * Stores an object. One that lost its last finalizer is removed instead: watchers see its last stored form go, the caller gets back what it
 * wrote (L6).
 */
export function put<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  object: T,
  present: { readonly object: KernelObject; readonly terms: readonly string[] } | undefined,
): T {
  const resource = resourceOf(kind);
  if (present !== undefined && isFullyFinalized(object)) {
    removeObject(state, resource, objectKey(object.metadata.namespace, object.metadata.name));
    return object;
  }
  const terms = present !== undefined && hasSameTerms(object, present.object as KubeObject) ? present.terms : indexTermsOf(kind, object);
  // What has no Go type is stored with its members by name, as upstream encodes maps.
  const arranged = kind.structure === undefined ? object : sortMembers(object);
  return putObject(state, resource, arranged as KernelObject, terms).object as T;
}

/** Stores what became of an object of a request's version; the value is what that version has of it. */
export function putExchanged<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  { stored, shown }: Exchanged,
  present: Parameters<typeof put>[3],
): T {
  const written = put(state, kind, stored as T, present);
  if (stored === shown) return written;
  return { ...shown, metadata: { ...shown.metadata, resourceVersion: written.metadata.resourceVersion } } as T;
}

function isFullyFinalized(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  return (
    deletionTimestamp !== undefined &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    (finalizers?.length ?? 0) === 0 &&
    !hasNamespaceFinalizers(object)
  );
}

/** Namespaces carry their finalizers in spec (L11). */
function hasNamespaceFinalizers(object: KubeObject): boolean {
  const spec = object['spec'] as { finalizers?: readonly string[] } | undefined;
  return object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0;
}

function pick<T>(state: ClusterState, resource: string, keys: Iterable<string>): T[] {
  return sortObjects(collect<KubeObject>(state, resource, keys)) as T[];
}

function collect<T>(state: ClusterState, resource: string, keys: Iterable<string>): T[] {
  const stored = storedOf(state, resource);
  const objects: T[] = [];
  for (const key of keys) {
    const row = stored.get(key);
    if (row !== undefined) objects.push(row.object as T);
  }
  return objects;
}

function sortObjects<T extends KubeObject>(objects: T[]): T[] {
  return objects.length < 2 ? objects : objects.sort(compareObjects);
}

/** The order of lists (`listOrder` in docs/glossary.md): creationTimestamp, then namespace, then name. */
export function compareObjects(a: KubeObject, b: KubeObject): number {
  const x = a.metadata;
  const y = b.metadata;
  if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp < y.creationTimestamp ? -1 : 1;
  if (x.namespace !== y.namespace) return (x.namespace ?? '') < (y.namespace ?? '') ? -1 : 1;
  return compareText(x.name, y.name);
}

/** Keys of a superset of the objects that a selector matches, by its narrowest label; undefined where labels find none. */
export function keysByLabels(state: ClusterState, kind: Kind, namespace: string, selector: Selector): Iterable<string> | undefined {
  if (kind.hasLabelTerms !== true) return undefined;
  const resource = resourceOf(kind);
  let best: { keys: ReadonlySet<string>[]; size: number } | undefined;
  for (const { key, operator, values } of selector.requirements) {
    const terms =
      operator === '=' || operator === '==' || operator === 'in'
        ? values.map((value) => `label:${namespace}/${key}=${value}`)
        : operator === 'exists' || operator === 'gt' || operator === 'lt'
          ? [`labelkey:${namespace}/${key}`]
          : undefined;
    if (terms === undefined) continue;
    const keys = terms.map((term) => keysByTerm(state, resource, term));
    const size = keys.reduce((sum, set) => sum + set.size, 0);
    if (best === undefined || size < best.size) best = { keys, size };
  }
  if (best === undefined) return undefined;
  return best.keys.length === 1 ? best.keys[0] : new Set(best.keys.flatMap((set) => [...set]));
}

/** What controllers make from valid objects can be invalid in nothing but its metadata: a name that has grown too long. */
function checkOwn<T extends KubeObject>(kind: Kind<T>, object: T, options: CreateOptions): Status | undefined {
  if (options.trusted === true) return undefined;
  const errors = validateMetadata(kind as Kind, object);
  return errors.length === 0 ? undefined : invalidObject(kind, object.metadata.name, errors);
}

/** F1: a given name, or generateName with five characters until one is free (C141). */
function nameObject<T extends KubeObject>(state: ClusterState, kind: Kind<T>, draft: Draft<T>): Result<string> {
  const metadata = (draft as { metadata: { name?: string; generateName?: string; namespace?: string } }).metadata;
  const isTaken = (name: string): boolean => getObject(state, kind, metadata.namespace, name) !== undefined;
  if (metadata.name !== undefined && metadata.name !== '') return ok(metadata.name);
  const prefix = metadata.generateName ?? '';
  const purpose = `names:${metadata.namespace ?? ''}/${prefix}`;
  let name = '';
  for (let attempt = 0; attempt < GENERATE_NAME_ATTEMPTS_MAX; attempt += 1) {
    name = generatedName(prefix, (bound) => drawBelow(state, purpose, bound));
    if (!isTaken(name)) return ok(name);
  }
  return fail(alreadyExists(kind, name));
}

function withServerMetadata<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  draft: T,
  name: string,
  managedFields: ObjectMeta['managedFields'],
): T {
  const given = draft.metadata as Partial<ObjectMeta>;
  const metadata: Record<string, unknown> = { name };
  if (given.generateName !== undefined) metadata['generateName'] = given.generateName;
  if (kind.namespaced) metadata['namespace'] = given.namespace;
  metadata['uid'] = given.uid;
  metadata['resourceVersion'] = '';
  if (kind.generation !== 'none') metadata['generation'] = 1;
  metadata['creationTimestamp'] = formatTime(state.nowMs);
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const) {
    if (given[field] !== undefined) metadata[field] = given[field];
  }
  if (managedFields !== undefined) metadata['managedFields'] = managedFields;
  return inMemberOrder({ ...draft, metadata } as T);
}

/** Members in the order kind, apiVersion, metadata, spec, status, rest. */
function inMemberOrder<T extends KubeObject>(object: T): T {
  const { kind, apiVersion, metadata, spec, status, ...rest } = object as Record<string, unknown>;
  const ordered = {
    kind,
    apiVersion,
    metadata,
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
    ...rest,
  };
  return ordered as T;
}

/** F7 and F6: identity is kept, generation rises with the spec. */
export function keepServerMetadata<T extends KubeObject>(kind: Kind<T>, next: T, before: T): T {
  const { uid, creationTimestamp, generation } = before.metadata;
  const isSpecChanged = next['spec'] !== before['spec'] && !isJsonEqual(next['spec'], before['spec']);
  const isAnnotationChanged =
    kind.generation === 'spec-and-annotations' && !isJsonEqual(next.metadata.annotations, before.metadata.annotations);
  const rises = contentRises(kind, next, before) ?? (kind.generation !== 'none' && (isSpecChanged || isAnnotationChanged));
  const wanted = rises ? (generation ?? 0) + 1 : generation;
  const same = next.metadata.uid === uid && next.metadata.creationTimestamp === creationTimestamp && next.metadata.generation === wanted;
  if (same) return next;
  return { ...next, metadata: { ...next.metadata, uid, creationTimestamp, ...(wanted === undefined ? {} : { generation: wanted }) } };
}

/** Whether the generation rises, for kinds where more than the spec counts; undefined for others. */
function contentRises<T extends KubeObject>(kind: Kind<T>, next: T, before: T): boolean | undefined {
  if (kind.generation === 'content') return !hasSameContent(next, before);
  if (kind.generation !== 'all-but-status') return undefined;
  const status = kind.hasStatus ? before['status'] : next['status'];
  return !isSame({ ...next, metadata: before.metadata, status }, before);
}

/** Whether all but the metadata is equal, labels included. */
function hasSameContent(a: KubeObject, b: KubeObject): boolean {
  return isSame({ ...a, metadata: b.metadata }, b) && isJsonEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {});
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  for (const member in a) {
    if (member === 'metadata') {
      if (a.metadata !== b.metadata && !isSameMetadata(a.metadata, b.metadata)) return false;
    } else if (a[member] !== b[member] && !isJsonEqual(a[member], b[member])) return false;
  }
  for (const member in b) if (b[member] !== undefined && a[member] === undefined) return false;
  return true;
}

/** The revision is not what is written. */
function isSameMetadata(a: KubeObject['metadata'], b: KubeObject['metadata']): boolean {
  return isJsonEqual(a, b) || isJsonEqual({ ...a, resourceVersion: '' }, { ...b, resourceVersion: '' });
}

function hasSameTerms(next: KubeObject, before: KubeObject): boolean {
  return (
    next.metadata.labels === before.metadata.labels &&
    next.metadata.annotations === before.metadata.annotations &&
    next.metadata.ownerReferences === before.metadata.ownerReferences &&
    next['spec'] === before['spec'] &&
    phaseOf(next) === phaseOf(before)
  );
}

function phaseOf(object: KubeObject): unknown {
  return (object['status'] as { phase?: unknown } | undefined)?.phase;
}

/** K502: the first graceful delete; K503: a repeated one may only shorten. */
function beginGrace<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  before: T,
  graceSeconds: number,
  options: DeleteOptions,
): T {
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  if (deletionTimestamp !== undefined) {
    const present = deletionGracePeriodSeconds ?? 0;
    if (graceSeconds >= present) return before;
    const shortened = (parseTime(deletionTimestamp) ?? state.nowMs) - (present - graceSeconds) * 1000;
    return storeDeletion(state, kind, next, before, Math.max(shortened, state.nowMs), graceSeconds, before.metadata.generation, options);
  }
  const generation = before.metadata.generation === undefined ? undefined : before.metadata.generation + 1;
  return storeDeletion(state, kind, next, before, state.nowMs + graceSeconds * 1000, graceSeconds, generation, options);
}

/** L6: the object waits for its finalizers. */
function markDeleting<T extends KubeObject>(state: ClusterState, kind: Kind<T>, next: T, before: T, options: DeleteOptions): T {
  if (before.metadata.deletionTimestamp !== undefined && (before.metadata.deletionGracePeriodSeconds ?? 0) === 0) {
    return next === before || options.dryRun === true ? before : put(state, kind, next, storedRow(state, kind, before));
  }
  const raised =
    before.metadata.generation === undefined || before.metadata.deletionTimestamp !== undefined
      ? before.metadata.generation
      : before.metadata.generation + 1;
  if (kind.kind !== 'Namespace') return storeDeletion(state, kind, next, before, state.nowMs, 0, raised, options);
  // A namespace has no grace period, not even one of 0.
  const marked = { ...next, status: { ...(next['status'] as object), phase: 'Terminating' } } as T;
  return storeDeletion(state, kind, marked, before, state.nowMs, undefined, raised, options);
}

function storeDeletion<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  before: T,
  deletionMs: number,
  graceSeconds: number | undefined,
  generation: number | undefined,
  options: DeleteOptions,
): T {
  const metadata = withDeletion(next.metadata, formatTime(deletionMs), graceSeconds, generation);
  const object = { ...next, metadata } as T;
  return options.dryRun === true ? object : put(state, kind, object, storedRow(state, kind, before));
}

/** K503, K504: a graceful kind is first seen with grace 0, then gone; others just go. */
function removeNow<T extends KubeObject>(state: ClusterState, kind: Kind<T>, present: T, options: DeleteOptions): T {
  const resource = resourceOf(kind);
  const key = objectKey(present.metadata.namespace, present.metadata.name);
  if (kind.deletionGraceSeconds === undefined) {
    if (options.dryRun === true) return present;
    return removeObject(state, resource, key).object as T;
  }
  const { generation, deletionTimestamp } = present.metadata;
  const raised = generation === undefined || deletionTimestamp !== undefined ? generation : generation + 1;
  const last = { ...present, metadata: withDeletion(present.metadata, formatTime(state.nowMs), 0, raised) } as T;
  if (options.dryRun === true) return last;
  const shown = putObject(state, resource, last as KernelObject, getStored(state, resource, key)?.terms ?? []);
  return removeObject(state, resource, key, shown.object).object as T;
}

function storedRow<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T): ReturnType<typeof getStored> {
  return getStored(state, resourceOf(kind), objectKey(object.metadata.namespace, object.metadata.name));
}
