// The first instant of a cluster: the objects a fresh cluster has (M11, C928) and its nodes, already Ready, as after a long start-up.

import { assert } from '../kernel/assert.ts';
import type { ClusterState } from '../kernel/state.ts';
import { createObject } from '../apiserver/api.ts';
import type { KubeObject } from '../apimachinery/meta.ts';
import { leaseKind } from '../kinds/lease/index.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import { nodeKind } from '../kinds/node/index.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import { priorityClassKind, SYSTEM_CLASSES } from '../kinds/priorityclass/index.ts';
import { buildNodeLease } from '../kubelet/heartbeat.ts';
import { buildNode } from '../kubelet/node-status.ts';
import { setTiming } from '../kubelet/timing.ts';
import { setImage } from '../kubelet/runtime/catalogue.ts';
import { setClock } from './clock.ts';
import type { ClusterConfig } from './config.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Fills an empty state. The caller settles it. */
export function createGenesis(state: ClusterState, config: ClusterConfig): void {
  setTiming(state, config.timing);
  setClock(state, config.clock);
  for (const [reference, behavior] of Object.entries(config.images)) setImage(state, reference, behavior);
  for (const name of SYSTEM_NAMESPACES) {
    create(state, namespaceKind, { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} });
  }
  for (const [name, { value, description }] of Object.entries(SYSTEM_CLASSES)) {
    create(state, priorityClassKind, { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value, description });
  }
  config.nodes.forEach((spec, ordinal) => {
    const node = create(state, nodeKind, buildNode(state, spec, ordinal));
    create(state, leaseKind, buildNodeLease(state, node));
  });
}

function create<T extends KubeObject>(state: ClusterState, kind: Kind<T>, draft: unknown): T {
  const result = createObject(state, kind, draft as Draft<T>, { trusted: true });
  assert(result.ok, `genesis: ${result.ok ? '' : result.status.message}`);
  return result.value;
}
