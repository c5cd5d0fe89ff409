// Which slices mirror an Endpoints that people wrote: pure. Upstream: pkg/controller/endpointslicemirroring/{reconciler,utils}.go (v1.33). Rule: C535.
// Omits addresses that are no IPv4, as the rest of the cluster does.

import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { EndpointAddress, Endpoints } from '../../kinds/endpoints/types.ts';
import type { Endpoint, EndpointSlice, SlicePort } from '../../kinds/endpointslice/types.ts';

/** Members of one slice, and those of one subset that are mirrored at all. */
const PER_SLICE_MAX = 100;
const PER_SUBSET_MAX = 1_000;

export interface Mirror {
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly SlicePort[];
}

export interface MirrorPlan {
  readonly creates: readonly Mirror[];
  readonly updates: readonly { readonly slice: EndpointSlice; readonly mirror: Mirror }[];
  readonly deletes: readonly EndpointSlice[];
}

/** C535: slices of the same ports are written over before others are made; `isOld` says of a slice that it must be written in any case. */
export function planMirrors(
  { subsets = [] }: Endpoints,
  present: readonly EndpointSlice[],
  isOld: (slice: EndpointSlice) => boolean,
): MirrorPlan {
  const waiting = [...present];
  const creates: Mirror[] = [];
  const updates: { slice: EndpointSlice; mirror: Mirror }[] = [];
  for (const mirror of mirrorsOf(subsets)) {
    const index = waiting.findIndex((slice) => isJsonEqual(slice.ports ?? [], mirror.ports));
    const [slice] = index < 0 ? [] : waiting.splice(index, 1);
    if (slice === undefined) creates.push(mirror);
    else if (isOld(slice) || !isJsonEqual(slice.endpoints ?? [], mirror.endpoints)) updates.push({ slice, mirror });
  }
  // What would go becomes what would come.
  while (waiting.length > 0 && creates.length > 0)
    updates.push({ slice: waiting.shift() as EndpointSlice, mirror: creates.shift() as Mirror });
  return { creates, updates, deletes: waiting };
}

function mirrorsOf(subsets: NonNullable<Endpoints['subsets']>): Mirror[] {
  const groups = new Map<string, { ports: readonly SlicePort[]; endpoints: Map<string, Endpoint> }>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const slicePorts = ports.map(({ name = '', port, protocol, appProtocol }) => ({
      name,
      protocol,
      port,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    const key = JSON.stringify(slicePorts);
    const group = groups.get(key) ?? { ports: slicePorts, endpoints: new Map<string, Endpoint>() };
    const members = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ];
    for (const member of members.slice(0, PER_SUBSET_MAX)) group.endpoints.set(member.addresses[0] ?? '', member);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ ports, endpoints }) => {
    const all = [...endpoints.values()];
    const parts: Mirror[] = [];
    for (let start = 0; start < all.length; start += PER_SLICE_MAX)
      parts.push({ endpoints: all.slice(start, start + PER_SLICE_MAX), ports });
    return parts;
  });
}

function endpointOf({ ip, hostname = '', nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === '' ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  };
}
