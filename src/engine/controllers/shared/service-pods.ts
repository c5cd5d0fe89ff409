// What the controllers of Endpoints and EndpointSlices have in common: the pods of a service, the services of a pod, and when their readiness
// changed last.
// Upstream: staging/src/k8s.io/endpointslice/util/{controller_utils,trigger_time_tracker}.go, pkg/api/v1/pod/util.go FindPort (v1.33).
// Rules: C501-C503, C507, C508, C510-C512, C519.

import { compareText } from '../../apimachinery/text.ts';
import { selectorFromMap } from '../../apimachinery/labels.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { listBySelector, unorderedByTerm } from '../../apiserver/api.ts';
import type { ContainerPort } from '../../kinds/shared/pod-spec.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { selectorTerm, serviceKind } from '../../kinds/service/index.ts';
import type { Service, ServicePort } from '../../kinds/service/types.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { isPodReady } from './pods.ts';
import { isPodTerminal, sidecarsOf } from '../../kinds/shared/pod-state.ts';

export const TRIGGER_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** C501: whether the service's endpoints are made by controllers. */
export function hasManagedEndpoints({ spec }: Service): boolean {
  return spec.selector !== undefined && spec.type !== 'ExternalName';
}

export function isHeadless({ spec }: Service): boolean {
  return (spec.clusterIP ?? '') === '' || spec.clusterIP === 'None';
}

/** C502, C503: the candidates of a service in list order. */
export function podsOfService(state: ClusterState, service: Service, includesTerminating: boolean): readonly Pod[] {
  const pods = listBySelector(state, podKind, service.metadata.namespace ?? '', selectorFromMap(service.spec.selector));
  return pods.filter(
    (pod) =>
      (pod.status.podIP ?? '') !== '' && !isPodTerminal(pod) && (includesTerminating || pod.metadata.deletionTimestamp === undefined),
  );
}

/** The name of a pod within a headless service that is its subdomain (C507). */
export function hostnameOf(pod: Pod, service: Service): string | undefined {
  const { hostname = '', subdomain } = pod.spec;
  return typeof hostname === 'string' && hostname !== '' && subdomain === service.metadata.name ? hostname : undefined;
}

/** What a member refers to (C507). */
export function podReference({ metadata }: Pod): { kind: string; namespace: string; name: string; uid: string } {
  return { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid };
}

/** C508: the number, or the first port of that name and protocol; undefined when the pod has none. */
export function targetPortOf(pod: Pod, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = sidecarsOf(pod.spec);
  const ports: readonly ContainerPort[] = [...pod.spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === targetPort && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** C510: queues every service that a pod's change concerns. */
export function enqueueServicesOfPod(state: ClusterState, queue: string, change: Change): void {
  const pod = change.object as Pod;
  const previous = change.previous as Pod | undefined;
  if (change.type !== 'MODIFIED' || previous === undefined) {
    for (const key of serviceKeysOf(state, pod)) enqueue(state, queue, key);
    return;
  }
  const isMoved = !isJsonEqual(pod.metadata.labels ?? {}, previous.metadata.labels ?? {}) || !hasSameHostname(pod, previous);
  const isChanged =
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    isPodReady(pod) !== isPodReady(previous) ||
    isPodTerminal(pod) !== isPodTerminal(previous) ||
    !isJsonEqual(pod.status.podIPs ?? [], previous.status.podIPs ?? []);
  if (!isMoved && !isChanged) return;
  const keys = new Set([...serviceKeysOf(state, pod), ...(isMoved ? serviceKeysOf(state, previous) : [])]);
  for (const key of keys) enqueue(state, queue, key);
}

function hasSameHostname(a: Pod, b: Pod): boolean {
  return a.spec.hostname === b.spec.hostname && a.spec.subdomain === b.spec.subdomain;
}

/** Keys of the services whose selector matches, found through one label of each. */
function serviceKeysOf(state: ClusterState, pod: Pod): string[] {
  const namespace = pod.metadata.namespace ?? '';
  const labels = Object.entries(pod.metadata.labels ?? {});
  const found = [undefined, ...labels].flatMap((label) => unorderedByTerm(state, serviceKind, selectorTerm(namespace, label)));
  const matching = found.filter(({ spec }) =>
    Object.entries(spec.selector ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  return matching.map(keyOf).sort(compareText);
}

/** Readiness changes seen at the last sync, in virtual milliseconds: of the service itself and of its pods by name. */
interface Triggers {
  readonly serviceMs: number;
  readonly podMs: Readonly<Record<string, number>>;
}

/** By `queue|service key`. */
const triggers = defineTable<Triggers>('endpoints.triggers');

/** The earliest change since the last sync as an annotation's value, and remembers the present times; undefined when there was none. */
export function takeTrigger(state: ClusterState, queue: string, service: Service, pods: readonly Pod[]): string | undefined {
  const id = `${queue}|${keyOf(service)}`;
  const before = triggers.get(state, id);
  const changed: number[] = [];
  const podMs: Record<string, number> = {};
  for (const pod of pods) {
    const ms = readinessChangeMs(pod);
    if (ms === undefined) continue;
    podMs[`/${pod.metadata.name}`] = ms;
    if (ms > (before?.podMs[`/${pod.metadata.name}`] ?? 0)) changed.push(ms);
  }
  const serviceMs = parseTime(service.metadata.creationTimestamp) ?? 0;
  if (serviceMs > (before?.serviceMs ?? 0)) changed.push(serviceMs);
  if (before === undefined || changed.length > 0 || !isJsonEqual(before.podMs, podMs)) triggers.put(state, id, { serviceMs, podMs });
  return changed.length === 0 ? undefined : formatTime(changed.reduce((min, ms) => Math.min(min, ms)));
}

/** Forgets a service that is gone. */
export function forgetTriggers(state: ClusterState, queue: string, key: string): void {
  triggers.remove(state, `${queue}|${key}`);
}

function readinessChangeMs(pod: Pod): number | undefined {
  const time = pod.status.conditions?.find((condition) => condition.type === 'Ready')?.lastTransitionTime;
  return typeof time === 'string' ? parseTime(time) : undefined;
}

/** Annotations of an endpoints object with the time of its last trigger, or without one (C512). */
export function withTrigger(annotations: KubeObject['metadata']['annotations'], trigger: string | undefined): Record<string, string> {
  const { [TRIGGER_ANNOTATION]: _before, ...others } = annotations ?? {};
  return trigger === undefined ? others : { ...others, [TRIGGER_ANNOTATION]: trigger };
}
