// The kinds of a cluster: those that every cluster has, and those that its CustomResourceDefinitions add. The added kinds are made when a
// definition changes, not when they are asked for.

import type { ClusterState } from '../kernel/state.ts';
import { type StoredObject, storedOf } from '../kernel/store.ts';
import { customResourceDefinitionKind } from '../kinds/customresourcedefinition/index.ts';
import { customKindsOf } from '../kinds/customresourcedefinition/resource.ts';
import type { CustomResourceDefinition } from '../kinds/customresourcedefinition/types.ts';
import { kindByGvk, kindByResource, kindOfVersion, SERVED_KINDS } from '../kinds/index.ts';
import { apiVersionOf, type Kind, resourceOf } from '../kinds/kind.ts';

const DEFINITIONS = resourceOf(customResourceDefinitionKind);

interface ClusterKinds {
  /** What the kinds were made from. */
  readonly definitions: readonly StoredObject[];
  readonly all: readonly Kind[];
  readonly custom: readonly Kind[];
}

const NONE: ClusterKinds = { definitions: [], all: SERVED_KINDS, custom: [] };
const MEMO = 'cluster-kinds';

/** Every kind of a cluster; the same array as long as no definition changes. */
export function clusterKinds(state: ClusterState): readonly Kind[] {
  return present(state).all;
}

/** The kinds that definitions have added, one for each served version. */
export function customKinds(state: ClusterState): readonly Kind[] {
  return present(state).custom;
}

/** One kind for each added resource: the versions of a resource have the same objects. */
export function customResources(state: ClusterState): readonly Kind[] {
  const custom = customKinds(state);
  return custom.filter((kind, index) => custom.findIndex((other) => resourceOf(other) === resourceOf(kind)) === index);
}

/** The kind of a resource id; of a custom resource its stored version, or any, unless one is named. */
export function clusterKindByResource(state: ClusterState, resource: string, version?: string): Kind | undefined {
  const known = version === undefined ? kindByResource(resource) : kindOfVersion(resource, version);
  if (known !== undefined) return known;
  const kinds = customKinds(state).filter((kind) => resourceOf(kind) === resource);
  if (version !== undefined) return kinds.find((kind) => kind.version === version);
  return kinds.find((kind) => kind.structure?.storedApiVersion === apiVersionOf(kind)) ?? kinds[0];
}

/** The kind of an object's apiVersion and kind. */
export function clusterKindByGvk(state: ClusterState, apiVersion: string, kind: string): Kind | undefined {
  return kindByGvk(apiVersion, kind) ?? customKinds(state).find((item) => item.kind === kind && apiVersionOf(item) === apiVersion);
}

function present(state: ClusterState): ClusterKinds {
  const definitions = storedOf(state, DEFINITIONS);
  if (definitions.size === 0) return NONE;
  const memo = state.derived.memo.get(MEMO) as ClusterKinds | undefined;
  if (memo !== undefined && isMadeFrom(memo, definitions)) return memo;
  const custom = [...definitions.values()].flatMap((row) => customKindsOf(row.object as CustomResourceDefinition));
  const kinds: ClusterKinds = { definitions: [...definitions.values()], custom, all: [...SERVED_KINDS, ...custom] };
  state.derived.memo.set(MEMO, kinds);
  return kinds;
}

function isMadeFrom(memo: ClusterKinds, definitions: ReadonlyMap<string, StoredObject>): boolean {
  if (memo.definitions.length !== definitions.size) return false;
  let index = 0;
  for (const row of definitions.values()) {
    if (memo.definitions[index] !== row) return false;
    index += 1;
  }
  return true;
}
