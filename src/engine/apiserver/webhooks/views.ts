// The versions of a resource in which webhooks and policies ask to see what is written.
// Upstream: k8s.io/apiserver/pkg/admission/conversion.go, apimachinery/pkg/runtime/mapper.go (v1.33). Rules: U7, U8.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { fail, internalError, ok, type Result } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { apiVersionOf, type Kind, storedResourceOf } from '../../kinds/kind.ts';
import { clusterKindByResource, clusterKinds } from '../cluster-kinds.ts';
import type { ApiRequest } from '../request-types.ts';
import { asksOf } from './calls.ts';

/** The version that the client used. */
export function requestedKind(state: ClusterState, kind: Kind, request: ApiRequest): Kind {
  return request.version === undefined ? kind : (clusterKindByResource(state, request.resource, request.version) ?? kind);
}

/** The versions of a resource that are served, the requested one first. */
export function viewsOf(state: ClusterState, requested: Kind): readonly Kind[] {
  const resource = storedResourceOf(requested);
  const others = clusterKinds(state).filter((kind) => storedResourceOf(kind) === resource && kind !== requested);
  return [requested, ...others];
}

/** The object of a kind in another version of its resource; one that is not stored yet may have no status. Fails: as `Exchange.convert`. */
export function convert(kind: Kind, view: Kind, object: KubeObject | undefined): Result<KubeObject | undefined> {
  if (object !== undefined && kind.exchange !== undefined) {
    const converted = kind.exchange.convert(object, apiVersionOf(view));
    return converted.ok || asksOf(converted.status) !== undefined ? converted : fail(internalError(converted.status.message ?? ''));
  }
  if (object === undefined || view.conversion === undefined) return ok(object);
  return ok(view.conversion.fromStored(view.hasStatus ? { ...object, status: object['status'] ?? {} } : object));
}
