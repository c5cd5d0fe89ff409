// What expectations ask of a cluster: objects by the names that people use, and sums over them.

import { controllerOf, type Condition, type KubeObject } from '../engine/apimachinery/meta.ts';
import { getObject, listByTerm, listObjects } from '../engine/apiserver/api.ts';
import { askPort, clusterKinds, getRequest, readPodLog } from '../engine/cluster/index.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { endpointSliceKind, serviceTerm } from '../engine/kinds/endpointslice/index.ts';
import type { EndpointSlice } from '../engine/kinds/endpointslice/types.ts';
import { eventKind } from '../engine/kinds/event/index.ts';
import { jobKind } from '../engine/kinds/job/index.ts';
import type { Kind } from '../engine/kinds/kind.ts';
import { podKind } from '../engine/kinds/pod/index.ts';
import type { Pod } from '../engine/kinds/pod/types.ts';
import { replicaSetKind } from '../engine/kinds/replicaset/index.ts';
import { findKind } from '../http/resource-names.ts';
import { isPodTerminal } from '../engine/kinds/shared/pod-state.ts';

/** An object as a scenario names it. */
export interface Target {
  readonly kind: Kind;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What `deployment/web` or `shop/deployment/web` means; undefined when there is no such kind. */
export function targetOf(state: ClusterState, reference: string, fallback: string): Target | undefined {
  const parts = reference.split('/');
  const [kindName = '', name = ''] = parts.slice(-2);
  const kind = findKind(clusterKinds(state), kindName);
  if (kind === undefined) return undefined;
  return { kind, name, namespace: kind.namespaced ? (parts.length === 3 ? parts[0] : fallback) : undefined };
}

export function objectOf(state: ClusterState, target: Target | undefined): KubeObject | undefined {
  return target === undefined ? undefined : getObject(state, target.kind, target.namespace, target.name);
}

interface Counts {
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly numberReady?: number;
  readonly numberAvailable?: number;
  readonly currentHealthy?: number;
  readonly ready?: number;
}

function countsOf(object: KubeObject | undefined): Counts {
  return (object?.['status'] ?? {}) as Counts;
}

/** Ready pods of a workload; of a pod 1 or 0. */
export function readyOf(state: ClusterState, target: Target | undefined): number {
  const object = objectOf(state, target);
  if (object?.kind === 'Pod') return isReady(object as Pod) ? 1 : 0;
  const { readyReplicas, numberReady, ready } = countsOf(object);
  return readyReplicas ?? numberReady ?? ready ?? 0;
}

export function availableOf(state: ClusterState, target: Target | undefined): number {
  const object = objectOf(state, target);
  const { availableReplicas, numberAvailable } = countsOf(object);
  return availableReplicas ?? numberAvailable ?? 0;
}

export function replicasOf(state: ClusterState, target: Target | undefined): number {
  const { replicas, desiredNumberScheduled } = countsOf(objectOf(state, target));
  return replicas ?? desiredNumberScheduled ?? 0;
}

/** How many pods a workload wants. */
export function wantedOf(state: ClusterState, target: Target | undefined): number {
  const object = objectOf(state, target);
  if (object?.kind === 'Pod') return 1;
  const spec = object?.['spec'] as { readonly replicas?: number; readonly parallelism?: number } | undefined;
  return spec?.replicas ?? spec?.parallelism ?? countsOf(object).desiredNumberScheduled ?? 1;
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

/** Pods that are wanted and not ready. */
export function podsNotReady(state: ClusterState): number {
  return listObjects(state, podKind).filter((pod) => pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod) && !isReady(pod))
    .length;
}

export function restartsOf(pod: Pod): number {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  return [...containerStatuses, ...initContainerStatuses].reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** The pods of a workload, through what it owns; a pod itself. */
export function podsOf(state: ClusterState, target: Target | undefined): readonly Pod[] {
  const object = objectOf(state, target);
  if (object === undefined || target === undefined) return [];
  if (object.kind === 'Pod') return [object as Pod];
  const owned = <T extends KubeObject>(kind: Kind<T>, uid: string): T[] =>
    listByTerm(state, kind, `owner:${uid}`).filter((one) => controllerOf(one)?.uid === uid);
  const { uid } = object.metadata;
  const between: KubeObject[] = [...owned(replicaSetKind, uid), ...owned(jobKind, uid)];
  return [object, ...between].flatMap(({ metadata }) => owned(podKind, metadata.uid));
}

interface Endpoint {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Where requests to a Service or a pod go. */
function readyEndpoints(state: ClusterState, target: Target | undefined, port: number | undefined): readonly Endpoint[] {
  const object = objectOf(state, target);
  if (object === undefined || target === undefined) return [];
  const namespace = target.namespace ?? '';
  if (object.kind === 'Pod') {
    const ports = (object as Pod).spec.containers.flatMap((container) => container.ports ?? []);
    const found = port ?? ports[0]?.containerPort ?? 80;
    return [{ namespace, pod: target.name, port: found }];
  }
  const { ports = [] } = object['spec'] as { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
  const asked = port === undefined ? ports[0] : ports.find((one) => one.port === port);
  if (asked === undefined) return [];
  return slicesOf(state, target).flatMap((slice) => {
    const own = slice.ports?.find(({ name }) => (name ?? '') === (asked.name ?? ''))?.port;
    if (own === undefined || own === null) return [];
    return (slice.endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready === true && targetRef?.name !== undefined ? [{ namespace, pod: targetRef.name, port: own }] : [],
    );
  });
}

function slicesOf(state: ClusterState, { namespace, name }: Target): readonly EndpointSlice[] {
  return listByTerm(state, endpointSliceKind, serviceTerm(namespace, name));
}

/** Ready endpoints of a Service. */
export function endpointsOf(state: ClusterState, target: Target | undefined): number {
  if (target === undefined) return 0;
  return slicesOf(state, target).reduce(
    (sum, { endpoints }) => sum + (endpoints ?? []).filter(({ conditions }) => conditions?.ready === true).length,
    0,
  );
}

/** The status that every endpoint answers with; the worst where they differ; 0 where nobody is there. */
export function httpOf(state: ClusterState, target: Target | undefined, port: number | undefined, path: string): number {
  const statuses = readyEndpoints(state, target, port).map(
    (endpoint) => askPort(state, getRequest(endpoint.namespace, endpoint.pod, endpoint.port, path), true)?.status ?? 0,
  );
  return statuses.find((status) => status === 0) ?? (statuses.length === 0 ? 0 : Math.max(...statuses));
}

export function phaseOf(state: ClusterState, target: Target | undefined): string {
  const status = objectOf(state, target)?.['status'] as { readonly phase?: string } | undefined;
  return status?.phase ?? '';
}

export function conditionOf(state: ClusterState, target: Target | undefined, type: string): string {
  const status = objectOf(state, target)?.['status'] as { readonly conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.find((condition) => condition.type === type)?.status ?? 'Unknown';
}

/** How often an event was said, of one object or of all. */
export function eventsOf(state: ClusterState, reason: string, target: Target | undefined): number {
  return listObjects(state, eventKind)
    .filter((event) => event.reason === reason)
    .filter(
      ({ involvedObject }) => target === undefined || (involvedObject.kind === target.kind.kind && involvedObject.name === target.name),
    )
    .reduce((sum, { count, series }) => sum + Math.max(count ?? 1, series?.count ?? 1), 0);
}

/** The log of the present run of a container. */
export function logOf(state: ClusterState, target: Target | undefined, container: string): string {
  if (target === undefined) return '';
  const log = readPodLog(state, { namespace: target.namespace ?? '', name: target.name, container, isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text).join('\n') : '';
}
