// The subsets of an Endpoints object, as pure functions: one address with one port at a time, then packed.
// Upstream: pkg/controller/endpoint/endpoints_controller.go addEndpointSubset, truncateEndpoints; pkg/api/v1/endpoints/util.go (v1.33).
// Rules: C504, C506-C509, C513. Deviation: subsets and ports are in order of their texts, upstream's are in order of their hashes.

import { compareText } from '../../apimachinery/text.ts';
import { memoizeByObject } from '../../apimachinery/memoize.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../kinds/endpoints/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Service } from '../../kinds/service/types.ts';
import { endsStep, type Steps } from '../../kernel/steps.ts';
import { isPodReady } from '../shared/pods.ts';
import { hostnameOf, podReference, targetPortOf } from '../shared/service-pods.ts';

/** How many addresses Endpoints have, at most (C513). */
const ADDRESSES_MAX = 1_000;

/** An address with the ports at which it is ready, or not. */
interface Target {
  readonly address: EndpointAddress;
  readonly isReady: boolean;
  /** In order of their texts. */
  readonly ports: readonly EndpointPort[];
  /** The identity of these ports. */
  readonly portsKey: string;
}

/** C504: packed subsets of the pods of a service. */
export function* subsetsOf(service: Service, pods: readonly Pod[]): Steps<readonly EndpointSubset[]> {
  const groups = new Map<string, { ports: readonly EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  const isPortless = (service.spec.ports ?? []).length === 0 && service.spec.clusterIP === 'None'; // Addresses without ports (C509).
  for (const [index, pod] of pods.entries()) {
    if (endsStep(index)) yield;
    const { address, isReady, ports, portsKey } = targetOf(pod, service);
    if (ports.length === 0 && !isPortless) continue;
    const group = groups.get(portsKey) ?? { ports, ready: [], notReady: [] };
    groups.set(portsKey, group);
    (isReady ? group.ready : group.notReady).push(address);
  }
  yield;
  return [...groups.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length === 0 ? {} : { addresses: ready.sort(compareAddresses) }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady.sort(compareAddresses) }),
      ...(ports.length === 0 ? {} : { ports }),
    }));
}

/** What a pod is behind a service. A sync looks at every pod of its service, of which one has changed. */
const targetOf = memoizeByObject((pod: Pod, service: Service): Target => {
  const { ports = [], publishNotReadyAddresses = false } = service.spec;
  const found = new Map<string, EndpointPort>();
  for (const port of ports) {
    const number = targetPortOf(pod, port);
    if (number === undefined) continue; // A pod without a port of that name is left out for it (C508).
    const { name = '', protocol, appProtocol } = port;
    const resolved = { ...(name === '' ? {} : { name }), port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) };
    found.set(`${name}/${String(number).padStart(5, '0')}/${protocol}/${appProtocol ?? ''}`, resolved);
  }
  const sorted = [...found].sort(([a], [b]) => compareText(a, b));
  return {
    address: addressOf(service, pod),
    isReady: publishNotReadyAddresses || isPodReady(pod),
    ports: sorted.map(([, port]) => port),
    portsKey: sorted.map(([text]) => text).join(' '),
  };
});

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = hostnameOf(pod, service);
  return {
    ip: pod.status.podIP ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: podReference(pod),
  };
}

/** C513: by IP as text, then by the pod's UID. */
function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  return compareText(a.ip, b.ip) || compareText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');
}

/** C513: at most 1000 addresses, ready ones first. The same subsets when they are few enough. */
export function truncateSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  if (countAddresses(subsets) <= ADDRESSES_MAX) return subsets;
  let left = ADDRESSES_MAX;
  const take = (list: readonly EndpointAddress[] | undefined): readonly EndpointAddress[] => {
    const taken = (list ?? []).slice(0, left);
    left -= taken.length;
    return taken;
  };
  const ready = subsets.map((subset) => take(subset.addresses));
  return subsets.map(({ notReadyAddresses, ports }, index) => {
    const addresses = ready[index] as readonly EndpointAddress[];
    const rest = take(notReadyAddresses);
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(rest.length === 0 ? {} : { notReadyAddresses: rest }),
      ...(ports === undefined ? {} : { ports }),
    };
  });
}

export function countAddresses(subsets: readonly EndpointSubset[]): number {
  return subsets.reduce((sum, subset) => sum + (subset.addresses?.length ?? 0) + (subset.notReadyAddresses?.length ?? 0), 0);
}
