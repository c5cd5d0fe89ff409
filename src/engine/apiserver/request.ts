// Client requests: every write of the Kubernetes API from its decoded body to its answer. A request that fails leaves no trace, not even in the
// random streams.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, endpoints/handlers (v1.33). Rules: I1-I9, J1, L1-L13, M1-M4.

import { encodeEntries, type ManagedEntries } from '../apimachinery/managed-fields/index.ts';
import { cloneJson, isJsonEqual, isJsonObject, type Json, type JsonObject, type KubeObject } from '../apimachinery/meta.ts';
import {
  badRequest,
  conflict,
  failure,
  invalidObject,
  notFound,
  resourceNotFound,
  methodNotAllowed,
  ok,
  type Result,
  STALE_OBJECT,
  type Status,
} from '../apimachinery/status.ts';
import { type Draft, type Kind, resourceOf } from '../kinds/kind.ts';
import { markRandom, restoreRandom } from '../kernel/random.ts';
import type { ClusterState } from '../kernel/state.ts';
import { finish, type Steps } from '../kernel/steps.ts';
import { getStored, objectKey } from '../kernel/store.ts';
import { admitNamespace, judgeObject, warnAboutObject } from './admission/index.ts';
import { refuseCertificate } from './admission/certificates.ts';
import { allocate } from './write/allocate.ts';
import { applyRequest, ownersOfNew, withOwners } from './write/apply.ts';
import { refuseGrant, refuseNew } from './authorization/writes.ts';
import { OWNER } from './authentication/user.ts';
import { chargeQuotas, createObject, getObject, hookContext, keepServerMetadata, putExchanged } from './api.ts';
import { refuseSize } from './write/object-size.ts';
import { connect } from './connect.ts';
import { requestConverted } from './conversion.ts';
import { clusterKindByResource } from './cluster-kinds.ts';
import { draftObject } from './write/draft.ts';
import { exchangedKind } from './write/exchange.ts';
import { exchanged } from './write/exchanged.ts';
import { validateMetadata, validateMetadataUpdate } from './write/metadata.ts';
import { applyPatch } from './write/patch.ts';
import { invalidPatch } from './write/patch-errors.ts';
import { judgeChange } from './write/judge.ts';
import { removeCollection, remove } from './write/remove.ts';
import { type ApiRequest, refuse, type RequestOutcome } from './request-types.ts';
import { evictPod } from './write/eviction.ts';
import type { Charge } from './admission/quota.ts';
import { bindPod, readScale, writeScale } from './subresources.ts';
import { requestToken, TOKEN_IDS } from './authentication/token-request.ts';
import { validateBehaviors } from './admission/behaviors.ts';
import { asksOf } from './webhooks/calls.ts';
import { mutateByWebhooks } from './webhooks/index.ts';

/** Handles one write. */
export function handleRequest(state: ClusterState, request: ApiRequest): RequestOutcome {
  return finish(requestSteps(state, request));
}

/** The same in steps, where it is about many objects; in between nobody may read or write the state. */
export function* requestSteps(state: ClusterState, request: ApiRequest): Steps<RequestOutcome> {
  const found = clusterKindByResource(state, request.resource, request.version);
  if (found === undefined) return refuse(resourceNotFound());
  const ready = exchangedKind(state, found, request);
  if (!ready.ok) return asking(refuse(ready.status));
  const kind = ready.value;
  const generateName = readGenerateName(request.body);
  const purposes = ['uids', TOKEN_IDS, 'volume-names', `names:${request.namespace ?? ''}/${generateName}`];
  const mark = markRandom(state, purposes);
  const isOfMany = request.verb === 'deletecollection' && kind.conversion === undefined && !lacksVerb(kind, request);
  const outcome = isOfMany ? yield* removeCollection(state, kind, request) : dispatch(state, kind, request);
  if (!outcome.ok || request.options.dryRun === true) restoreRandom(state, mark);
  return asking(outcome);
}

/** A refusal for now says what must be asked. */
function asking(outcome: RequestOutcome): RequestOutcome {
  const asks = outcome.ok ? undefined : asksOf(outcome.status);
  return outcome.ok || asks === undefined ? outcome : { ...outcome, asks };
}

