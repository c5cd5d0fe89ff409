// The subresource scale (M2). Policies and webhooks judge what it takes (U10).
// Upstream: pkg/registry/apps/replicaset/storage/storage.go (v1.33).

import type { ManagedEntries } from '../apimachinery/managed-fields/index.ts';
import { isJsonObject, type Json, type KubeObject } from '../apimachinery/meta.ts';
import {
  badRequest,
  conflict,
  fail,
  invalidObject,
  notFound,
  ok,
  resourceNotFound,
  type Result,
  type Status,
  STALE_OBJECT,
} from '../apimachinery/status.ts';
import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getObject, keepServerMetadata, writeObject } from './storage.ts';
import { withOwners } from './write/apply.ts';
import { exchanged, shownAgain, storedKind } from './write/exchanged.ts';
import { judgeChange } from './write/judge.ts';
import { type ApiRequest, refuse, type RequestOutcome } from './request-types.ts';
import { mutateByWebhooks } from './webhooks/index.ts';

const SCALE = { group: 'autoscaling', version: 'v1', plural: 'scales', kind: 'Scale' };

/** The Scale of an object, if its kind has one (M2, F10). */
export function readScale(kind: Kind, object: KubeObject): KubeObject | undefined {
  const { scale } = kind;
  if (scale === undefined) return undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = scale.replicas(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: scale.statusReplicas(object), selector: scale.selector(object) },
  };
}

/** What reading the scale of an object that is not there gets: some storages name themselves, others pass on the words of the object's own. */
export function scaleNotFound(kind: Kind, name: string): Status {
  if (kind.kind === 'ReplicaSet') return notFound({ ...kind, plural: 'replicasets/scale' }, name);
  if (kind.kind === 'ReplicationController')
    return notFound({ ...kind, group: 'autoscaling', plural: 'replicationcontrollers/scale' }, name);
  return notFound(kind, name);
}

/** PUT and PATCH of /scale: only spec.replicas of the parent changes. */
export function writeScale(state: ClusterState, kind: Kind, request: ApiRequest, applied?: ManagedEntries): RequestOutcome {
  const { name = '', namespace } = request;
  const present = getObject(state, kind, namespace, name);
  if (kind.scale === undefined) return refuse(resourceNotFound());
  if (present === undefined) return refuse(notFound(kind, name));
  const asked = replicasOf(request.body);
  if (!asked.ok) return refuse(asked.status);
  const warnings: string[] = [];
  const object = scaleOf(request, asked.value);
  const change = { operation: 'UPDATE', objectKind: SCALE, object, oldObject: readScale(kind, present) } as const;
  const mutated = mutateByWebhooks(state, kind, request, change, warnings, ok);
  if (!mutated.ok) return refuse(mutated.status, warnings);
  const scale = mutated.value ?? object;
  const replicas = replicasOf(scale as Json);
  if (!replicas.ok) return refuse(replicas.status, warnings);
  const given = replicas.value;
  const version = scale.metadata.resourceVersion;
  if (given < 0) {
    const error = {
      reason: 'FieldValueInvalid' as const,
      field: 'spec.replicas',
      message: `Invalid value: ${given}: must be greater than or equal to 0`,
    };
    return refuse(invalidObject(SCALE, name, [error]), warnings);
  }
  if (typeof version === 'string' && version !== '' && version !== present.metadata.resourceVersion)
    return refuse(conflict(kind, name, STALE_OBJECT), warnings);
  const denied = judgeChange(state, kind, request, { ...change, object: scale }, warnings);
  if (denied !== undefined) return refuse(denied, warnings);
  const scaled = keepServerMetadata(kind, kind.scale.withReplicas(present, given), present);
  const next = withOwners(state, kind, request, { next: scaled, present, applied });
  if (!next.ok) return refuse(next.status, warnings);
  const written = writeExchanged(state, kind, next.value, request.options.dryRun === true);
  return written.ok
    ? { ok: true, code: 200, object: readScale(kind, written.value) as KubeObject, warnings }
    : refuse(written.status, warnings);
}

/** The replicas that a Scale asks for. Fails: BadRequest. */
function replicasOf(body: Json | undefined): Result<number> {
  const spec = isJsonObject(body) ? body['spec'] : undefined;
  const given = isJsonObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof given === 'number' && Number.isInteger(given)) return ok(given);
  const text = `json: cannot unmarshal ${typeof given} into Go struct field ScaleSpec.spec.replicas of type int32`;
  return fail(badRequest(`Scale in version "v1" cannot be handled as a Scale: ${text}`));
}

/** The Scale of a request, as a Go type has it. */
function scaleOf({ body, namespace }: ApiRequest, replicas: number): KubeObject {
  const { metadata, status } = isJsonObject(body) ? body : {};
  const given = isJsonObject(metadata) ? metadata : {};
  return {
    kind: SCALE.kind,
    apiVersion: apiVersionOf(SCALE),
    metadata: { ...given, ...(namespace === undefined ? {} : { namespace }) },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: 0, ...(isJsonObject(status) ? status : {}) },
  } as unknown as KubeObject;
}

function writeExchanged(state: ClusterState, kind: Kind, next: KubeObject, isDryRun: boolean): Result<KubeObject> {
  const passed = exchanged(kind, next);
  if (!passed.ok || isDryRun) return passed.ok ? ok(passed.value.shown) : passed;
  const written = writeObject(state, storedKind(kind), passed.value.stored);
  return ok(shownAgain(kind, written, passed.value.shown));
}
