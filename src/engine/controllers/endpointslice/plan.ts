// Which slices to create, change and delete for the endpoints of a service: pure, and changing as few slices as possible.
// Upstream: staging/src/k8s.io/endpointslice/{reconciler,utils}.go (v1.33). Rules: C505, C507-C509, C514-C516.

import { compareText } from '../../apimachinery/text.ts';
import { memoizeByObject } from '../../apimachinery/memoize.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { Endpoint, EndpointSlice, SlicePort } from '../../kinds/endpointslice/types.ts';
import type { Node } from '../../kinds/node/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Service } from '../../kinds/service/types.ts';
import { isPodReady } from '../shared/pods.ts';
import { hostnameOf, podReference, targetPortOf } from '../shared/service-pods.ts';

/** How many members a slice has, at most (C514). */
const ENDPOINTS_PER_SLICE_MAX = 100;
const ZONE = 'topology.kubernetes.io/zone';

export interface SliceContent {
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly SlicePort[];
}

export interface SlicePlan {
  readonly creates: readonly SliceContent[];
  readonly updates: readonly { readonly slice: EndpointSlice; readonly content: SliceContent }[];
  readonly deletes: readonly EndpointSlice[];
}

/** The endpoints that share one set of ports. */
export interface PortGroup {
  readonly ports: readonly SlicePort[];
  /** By what identifies an endpoint, in the order in which they are appended. */
  readonly endpoints: Map<string, Endpoint>;
}

/** What a pod is behind a service. */
export interface Member {
  readonly endpoint: Endpoint;
  readonly ports: readonly SlicePort[];
  /** The identity of these ports. */
  readonly portsKey: string;
}

/** A sync looks at every pod of its service, of which one has changed. */
export const memberOf = memoizeByObject((pod: Pod, service: Service, node: Node | undefined): Member => {
  const ports = slicePortsOf(service, pod);
  return { endpoint: endpointOf(service, pod, node), ports, portsKey: portsKey(ports) };
});

/** C505, C507: what a pod becomes in a slice. */
export function endpointOf(service: Service, pod: Pod, node: Node | undefined): Endpoint {
  const serving = isPodReady(pod); // Ready is what the condition says (C506).
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const hostname = hostnameOf(pod, service);
  const zone = node?.metadata.labels?.[ZONE];
  const { nodeName } = pod.spec;
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: podReference(pod),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** C508, C509: the ports of a pod behind a service. */
export function slicePortsOf(service: Service, pod: Pod): readonly SlicePort[] {
  const ports: SlicePort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = targetPortOf(pod, servicePort);
    if (port === undefined) continue;
    const { name = '', protocol, appProtocol } = servicePort;
    ports.push({ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) });
  }
  return ports;
}

/** The identity of a set of ports. */
export function portsKey(ports: readonly SlicePort[] | null): string {
  const texts = (ports ?? []).map(
    ({ name = '', protocol = '', port = 0, appProtocol = '' }) => `${name}/${protocol}/${port}/${appProtocol}`,
  );
  return texts.sort(compareText).join(' ');
}

/** The identity of an endpoint; its conditions are none of it. */
export const endpointKey = memoizeByObject(({ addresses, hostname = '', targetRef }: Endpoint): string =>
  [...addresses.toSorted(compareText), hostname, targetRef?.namespace ?? '', targetRef?.name ?? ''].join(' '),
);

/** Groups against slices. `groups` are consumed; `hasOldLabels` says which slices must be written in any case. */
export function planSlices(
  groups: ReadonlyMap<string, PortGroup>,
  present: readonly EndpointSlice[],
  hasOldLabels: (slice: EndpointSlice) => boolean,
): SlicePlan {
  const plan: Mutable = { creates: [], updates: [], deletes: [] };
  for (const [key, group] of groups) {
    planGroup(
      plan,
      group,
      present.filter((slice) => portsKey(slice.ports) === key),
      hasOldLabels,
    );
  }
  plan.deletes.push(...present.filter((slice) => !groups.has(portsKey(slice.ports))));
  if (present.length === plan.deletes.length && plan.creates.length === 0) planPlaceholder(plan, hasOldLabels);
  reuseDeleted(plan);
  return plan;
}

