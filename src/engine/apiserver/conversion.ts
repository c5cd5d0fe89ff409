// Requests in a version that is not the stored one: decoded by its own fields, carried out on the stored version, answered in its own.
// Upstream: apimachinery/pkg/runtime/serializer/versioning, apiserver/pkg/endpoints/handlers/patch.go (v1.33). Rules: C11, J1, K3.
// Deviation: an apply is tracked with the fields of the stored version, because its merge works on those.

import { cloneJson, type Json, type JsonObject, type KubeObject } from '../apimachinery/meta.ts';
import { fail, invalidObject, notFound, ok, type Result } from '../apimachinery/status.ts';
import { kindByResource } from '../kinds/index.ts';
import { type Conversion, type Draft, type Kind, storedResourceOf } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getObject } from './storage.ts';
import { ownersOfNew, withOwners } from './write/apply.ts';
import { draftObject, type Drafted } from './write/draft.ts';
import { applyPatch } from './write/patch.ts';
import { invalidPatch } from './write/patch-errors.ts';
import type { ApiRequest, RequestOutcome } from './request-types.ts';

type Dispatch = (state: ClusterState, kind: Kind, request: ApiRequest) => RequestOutcome;

/** Carries out a request about `view` on the version that is stored. */
export function requestConverted(
  state: ClusterState,
  view: Kind,
  conversion: Conversion,
  request: ApiRequest,
  dispatch: Dispatch,
): RequestOutcome {
  const stored = kindByResource(storedResourceOf(view)) as Kind;
  const asked = inStoredVersion(state, view, conversion, request);
  if (!asked.ok) return { ok: false, status: asked.status, warnings: [] };
  const outcome = dispatch(state, stored, asked.value.request);
  const warnings = [...asked.value.warnings, ...outcome.warnings];
  if (!outcome.ok || outcome.object === undefined) return { ...outcome, warnings };
  return { ...outcome, warnings, object: inOwnVersion(view, conversion, outcome.object as KubeObject) };
}

interface Converted {
  readonly request: ApiRequest;
  readonly warnings: readonly string[];
}

function inStoredVersion(state: ClusterState, view: Kind, conversion: Conversion, request: ApiRequest): Result<Converted> {
  const { verb, body = null, patchType, namespace, name = '' } = request;
  if (verb === 'delete' || verb === 'deletecollection') return ok({ request, warnings: [] });
  if (patchType === 'apply') return ok({ request: { ...request, body: converted(conversion, body) }, warnings: [] });
  const found = storedObject(state, view, namespace, name);
  const present = found === undefined ? undefined : conversion.fromStored(found);
  if (verb !== 'patch') return rewritten(state, view, conversion, request, draftObject(view, request, body), present);
  if (present === undefined) return fail(notFound(view, name));
  const base = present as Json;
  const patched = applyPatch(view, cloneJson(base), request, false);
  if (!patched.ok) return patched;
  const drafted = draftObject(view, request, patched.value);
  if (!drafted.ok && drafted.problem !== undefined) return fail(invalidPatch(request, base, patched.value, drafted.problem));
  return rewritten(state, view, conversion, request, drafted, present);
}

function storedObject(state: ClusterState, view: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
  return getObject(state, kindByResource(storedResourceOf(view)) as Kind, namespace, name);
}

/** The same write with a body of the stored version, which says itself who owns what. */
function rewritten(
  state: ClusterState,
  view: Kind,
  conversion: Conversion,
  request: ApiRequest,
  drafted: Drafted,
  present: KubeObject | undefined,
): Result<Converted> {
  if (!drafted.ok) return fail(drafted.status);
  const { draft, warnings } = drafted;
  view.applyDefaults(draft);
  const { patchType: _type, ...write } = request;
  const { fieldManager: _manager, ...options } = request.options;
  const owned = present === undefined ? ownedFromNew(state, view, request, draft) : ownedFrom(state, view, request, draft, present);
  const verb = request.verb === 'patch' ? 'update' : request.verb;
  const body = conversion.toStored(owned);
  const before = present === undefined ? undefined : storedObject(state, view, request.namespace, request.name ?? '');
  const errors = conversion.validate?.(body, before) ?? [];
  if (errors.length > 0) return fail(invalidObject(view, present?.metadata.name ?? owned.metadata.name, errors));
  return ok({
    request: { ...write, verb, body: body as JsonObject, options: { ...options, fieldValidation: 'Ignore' } },
    warnings,
  });
}

/** K3: fields are owned under the names of the version that the client uses. */
function ownedFromNew(state: ClusterState, view: Kind, request: ApiRequest, draft: Draft<KubeObject>): KubeObject {
  const object = draft as KubeObject;
  const managedFields = ownersOfNew(state, view, request, object as JsonObject);
  return managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}

function ownedFrom(state: ClusterState, view: Kind, request: ApiRequest, draft: Draft<KubeObject>, present: KubeObject): KubeObject {
  const object = draft as KubeObject;
  const member = request.subresource === 'status' ? 'spec' : 'status';
  const next = { ...object, [member]: present[member] };
  const owned = withOwners(state, view, request, { next, present, given: object.metadata.managedFields });
  const { managedFields } = (owned.ok ? owned.value : object).metadata;
  return managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}

function converted(conversion: Conversion, body: Json): Json {
  const object = body as KubeObject | null;
  return typeof object === 'object' && object?.metadata !== undefined ? (conversion.toStored(object) as Json) : body;
}

/** The answer in the version that was asked for; a Status stays what it is. */
function inOwnVersion(view: Kind, conversion: Conversion, object: KubeObject): KubeObject {
  if (object.kind === view.kind) return conversion.fromStored(object);
  const { items } = object as { readonly items?: readonly JsonObject[] };
  if (items === undefined) return object;
  const shown = items.map((item) => {
    const { kind: _kind, apiVersion: _version, ...rest } = conversion.fromStored({ ...item, kind: view.kind } as KubeObject);
    return rest;
  });
  return { ...object, apiVersion: `${view.group}/${view.version}`, items: shown };
}
