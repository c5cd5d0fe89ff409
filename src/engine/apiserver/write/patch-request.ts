// A PATCH: of JSON, merge, strategic merge, or an apply, which creates what is not there.
// Upstream: apiserver/pkg/endpoints/handlers/patch.go (v1.33). Rules: I4, J1-J9, K5.

import { cloneJson, isJsonObject, type Json, type KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, notFound, resourceNotFound, type Status } from '../../apimachinery/status.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type ApiRequest, refuse, type RequestOutcome } from '../request-types.ts';
import { getObject } from '../storage.ts';
import { readScale, writeScale } from '../subresources.ts';
import { applyRequest } from './apply.ts';
import { create } from './create.ts';
import { draftObject } from './draft.ts';
import { applyPatch } from './patch.ts';
import { invalidPatch } from './patch-errors.ts';
import { replace } from './update.ts';

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

/** A PATCH of any of the four kinds (J1-J9). */
export function patch(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
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
  return replace(state, kind, request, drafted.draft, present, drafted.warnings);
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
  return replace(state, kind, request, drafted.draft, present, drafted.warnings, owners);
}

function withName(request: ApiRequest, name: string): ApiRequest {
  const body = isJsonObject(request.body) ? request.body : {};
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  return { ...request, body: { ...body, metadata: { ...metadata, name } } };
}
