// The first instant of a cluster: the objects a fresh cluster has (M11, C928) and its nodes, already Ready, as after a long start-up.

import { assert } from '../kernel/assert.ts';
import type { ClusterState } from '../kernel/state.ts';
import { createObject } from '../apiserver/api.ts';
import { cloneJson, type KubeObject } from '../apimachinery/meta.ts';
import { leaseKind } from '../kinds/lease/index.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import { nodeKind } from '../kinds/node/index.ts';
import { DEFAULT_CLASS_ANNOTATION, storageClassKind } from '../kinds/storageclass/index.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import { priorityClassKind, SYSTEM_CLASSES } from '../kinds/priorityclass/index.ts';
import { buildNodeLease } from '../kubelet/heartbeat.ts';
import { buildNode } from '../kubelet/node-status.ts';
import { setTiming } from '../kubelet/timing.ts';
import { setImage } from '../kubelet/runtime/catalogue.ts';
import { setClock } from './clock.ts';
import type { ClusterConfig } from './config.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Uids of classes are drawn apart: how many there are changes nothing for the pods of a seed. */
const CLASS_UIDS = 'uids:classes';

const STANDARD_CLASS = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  metadata: { name: 'standard', annotations: { [DEFAULT_CLASS_ANNOTATION]: 'true' } },
  provisioner: 'rancher.io/local-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** Fills an empty state. The caller settles it. */
export function createGenesis(state: ClusterState, config: ClusterConfig): void {
  setTiming(state, config.timing);
  setClock(state, config.clock);
  for (const [reference, behavior] of Object.entries(config.images)) setImage(state, reference, behavior);
  for (const name of SYSTEM_NAMESPACES) {
    create(state, namespaceKind, { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} });
  }
  for (const [name, { value, description }] of Object.entries(SYSTEM_CLASSES)) {
    const manifest = { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value, description };
    create(state, priorityClassKind, manifest, CLASS_UIDS);
  }
  // A cluster with nodes comes with local storage, as kind and minikube set it up; a bare control plane has no class.
  if (config.nodes.length > 0) create(state, storageClassKind, STANDARD_CLASS, CLASS_UIDS);
  config.nodes.forEach((spec, ordinal) => {
    const node = create(state, nodeKind, buildNode(state, spec, ordinal));
    create(state, leaseKind, buildNodeLease(state, node));
  });
}

function create<T extends KubeObject>(state: ClusterState, kind: Kind<T>, manifest: unknown, uidStream = 'uids'): T {
  const result = createObject(state, kind, cloneJson(manifest) as Draft<T>, { trusted: true, uidStream });
  assert(result.ok, `genesis: ${result.ok ? '' : result.status.message}`);
  return result.value;
}
