// New objects: the steps from a draft to the store, as components take them. What clients make takes more of them (create.ts).
// Upstream: apiserver/pkg/registry/rest/create.go, pkg/registry/generic/registry/store.go Create (v1.33). Rules: F1, F2, F6, I2, U7.

import type { KubeObject, ObjectMeta } from '../../apimachinery/meta.ts';
import { generatedName } from '../../apimachinery/names.ts';
import { alreadyExists, fail, invalidObject, ok, type Result, type Status } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Draft, NewObject, Exchanged, Kind } from '../../kinds/kind.ts';
import { GENERATE_NAME_ATTEMPTS_MAX } from '../../kernel/limits.ts';
import { drawBelow } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { admitObject, completeObject } from '../admission/index.ts';
import { chargeQuotas, drawUid, getObject, hookContext, putExchanged } from '../storage.ts';
import { judgeComponents } from './create-hooks.ts';
import { validateMetadata } from './metadata.ts';
import { exchange, judge, limitSize, type Step, takeShared, takeSteps, type Write } from './write.ts';

export interface CreateOptions {
  /** The caller answers for the object and its namespace: nothing is checked. */
  readonly trusted?: boolean;
  /** Another stream for the uid than that of all objects. */
  readonly uidStream?: string;
  /** Validates the prepared object of a component that a client's template made; a Status refuses it (I2). */
  readonly check?: (object: KubeObject) => Status | undefined;
}

/** A new object on its way. */
export interface Creation extends Write, CreateOptions {
  /** Given or generated; known before the draft has it. */
  name: string;
  /** Of a client's object, which has its defaults by then (K3). */
  managedFields: ObjectMeta['managedFields'];
}

/** What becomes of the draft of a component. */
const COMPONENT: readonly Step<Creation>[] = [
  fillDefaults,
  admit,
  giveName,
  complete,
  prepare,
  validateOwn,
  reviewOwn,
  judge,
  refuseTaken,
  limitChecked,
  takeShared,
  exchange,
];
/** The same of what the service answers for itself. */
const TRUSTED: readonly Step<Creation>[] = [fillDefaults, giveName, complete, prepare, judge, refuseTaken, takeShared, exchange];

/** Creates an object: defaults, generated name, server-owned fields. Fails: AlreadyExists. Rules F1, F2, F6. */
export function createObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  draft: NewObject<T>,
  options: CreateOptions = {},
): Result<T> {
  const write: Creation = { ...newCreation(state, kind as Kind, draft as KubeObject, false), ...options };
  const refusal = takeSteps(write, options.trusted === true ? TRUSTED : COMPONENT);
  return refusal === undefined ? ok(storeNew(write) as T) : fail(refusal);
}

export function newCreation(state: ClusterState, kind: Kind, object: KubeObject, isDryRun: boolean): Creation {
  return {
    state,
    kind,
    present: undefined,
    subresource: '',
    isDryRun,
    object,
    charges: [],
    exchanged: undefined,
    name: '',
    managedFields: undefined,
  };
}

/** Stores what has taken all steps. */
export function storeNew({ state, kind, exchanged, charges, isDryRun }: Creation): KubeObject {
  const passed = exchanged as Exchanged;
  if (isDryRun) return passed.shown;
  chargeQuotas(state, charges);
  return putExchanged(state, kind, passed, undefined);
}

export function fillDefaults({ kind, object }: Creation): void {
  kind.applyDefaults(object as Draft<KubeObject>);
}

/** Plug-ins may refuse what the object names. */
export function admit({ state, kind, object }: Creation): Status | undefined {
  return admitObject(state, kind, object as Draft<KubeObject>);
}

/** F1: a name that no object of the kind has, made of the prefix, where none is given. */
export function giveName(write: Creation): Status | undefined {
  const { state, kind, object } = write;
  const metadata = object.metadata as Partial<ObjectMeta>;
  write.name = metadata.name ?? '';
  if (write.name !== '') return undefined;
  const prefix = metadata.generateName ?? '';
  const purpose = `names:${metadata.namespace ?? ''}/${prefix}`;
  for (let attempt = 0; attempt < GENERATE_NAME_ATTEMPTS_MAX; attempt += 1) {
    write.name = generatedName(prefix, (bound) => drawBelow(state, purpose, bound));
    if (getObject(state, kind, metadata.namespace, write.name) === undefined) return undefined;
  }
  return alreadyExists(kind, write.name);
}

/** Plug-ins fill in what other objects say. */
export function complete({ state, kind, object, trusted }: Creation): void {
  completeObject(state, kind, object as Draft<KubeObject>, trusted === true);
}

/** F2, F6: the object has what the server owns of it. */
export function prepare(write: Creation): void {
  const { state, kind, object, name } = write;
  const draft = object as Draft<KubeObject>;
  (draft.metadata as { name?: string; uid?: string }).name = name;
  (draft.metadata as { uid?: string }).uid = drawUid(state, write.uidStream);
  kind.prepareForCreate?.(draft, hookContext(state));
  write.object = withServerMetadata(write, draft as KubeObject);
}

export function refuseTaken({ state, kind, object: { metadata } }: Creation): Status | undefined {
  return getObject(state, kind, metadata.namespace, metadata.name) === undefined ? undefined : alreadyExists(kind, metadata.name);
}

/** What controllers make from valid objects can be invalid in nothing but its metadata: a name that has grown too long. */
function validateOwn({ kind, object, check }: Creation): Status | undefined {
  if (check !== undefined) return check(object);
  const errors = validateMetadata(kind, object);
  return errors.length === 0 ? undefined : invalidObject(kind, object.metadata.name, errors);
}

/** U7: policies judge what components make, too. */
function reviewOwn({ state, kind, object, isDryRun }: Creation): Status | undefined {
  return judgeComponents(state, kind, object, isDryRun);
}

/** What is checked like a client's object is limited like one. */
function limitChecked(write: Creation): Status | undefined {
  return write.check === undefined ? undefined : limitSize(write);
}

function withServerMetadata({ state, kind, name, managedFields }: Creation, draft: KubeObject): KubeObject {
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
  return inMemberOrder({ ...draft, metadata } as KubeObject);
}

/** Members in the order kind, apiVersion, metadata, spec, status, rest. */
function inMemberOrder(object: KubeObject): KubeObject {
  const { kind, apiVersion, metadata, spec, status, ...rest } = object;
  return {
    kind,
    apiVersion,
    metadata,
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
    ...rest,
  };
}
