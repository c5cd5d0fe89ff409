// The first instant of a cluster: the objects a fresh cluster has (M11, C928) and its nodes, already Ready, as after a long start-up.

import { assert } from '../kernel/assert.ts';
import type { ClusterState } from '../kernel/state.ts';
import { createObject } from '../apiserver/api.ts';
import { cloneJson, type KubeObject } from '../apimachinery/meta.ts';
import { createApiServices } from '../controllers/api-service/index.ts';
import { createFlowControl } from '../controllers/flow-control/index.ts';
import { createServiceRange } from '../controllers/service-cidr/index.ts';
import { endpointsKind } from '../kinds/endpoints/index.ts';
import { endpointSliceKind } from '../kinds/endpointslice/index.ts';
import { leaseKind } from '../kinds/lease/index.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import { nodeKind } from '../kinds/node/index.ts';
import { serviceKind } from '../kinds/service/index.ts';
import { DEFAULT_CLASS_ANNOTATION, storageClassKind } from '../kinds/storageclass/index.ts';
import type { Kind, NewObject } from '../kinds/kind.ts';
import { priorityClassKind, SYSTEM_CLASSES } from '../kinds/priorityclass/index.ts';
import { buildNodeLease } from '../kubelet/node/heartbeat.ts';
import { buildNode } from '../kubelet/node/node-status.ts';
import { hasMetrics } from '../kubelet/node/usage.ts';
import { setOutside } from '../containers/network/outside.ts';
import { setTiming } from '../containers/timing.ts';
import { setImage } from '../containers/images/catalogue.ts';
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

/** The API server as pods see it (M11, C522). */
const API_SERVER = { ip: '172.18.0.1', port: 6443, serviceIp: '10.96.0.1' };
const PORT = { name: 'https', port: API_SERVER.port, protocol: 'TCP' };

function createApiService(state: ClusterState): void {
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const { ip, port, serviceIp } = API_SERVER;
  create(
    state,
    serviceKind,
    {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { clusterIP: serviceIp, clusterIPs: [serviceIp], ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }] },
    },
    CLASS_UIDS,
  );
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  const subsets = [{ addresses: [{ ip }], ports: [PORT] }];
  create(state, endpointsKind, { kind: 'Endpoints', apiVersion: 'v1', metadata: { ...metadata, labels }, subsets }, CLASS_UIDS);
  create(
    state,
    endpointSliceKind,
    {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports: [PORT],
    },
    CLASS_UIDS,
  );
}

/** Fills an empty state. The caller settles it. */
export function createGenesis(state: ClusterState, config: ClusterConfig): void {
  setTiming(state, config.timing);
  setOutside(state, config.outside ?? {});
  setClock(state, config.clock);
  for (const [reference, behavior] of Object.entries(config.images)) setImage(state, reference, behavior);
  for (const name of SYSTEM_NAMESPACES) {
    create(state, namespaceKind, { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} });
  }
  for (const [name, { value, description }] of Object.entries(SYSTEM_CLASSES)) {
    const manifest = { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value, description };
    create(state, priorityClassKind, manifest, CLASS_UIDS);
  }
  createApiService(state);
  // A cluster with nodes comes with local storage, as kind and minikube set it up; a bare control plane has no class.
  if (config.nodes.length > 0) create(state, storageClassKind, STANDARD_CLASS, CLASS_UIDS);
  config.nodes.forEach((spec, ordinal) => {
    const node = create(state, nodeKind, buildNode(state, spec, ordinal));
    create(state, leaseKind, buildNodeLease(state, node));
  });
  createServiceRange(state);
  createFlowControl(state);
  createApiServices(state, hasMetrics(state));
}

function create<T extends KubeObject>(state: ClusterState, kind: Kind<T>, manifest: unknown, uidStream = 'uids'): T {
  const result = createObject(state, kind, cloneJson(manifest) as NewObject<T>, { trusted: true, uidStream });
  assert(result.ok, `genesis: ${result.ok ? '' : result.status.message}`);
  return result.value;
}
