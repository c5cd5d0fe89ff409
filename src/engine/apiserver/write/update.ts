// A PUT, and what a PATCH comes to: versions, rights, defaults, preparation, validation, and one write.
// Upstream: apiserver/pkg/endpoints/handlers/update.go, pkg/registry/rest/update.go, pkg/registry/generic/registry/store.go Update (v1.33).
// Rules: F5, F7, I4-I6, I9, Q13, U8.

import type { ManagedEntries } from '../../apimachinery/managed-fields/index.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, conflict, failure, invalidObject, notFound, ok, STALE_OBJECT, type Status } from '../../apimachinery/status.ts';
import { type Draft, type Exchanged, type Kind, resourceOf } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, objectKey } from '../../kernel/store.ts';
import { refuseCertificate } from '../admission/certificates.ts';
import { refuseGrant } from '../authorization/writes.ts';
import { type ApiRequest, refuse, type RequestOutcome } from '../request-types.ts';
import { chargeQuotas, getObject, hookContext, keepServerMetadata, putExchanged } from '../storage.ts';
import { mutateByWebhooks } from '../webhooks/index.ts';
import { preconditionFailure } from './preconditions.ts';
import { withOwners } from './apply.ts';
import { changeOf, type ClientWrite, review, validate, warn } from './client-write.ts';
import { create } from './create.ts';
import { draftObject } from './draft.ts';
import { exchange, judge, limitSize, type Step, takeShared, takeSteps } from './write.ts';

interface ClientUpdate extends ClientWrite {
  readonly present: KubeObject;
}

const STEPS: readonly Step<ClientUpdate>[] = [
  authorize,
  refuseStale,
  prepare,
  own,
  mutate,
  validate,
  limitSize,
  review,
  judge,
  takeShared,
  exchange,
  warn,
];

/** A PUT: the revision that it names must be the present one (I4, I5). */
export function update(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const { name = '', namespace } = request;
  const drafted = draftObject(kind, request, request.body ?? null);
  if (!drafted.ok) return refuse(drafted.status);
  const given = drafted.draft.metadata as { name?: string };
  if ((given.name ?? '') !== '' && given.name !== name) {
    return refuse(
      badRequest(`the name of the object (${given.name ?? ''}) does not match the name on the URL (${name})`),
      drafted.warnings,
    );
  }
  given.name = name;
  const present = getObject(state, kind, namespace, name);
  if (present === undefined) {
    if (kind.allowsCreateOnUpdate === true) return create(state, kind, request);
    return refuse(notFound(kind, name), drafted.warnings);
  }
  return replace(state, kind, request, drafted.draft, present, drafted.warnings);
}

/** Replaces an object by a draft; `applied` are its owners after an apply. */
export function replace(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  draft: Draft<KubeObject>,
  present: KubeObject,
  warnings: readonly string[],
  applied?: ManagedEntries,
): RequestOutcome {
  const write: ClientUpdate = {
    state,
    kind,
    present,
    subresource: request.subresource ?? '',
    isDryRun: request.options.dryRun === true,
    object: draft as KubeObject,
    charges: [],
    exchanged: undefined,
    request,
    given: draft.metadata,
    applied,
    warnings: [...warnings],
  };
  const refusal = takeSteps(write, STEPS);
  return refusal === undefined
    ? { ok: true, code: 200, object: storeUpdate(write), warnings: write.warnings }
    : refuse(refusal, write.warnings);
}

/** Q13: what an object grants, who changes it must have. */
function authorize({ state, kind, request, object, present }: ClientUpdate): Status | undefined {
  const draft = object as Draft<KubeObject>;
  return refuseGrant(state, kind, request, draft, present) ?? refuseCertificate(state, kind, request, draft, present);
}

