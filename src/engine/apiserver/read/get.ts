// Reads one object, or its scale. Rules: G1, M1, M2, T2.
// Upstream: apiserver/pkg/registry/generic/registry/store.go, endpoints/handlers/get.go (v1.33).

import { fail, notFound, ok, type Result, resourceNotFound } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, objectKey } from '../../kernel/store.ts';
import { type Kind, storedResourceOf } from '../../kinds/kind.ts';
import { readScale, scaleNotFound } from '../subresources.ts';
import { type EncodedObject, encodedObject } from './encoded-object.ts';
import { readRevision } from './list-options.ts';
import { type Projection, show } from './projection.ts';

export interface GetOptions {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly subresource?: string | undefined;
  readonly resourceVersion: string;
}

/** G1: one object, or its scale. Fails: NotFound, BadRequest, Timeout. */
export function getOne(
  state: ClusterState,
  { kind, namespace, name, subresource, resourceVersion }: GetOptions,
  project: Projection,
): Result<EncodedObject> {
  const revision = readRevision(state, resourceVersion);
  if (!revision.ok) return revision;
  const virtual = kind.virtualObjects?.find((object) => object.metadata.name === name);
  if (virtual !== undefined) return ok(encodedObject(virtual));
  const stored = getStored(state, storedResourceOf(kind), objectKey(kind.namespaced ? namespace : undefined, name));
  if (stored === undefined) return fail(subresource === 'scale' ? scaleNotFound(kind, name) : notFound(kind, name));
  const item = show(state, kind, stored, project);
  return subresource === 'scale' ? scaleOf(kind, item) : ok(item);
}

/** M2. Fails: NotFound of a kind without one. */
export function scaleOf(kind: Kind, { object }: EncodedObject): Result<EncodedObject> {
  const scale = readScale(kind, object);
  return scale === undefined ? fail(resourceNotFound()) : ok(encodedObject(scale));
}