interface Mutable {
  creates: SliceContent[];
  updates: { slice: EndpointSlice; content: SliceContent }[];
  deletes: EndpointSlice[];
}

function planGroup(
  plan: Mutable,
  { ports, endpoints }: PortGroup,
  slices: readonly EndpointSlice[],
  hasOldLabels: (slice: EndpointSlice) => boolean,
): void {
  const changed = new Map<EndpointSlice, Endpoint[]>();
  const unchanged = new Map<EndpointSlice, Endpoint[]>();
  for (const slice of slices) {
    const before = slice.endpoints ?? [];
    const kept = keepWanted(before, endpoints); // Members keep their places (C516).
    const isSame = kept.length === before.length && kept.every((endpoint, index) => isJsonEqual(endpoint, before[index]));
    if (!isSame && kept.length === 0) plan.deletes.push(slice);
    else if (!isSame || hasOldLabels(slice)) changed.set(slice, kept);
    else unchanged.set(slice, kept);
  }
  const fullestFirst = [...changed.values()].sort((a, b) => b.length - a.length);
  for (const list of fullestFirst) fill(list, endpoints);
  while (endpoints.size > 0) {
    const best = endpoints.size < ENDPOINTS_PER_SLICE_MAX ? closestFit(unchanged, endpoints.size) : undefined;
    if (best === undefined) {
      const list: Endpoint[] = [];
      fill(list, endpoints);
      plan.creates.push({ endpoints: list, ports });
      continue;
    }
    const list = unchanged.get(best) as Endpoint[];
    fill(list, endpoints);
    unchanged.delete(best);
    changed.set(best, list);
  }
  for (const [slice, list] of changed) plan.updates.push({ slice, content: { endpoints: list, ports } });
}

/** The endpoints of a slice that are still wanted, as they are wanted now; they are wanted no longer elsewhere. */
function keepWanted(present: readonly Endpoint[], wanted: Map<string, Endpoint>): Endpoint[] {
  const kept: Endpoint[] = [];
  for (const endpoint of present) {
    const key = endpointKey(endpoint);
    const found = wanted.get(key);
    if (found === undefined) continue;
    kept.push(found);
    wanted.delete(key);
  }
  return kept;
}

function fill(list: Endpoint[], wanted: Map<string, Endpoint>): void {
  for (const [key, endpoint] of wanted) {
    if (list.length >= ENDPOINTS_PER_SLICE_MAX) return;
    list.push(endpoint);
    wanted.delete(key);
  }
}

/** The slice that is fullest with all of them. */
function closestFit(slices: ReadonlyMap<EndpointSlice, readonly Endpoint[]>, count: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  let bestLength = -1;
  for (const [slice, { length }] of slices) {
    if (length + count > ENDPOINTS_PER_SLICE_MAX || length <= bestLength) continue;
    best = slice;
    bestLength = length;
  }
  return best;
}

/** C515: a service has at least one slice, be it empty. The one that is there stays. */
function planPlaceholder(plan: Mutable, hasOldLabels: (slice: EndpointSlice) => boolean): void {
  const [only] = plan.deletes;
  const isThere = plan.deletes.length === 1 && only !== undefined && isPlaceholder(only) && !hasOldLabels(only);
  if (isThere) plan.deletes = [];
  else plan.creates.push({ endpoints: [], ports: [] });
}

function isPlaceholder({ endpoints, ports }: EndpointSlice): boolean {
  return (endpoints ?? []).length + (ports ?? []).length === 0;
}

/** C515: slices that would go become the ones that would come. */
function reuseDeleted(plan: Mutable): void {
  while (plan.deletes.length > 0 && plan.creates.length > 0) {
    const slice = plan.deletes.shift() as EndpointSlice;
    plan.updates.push({ slice, content: plan.creates.pop() as SliceContent });
  }
}