/** I5, F7: the revision and the uid that a client names are those of the object that is there. */
function refuseStale({ kind, request, given, present }: ClientUpdate): Status | undefined {
  const { name } = present.metadata;
  const version = (given['resourceVersion'] ?? '') as string;
  if (version === '' && kind.requiresVersionOnUpdate === true && request.verb === 'update') {
    const error = {
      reason: 'FieldValueInvalid' as const,
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0x0: must be specified for an update',
    };
    return invalidObject({ ...kind, kind: kind.plural }, name, [error]);
  }
  if (version !== '' && !/^\d+$/.test(version))
    return failure(500, 'InternalError', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  // F7: the uid of a PUT is a precondition.
  const failed = request.verb === 'update' ? preconditionFailure(kind, present, { uid: (given['uid'] ?? '') as string }) : undefined;
  if (failed !== undefined) return failed;
  return version !== '' && version !== present.metadata.resourceVersion ? conflict(kind, name, STALE_OBJECT) : undefined;
}

/** The object has its defaults, and keeps what an update may not touch. */
function prepare(write: ClientUpdate): void {
  write.object = preparedFrom(write, write.object);
}

/** K3: who owns what, of all that the client has changed. */
function own(write: ClientUpdate): Status | undefined {
  const { state, kind, request, object: next, present, given, applied } = write;
  const owned = withOwners(state, kind, request, { next, present, given: given['managedFields'], applied });
  if (!owned.ok) return owned.status;
  write.object = owned.value;
  return undefined;
}

/** U8: webhooks change the object, which is prepared again then. What they change has no owner. */
function mutate(write: ClientUpdate): Status | undefined {
  const { state, kind, request, object, warnings } = write;
  const mutated = mutateByWebhooks(state, kind, request, changeOf(write), warnings, ok);
  if (!mutated.ok) return mutated.status;
  if (mutated.value === undefined) return undefined;
  const prepared = preparedFrom(write, mutated.value);
  const { managedFields } = object.metadata;
  write.object = managedFields === undefined ? prepared : { ...prepared, metadata: { ...prepared.metadata, managedFields } };
  return undefined;
}

/** Stores what has taken all steps, unless it is what is stored (F5). */
function storeUpdate({ state, kind, present, exchanged, charges, isDryRun }: ClientUpdate): KubeObject {
  const passed = exchanged as Exchanged;
  const { namespace, name } = present.metadata;
  const stored = getStored(state, resourceOf(kind), objectKey(kind.namespaced ? namespace : undefined, name));
  const before = kind.exchange === undefined ? present : (stored?.object as KubeObject);
  if (stored !== undefined && isUnchanged(passed.stored, before)) return present;
  if (isDryRun) return passed.shown;
  chargeQuotas(state, charges);
  return putExchanged(state, kind, passed, stored);
}

/** Defaults and the kind's own preparation; members that did not change keep their references. */
function preparedFrom({ state, kind, subresource, present }: ClientUpdate, object: KubeObject): KubeObject {
  const draft = object as Draft<KubeObject>;
  if (kind.hasStatus && kind.structure === undefined) (draft as Record<string, unknown>)['status'] ??= {};
  kind.applyDefaults(draft);
  kind.prepareForUpdate?.(draft, present, subresource, hookContext(state));
  const { uid, creationTimestamp, resourceVersion, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } =
    present.metadata;
  const { labels, annotations, ownerReferences, finalizers } = draft.metadata as KubeObject['metadata'];
  const { managedFields } = present.metadata;
  const metadata = {
    name: present.metadata.name,
    ...(generateName === undefined ? {} : { generateName }),
    ...(present.metadata.namespace === undefined ? {} : { namespace: present.metadata.namespace }),
    uid,
    resourceVersion,
    ...(generation === undefined ? {} : { generation }),
    creationTimestamp,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
    ...(isEmpty(labels) ? {} : { labels }),
    ...(isEmpty(annotations) ? {} : { annotations }),
    ...(isEmpty(ownerReferences) ? {} : { ownerReferences }),
    ...(isEmpty(finalizers) ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  const next = shareMembers({ ...(draft as KubeObject), metadata: shareMembers(metadata, present.metadata) } as KubeObject, present);
  return keepServerMetadata(kind, next, present);
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0;
}

/** Members that are equal become the same references as before. */
function shareMembers<T extends object>(next: T, present: object): T {
  const shared: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(next)) {
    const before = (present as Record<string, unknown>)[name];
    shared[name] = value !== before && isJsonEqual(value, before) ? before : value;
  }
  return shared as T;
}

function isUnchanged(next: KubeObject, present: KubeObject): boolean {
  return Object.keys({ ...next, ...present }).every((name) => {
    if (next[name] === present[name]) return true;
    return isJsonEqual(next[name], present[name]);
  });
}