function dispatch(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  if (lacksVerb(kind, request)) return refuse(methodNotAllowed());
  if (kind.conversion !== undefined) return requestConverted(state, kind, kind.conversion, request, dispatch);
  switch (request.verb) {
    case 'connect':
      return connect(state, kind, request);
    case 'create':
      return request.subresource === undefined ? create(state, kind, request) : createSubresource(state, kind, request);
    case 'update':
      return request.subresource === 'scale' ? writeScale(state, kind, request) : update(state, kind, request);
    case 'patch':
      return patch(state, kind, request);
    case 'delete':
      return remove(state, kind, request);
    case 'deletecollection':
      return finish(removeCollection(state, kind, request));
  }
}

function lacksVerb(kind: Kind, { subresource, verb }: ApiRequest): boolean {
  return subresource === undefined && kind.withoutVerbs?.includes(verb) === true;
}

function readGenerateName(body: Json | undefined): string {
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  const name = isJsonObject(metadata) ? metadata['generateName'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** A POST: body, namespace, admission, validation, name (I1, I2). */
function create(state: ClusterState, kind: Kind, request: ApiRequest, applied?: ManagedEntries): RequestOutcome {
  if (kind.namespaced && request.namespace === undefined) return refuse(methodNotAllowed());
  const drafted = draftObject(kind, request, request.body ?? null);
  if (!drafted.ok) return refuse(drafted.status);
  const { draft } = drafted;
  const metadata = draft.metadata as Record<string, unknown>;
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  if (metadata['resourceVersion'] !== undefined && metadata['resourceVersion'] !== '' && request.options.dryRun !== true) {
    return refuse(failure(500, 'InternalError', 'resourceVersion should not be set on objects to be created'), drafted.warnings);
  }
  const admitted = admitNamespace(state, kind, request.namespace, name);
  if (admitted !== undefined) return refuse(admitted, drafted.warnings);
  const unauthorized = refuseNew(state, kind, request, draft) ?? refuseCertificate(state, kind, request, draft, undefined);
  if (unauthorized !== undefined) return refuse(unauthorized, drafted.warnings);
  if (isJsonObject(draft.spec as Json)) kind.claim?.(draft, request.user ?? OWNER);
  if (name === '' && (metadata['generateName'] ?? '') === '') {
    return refuse(
      invalidObject(kind, '', [
        { reason: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' },
      ]),
      drafted.warnings,
    );
  }
  const warnings: string[] = [...drafted.warnings];
  const created = createObject(state, kind, draft, {
    ...(request.options.dryRun === undefined ? {} : { dryRun: request.options.dryRun }),
    owners: (named) => (applied === undefined ? ownersOfNew(state, kind, request, named as JsonObject) : encodeEntries(applied)),
    check(object) {
      const errors = [...validateMetadata(kind, object), ...kind.validate(object), ...validateBehaviors(kind, object)];
      if (errors.length > 0) return invalidObject(kind, object.metadata.name, errors);
      warnings.push(...(kind.warnings?.(object, undefined) ?? []));
      return undefined;
    },
    mutate: (object, between) =>
      mutateByWebhooks(state, kind, request, { operation: 'CREATE', object, oldObject: undefined }, warnings, between),
    admit: (object) =>
      judgeChange(state, kind, { ...request, name: object.metadata.name }, { operation: 'CREATE', object, oldObject: undefined }, warnings),
  });
  if (!created.ok) return refuse(created.status, warnings);
  warnings.push(...warnAboutObject(state, kind, created.value, { previous: undefined, subresource: '' }));
  return { ok: true, code: 201, object: created.value, warnings };
}

/** A PUT: the revision that it names must be the present one (I4, I5). */
function update(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
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
  return store(state, kind, request, drafted.draft, present, drafted.warnings);
}

/** The common end of PUT and PATCH: versions, defaults, preparation, validation, and one write. */
function store(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  draft: Draft<KubeObject>,
  present: KubeObject,
  warned: readonly string[],
  applied?: ManagedEntries,
): RequestOutcome {
  const { name } = present.metadata;
  const unauthorized = refuseGrant(state, kind, request, draft, present) ?? refuseCertificate(state, kind, request, draft, present);
  if (unauthorized !== undefined) return refuse(unauthorized, warned);
  const metadata = draft.metadata as Record<string, unknown>;
  const version = (metadata['resourceVersion'] ?? '') as string;
  if (version === '' && kind.requiresVersionOnUpdate === true && request.verb === 'update') {
    const error = {
      reason: 'FieldValueInvalid' as const,
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0x0: must be specified for an update',
    };
    return refuse(invalidObject({ ...kind, kind: kind.plural }, name, [error]), warned);
  }
  if (version !== '' && !/^\d+$/.test(version)) {
    return refuse(failure(500, 'InternalError', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`), warned);
  }
  const uid = metadata['uid'];
  // F7: the uid of a PUT is a precondition.
  if (request.verb === 'update' && uid !== undefined && uid !== '' && uid !== present.metadata.uid) {
    const key = `/${kind.plural}/${objectKey(present.metadata.namespace, name)}`;
    const text = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${present.metadata.uid}`;
    return refuse(conflict(kind, name, text), warned);
  }
  if (version !== '' && version !== present.metadata.resourceVersion) return refuse(conflict(kind, name, STALE_OBJECT), warned);
  const given = metadata['managedFields'];
  const prepared = prepareUpdate(state, kind, request.subresource ?? '', draft, present);
  const owned = withOwners(state, kind, request, { next: prepared, present, given, applied });
  const judged: string[] = [];
  if (!owned.ok) return refuse(owned.status, warned);
  const mutated = mutateUpdate(state, kind, request, owned.value, present, judged);
  if (!mutated.ok) return refuse(mutated.status, [...warned, ...judged]);
  const next = mutated.value;
  const errors = [
    ...validateMetadata(kind, next),
    ...validateMetadataUpdate(next, present, metadata),
    ...(request.subresource === undefined ? kind.validate(next, present) : []),
    ...(kind.validateUpdate?.(next, present, request.subresource ?? '') ?? []),
    ...validateBehaviors(kind, next),
  ];
  if (errors.length > 0) return refuse(invalidObject(kind, name, errors), warned);
  const oversize = request.options.dryRun === true ? undefined : refuseSize(next);
  if (oversize !== undefined) return refuse(oversize, warned);
  const denied = judgeChange(state, kind, request, { operation: 'UPDATE', object: next, oldObject: present }, judged);
  if (denied !== undefined) return refuse(denied, [...warned, ...judged]);
  const replaced = { previous: present, subresource: request.subresource ?? '' };
  const verdict = judgeObject(state, kind, next, replaced);
  if ('refusal' in verdict) return refuse(verdict.refusal, warned);
  const isMain = request.subresource === undefined;
  const missing = isMain ? allocate(state, kind, next, present) : undefined;
  if (missing !== undefined) return refuse(missing, warned);
  const secured = warnAboutObject(state, kind, next, replaced);
  const own = isMain ? (kind.warnings?.(next, present) ?? []) : [];
  const warnings = [...warned, ...judged, ...own, ...secured];
  return storeUpdate(state, kind, request, { next, present, charges: verdict.charges, warnings });
}

interface Update {
  readonly next: KubeObject;
  readonly present: KubeObject;
  readonly charges: readonly Charge[];
  readonly warnings: readonly string[];
}

/** Stores what an update has made, unless it is what is stored. */
function storeUpdate(state: ClusterState, kind: Kind, request: ApiRequest, { next, present, charges, warnings }: Update): RequestOutcome {
  const passed = exchanged(kind, next);
  if (!passed.ok) return refuse(passed.status, warnings);
  const { namespace, name } = present.metadata;
  const stored = getStored(state, resourceOf(kind), objectKey(kind.namespaced ? namespace : undefined, name));
  const before = kind.exchange === undefined ? present : (stored?.object as KubeObject);
  const isSame = stored !== undefined && isUnchanged(passed.value.stored, before);
  if (isSame || request.options.dryRun === true) return { ok: true, code: 200, object: isSame ? present : passed.value.shown, warnings };
  chargeQuotas(state, charges);
  return { ok: true, code: 200, object: putExchanged(state, kind, passed.value, stored), warnings };
}

/** U8: the update as webhooks want it, prepared again where they changed it. What they change has no owner. */
function mutateUpdate(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  next: KubeObject,
  present: KubeObject,
  warnings: string[],
): Result<KubeObject> {
  const change = { operation: 'UPDATE', object: next, oldObject: present } as const;
  const mutated = mutateByWebhooks(state, kind, request, change, warnings, ok);
  if (!mutated.ok) return mutated;
  if (mutated.value === undefined) return ok(next);
  const prepared = prepareUpdate(state, kind, request.subresource ?? '', mutated.value as Draft<KubeObject>, present);
  const { managedFields } = next.metadata;
  return ok(managedFields === undefined ? prepared : { ...prepared, metadata: { ...prepared.metadata, managedFields } });
}

/** Defaults and the kind's own preparation; members that did not change keep their references. */
function prepareUpdate(state: ClusterState, kind: Kind, subresource: string, draft: Draft<KubeObject>, present: KubeObject): KubeObject {
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

/** A PATCH of any of the four kinds (J1-J9). */
/** I4: what a patch leaves has the name of the URL. */
function refuseName({ metadata }: Draft<KubeObject>, name: string): Status | undefined {
  const given = (metadata as { readonly name?: string }).name ?? '';
  if (given === name) return undefined;
  const text =
    given === ''
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${name})`;
  return badRequest(text);
}

function patch(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const { name = '', namespace, subresource } = request;
  const present = getObject(state, kind, namespace, name);
  if (request.patchType === 'apply') return apply(state, kind, request, present);
  if (present === undefined) return refuse(notFound(kind, name));
  const isScale = subresource === 'scale';
  const base = isScale ? readScale(kind, present) : present;
  if (base === undefined) return refuse(resourceNotFound());
  const before = base as Json;
  const patched = applyPatch(kind, cloneJson(before), request, isScale);
  if (!patched.ok) return refuse(patched.status);
  if (isScale) return writeScale(state, kind, { ...request, body: patched.value });
  const drafted = draftObject(kind, request, patched.value);
  if (!drafted.ok) {
    return refuse(drafted.problem === undefined ? drafted.status : invalidPatch(request, before, patched.value, drafted.problem));
  }
  const renamed = refuseName(drafted.draft, name);
  if (renamed !== undefined) return refuse(renamed, drafted.warnings);
  return store(state, kind, request, drafted.draft, present, drafted.warnings);
}

/** K5: an apply creates what is not there. */
function apply(state: ClusterState, kind: Kind, request: ApiRequest, present: KubeObject | undefined): RequestOutcome {
  const { name = '', subresource } = request;
  if (present === undefined && subresource !== undefined) return refuse(notFound(kind, name));
  if (subresource === 'scale' && kind.scale === undefined) return refuse(resourceNotFound());
  const applied = applyRequest(state, kind, request, present);
  if (!applied.ok) return refuse(applied.status);
  const { body, owners } = applied.value;
  if (present === undefined) return create(state, kind, withName({ ...request, body }, name), owners);
  if (subresource === 'scale') {
    const { metadata = {} } = isJsonObject(request.body) ? request.body : {};
    return writeScale(state, kind, { ...request, body: { metadata, spec: body['spec'] ?? {} } }, owners);
  }
  const drafted = draftObject(kind, request, cloneJson(body));
  if (!drafted.ok) return refuse(drafted.status);
  return store(state, kind, request, drafted.draft, present, drafted.warnings, owners);
}

function withName(request: ApiRequest, name: string): ApiRequest {
  const body = isJsonObject(request.body) ? request.body : {};
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  return { ...request, body: { ...body, metadata: { ...metadata, name } } };
}

function createSubresource(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  if (request.resource === 'serviceaccounts' && request.subresource === 'token')
    return requestToken(state, request, {
      mutate: (change, warnings) => mutateByWebhooks(state, kind, request, change, warnings, ok),
      judge: (change, warnings) => judgeChange(state, kind, request, change, warnings),
    });
  if (request.resource !== 'pods') return refuse(methodNotAllowed());
  if (request.subresource === 'binding') return bindPod(state, request);
  return request.subresource === 'eviction'
    ? evictPod(state, request)
    : refuse(kind.subresources?.[request.subresource ?? ''] === undefined ? resourceNotFound() : methodNotAllowed());
}
