// What a container is made with: its environment, its mounts, its user; and why it cannot be made.
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (generateContainerConfig), security_context.go, kubelet_pods.go
// (GenerateRunContainerOptions) (v1.33). Rules: K231, K233.

import { getObject, listObjects } from '../apiserver/api.ts';
import type { ClusterState } from '../kernel/state.ts';
import { configMapKind } from '../kinds/configmap/index.ts';
import { nodeKind } from '../kinds/node/index.ts';
import type { Container, Pod } from '../kinds/pod/types.ts';
import { secretKind } from '../kinds/secret/index.ts';
import { serviceKind } from '../kinds/service/index.ts';
import { userError } from './container-user.ts';
import { containerEnvironment, type Environment, type Outcome, type ServiceLink } from './environment/index.ts';
import type { Mount } from '../shell/file-tree.ts';
import { openMounts } from './files/volume-trees.ts';
import { accountToken, managedFiles, planMounts, type PlannedMount, tokenIssuedMs, type VolumeContext } from './volumes/index.ts';
import type { PodRuntime } from './model.ts';

export interface ContainerConfig {
  readonly environment: Environment;
  readonly mounts: readonly PlannedMount[];
}

/** K233: what a container is made with, or the message of its CreateContainerConfigError. */
export function containerConfig(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container): Outcome<ContainerConfig> {
  const environment = containerEnvironment(pod, container, volumeContext(state, worker, pod));
  if (!environment.ok) return environment;
  const mounts = planMounts(pod, container, environment.value.variables);
  if (!mounts.ok) return mounts;
  const error = userError(state, pod, container);
  return error === null ? { ok: true, value: { environment: environment.value, mounts: mounts.value } } : { ok: false, error };
}

/** The files of a fresh container that the kubelet writes itself, outside of volumes. */
export function containerFiles(worker: PodRuntime, pod: Pod): Readonly<Record<string, string>> {
  return managedFiles(pod, worker.runtime.sandbox?.ip ?? '');
}

/** The volumes of a container as its file system wants them, with what they hold at this instant. */
export function containerMounts(
  state: ClusterState,
  worker: PodRuntime,
  pod: Pod,
  container: Container,
  config: ContainerConfig,
): readonly Mount[] {
  return openMounts(state, worker, pod, container, config.mounts, volumeContext(state, worker, pod));
}

/** The objects and addresses that environments and volumes of a pod refer to. */
export function volumeContext(state: ClusterState, worker: PodRuntime, pod: Pod): VolumeContext {
  const namespace = pod.metadata.namespace ?? '';
  return {
    podIp: worker.runtime.sandbox?.ip ?? '',
    hostIp: hostIpOf(state, worker.node),
    configMap: (name) => getObject(state, configMapKind, namespace, name),
    secret: (name) => getObject(state, secretKind, namespace, name),
    services: serviceLinks(state, namespace),
    allocatable: getObject(state, nodeKind, undefined, worker.node)?.status.allocatable ?? {},
    token: (source) => accountToken(state, pod, source),
    tokenIssuedMs: (source) => tokenIssuedMs(state, pod, source),
  };
}

/** The services that a container of a namespace is told of: those that have an address (K220). */
function serviceLinks(state: ClusterState, namespace: string): readonly ServiceLink[] {
  return listObjects(state, serviceKind, namespace)
    .filter(({ spec }) => spec.type !== 'ExternalName' && (spec.clusterIP ?? 'None') !== 'None')
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      clusterIp: spec.clusterIP ?? '',
      ports: (spec.ports ?? []).map(({ name, port, protocol = 'TCP' }) => ({ ...(name === undefined ? {} : { name }), port, protocol })),
    }));
}

/** The node's address. */
export function hostIpOf(state: ClusterState, node: string): string {
  const addresses = getObject(state, nodeKind, undefined, node)?.status.addresses ?? [];
  return addresses.find((address) => address.type === 'InternalIP')?.address ?? '';
}
