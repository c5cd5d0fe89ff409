// What no two objects of a kind may have in common, taken when an object is stored: the addresses and ports of services.
// Upstream: pkg/registry/core/service/storage/alloc.go (v1.33). Rules: C524, C525.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { invalidObject, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keysByTerm, objectKey } from '../../kernel/store.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';

/** Gives a new or changed object, which is not stored yet, what no other may have; the Status of a refusal. */
export function allocate<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T, previous: T | undefined): Status | undefined {
  if (kind.allocate === undefined) return undefined;
  const own = objectKey(object.metadata.namespace, object.metadata.name);
  const isTaken = (term: string): boolean => {
    const keys = keysByTerm(state, resourceOf(kind), term);
    return keys.size > (keys.has(own) ? 1 : 0);
  };
  const errors = kind.allocate(object as Draft<T>, previous, isTaken);
  return errors.length === 0 ? undefined : invalidObject(kind, object.metadata.name, errors);
}
