// What the control plane leaves true whenever a command has settled, named after its rule: what a change must never show, and what the whole cluster must
// not. In a real cluster it holds at rest; here controllers have done all that they can at an instant before the command ends.

import type { Commit } from '../../../src/engine/cluster/index.ts';
import { isJsonEqual, type KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { isPodActive, isPodReady } from '../../../src/engine/controllers/shared/pods.ts';
import { hasManagedEndpoints, podsOfService } from '../../../src/engine/controllers/shared/service-pods.ts';
import type { ClusterState } from '../../../src/engine/kernel/state.ts';
import { type Change, storedOf } from '../../../src/engine/kernel/store.ts';
import type { EndpointSlice } from '../../../src/engine/kinds/endpointslice/types.ts';
import { KINDS } from '../../../src/engine/kinds/index.ts';
import { resourceOf } from '../../../src/engine/kinds/kind.ts';
import type { Node } from '../../../src/engine/kinds/node/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { isPodTerminal } from '../../../src/engine/kinds/shared/pod-state.ts';
import type { Service } from '../../../src/engine/kinds/service/types.ts';
import { amountsOf, isResizing, podRequestsOf } from '../../../src/engine/scheduler/resources.ts';
import { broken } from './broken.ts';

/** A cluster with more pods is looked at as a whole only now and then. */
const PODS_MAX = 200;
const LARGE_PERIOD = 50;

/** What a cluster shows that should not be: the rule, and of what. */
type Findings = Iterable<string>;

interface Invariant {
  /** Resources of which a change may break it, or mend it. */
  readonly about: readonly string[];
  find(state: ClusterState, isDirect: ReadonlySet<string>): Findings;
}

export class ControllerChecker {
  /** Pods that named their node themselves, or were on one of its name before it. */
  private readonly direct: Set<string>;
  private commandCount = 0;

  constructor(state: ClusterState) {
    this.direct = new Set([...listed<Pod>(state, 'pods')].map(({ metadata }) => metadata.uid));
  }

  after(state: ClusterState, { command, changes }: Commit): void {
    // Who writes a status may write anything.
    const subresource = command.type === 'request' ? command.request.subresource : undefined;
    for (const change of changes) {
      expectSound(change, subresource === 'status');
      const pod = change.object as unknown as Pod;
      const isBound = change.type === 'ADDED' || subresource === 'binding';
      if (isBound && change.resource === 'pods' && pod.spec.nodeName !== undefined) this.direct.add(pod.metadata.uid);
      if (change.type === 'ADDED' && change.resource === 'nodes') this.exceptPodsOf(state, change.object.metadata.name);
    }
    this.commandCount += 1;
    const isSmall = storedOf(state, 'pods').size <= PODS_MAX;
    if (!isSmall && this.commandCount % LARGE_PERIOD !== 0) return;
    const touched = new Set(changes.map(({ resource }) => resource));
    for (const { about, find } of INVARIANTS) {
      if (!about.some((resource) => touched.has(resource))) continue;
      for (const words of find(state, this.direct)) broken(words.split(' ')[0] ?? '', words);
    }
  }

  /** A node that comes back takes over the pods of its name, whether it has room for them or not. */
  private exceptPodsOf(state: ClusterState, node: string): void {
    for (const { metadata, spec } of listed<Pod>(state, 'pods')) if (spec.nodeName === node) this.direct.add(metadata.uid);
  }
}

/** What one change must never show. */
function expectSound({ type, resource, object, previous, revision }: Change, isStatusWrite: boolean): void {
  const { metadata, status } = object as unknown as KubeObject & { status?: { observedGeneration?: number } };
  const what = `${resource} ${metadata.name} at ${revision}`;
  if ((metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).length > 1)
    broken('F11', `${what} has two controllers`);
  if (!isStatusWrite && (status?.observedGeneration ?? 0) > (metadata.generation ?? Infinity))
    broken('F6', `${what} has observed ${status?.observedGeneration} of ${metadata.generation}`);
  if (type !== 'MODIFIED' || previous === undefined) return;
  if (isSame(object as unknown as KubeObject, previous as unknown as KubeObject)) broken('F5', `${what} is written and says what it said`);
  if (resource !== 'pods' || isStatusWrite) return;
  const [before, now] = [previous, object].map((pod) => pod as unknown as Pod) as [Pod, Pod];
  if (isPodTerminal(before) && now.status.phase !== before.status.phase)
    broken('K204', `${what} goes from ${before.status.phase} to ${now.status.phase}`);
}

function isSame(object: KubeObject, previous: KubeObject): boolean {
  return Object.keys({ ...object, ...previous }).every((name) => {
    if (name !== 'metadata') return object[name] === previous[name] || isJsonEqual(object[name], previous[name]);
    const { resourceVersion: _new, ...metadata } = object.metadata;
    const { resourceVersion: _old, ...before } = previous.metadata;
    return isJsonEqual(metadata, before);
  });
}

const INVARIANTS: readonly Invariant[] = [
  { about: ['pods', 'replicasets.apps'], find: surplusPods },
  { about: ['pods', 'replicasets.apps'], find: wrongCounts },
  { about: ['pods', 'nodes'], find: overfullNodes },
  { about: ['pods', 'services', 'endpointslices.discovery.k8s.io'], find: wrongEndpoints },
  { about: ['pods', 'replicasets.apps', 'jobs.batch', 'endpointslices.discovery.k8s.io'], find: orphans },
];

function* listed<T>(state: ClusterState, resource: string): Generator<T> {
  for (const { object } of storedOf(state, resource).values()) yield object as unknown as T;
}

function controllerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

function activePodsByOwner(state: ClusterState): Map<string, Pod[]> {
  const owned = new Map<string, Pod[]>();
  for (const pod of listed<Pod>(state, 'pods')) {
    const owner = controllerOf(pod);
    if (owner === undefined || !isPodActive(pod)) continue;
    const pods = owned.get(owner);
    if (pods === undefined) owned.set(owner, [pod]);
    else pods.push(pod);
  }
  return owned;
}

/** No ReplicaSet at rest has more active pods than it wants; the surge of a rollout is what the newer one wants. */
function* surplusPods(state: ClusterState): Findings {
  const owned = activePodsByOwner(state);
  for (const { metadata, spec } of listed<ReplicaSet>(state, 'replicasets.apps')) {
    const count = owned.get(metadata.uid)?.length ?? 0;
    if (count > spec.replicas && metadata.deletionTimestamp === undefined)
      yield `C121 ${metadata.name} has ${count} pods and wants ${spec.replicas}`;
  }
}

/** The counts of a status are those of the pods. */
function* wrongCounts(state: ClusterState): Findings {
  const owned = activePodsByOwner(state);
  for (const { metadata, status } of listed<ReplicaSet>(state, 'replicasets.apps')) {
    const pods = owned.get(metadata.uid) ?? [];
    const told = `${status.replicas} replicas, ${status.readyReplicas ?? 0} ready`;
    const counted = `${pods.length} replicas, ${pods.filter(isPodReady).length} ready`;
    if (told !== counted && metadata.deletionTimestamp === undefined) yield `C110 ${metadata.name} says ${told} and has ${counted}`;
  }
}

/** The scheduler fills no node beyond what it has. Who names his node himself passes it by (C815), and is not counted. */
function* overfullNodes(state: ClusterState, direct: ReadonlySet<string>): Findings {
  const placed = new Map<string, Pod[]>();
  for (const pod of listed<Pod>(state, 'pods')) {
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && !direct.has(pod.metadata.uid) && !isPodTerminal(pod))
      placed.set(nodeName, [...(placed.get(nodeName) ?? []), pod]);
  }
  for (const { metadata, status } of listed<Node>(state, 'nodes')) {
    const pods = placed.get(metadata.name) ?? [];
    const { milliCpu, memory } = amountsOf(status.allocatable);
    // M6: what a pod asks for while it is resized counts before there is room for it.
    if (pods.some(isResizing)) continue;
    const requests = pods.map((pod) => podRequestsOf(pod).requests);
    const cpu = requests.reduce((sum, request) => sum + request.milliCpu, 0);
    const bytes = requests.reduce((sum, request) => sum + request.memory, 0);
    if (pods.length > Number(status.allocatable?.['pods'] ?? 0)) yield `C812 ${metadata.name} has ${pods.length} pods`;
    if (cpu > milliCpu) yield `C812 ${metadata.name} has ${cpu}m of ${milliCpu}m cpu asked for`;
    if (bytes > memory) yield `C812 ${metadata.name} has ${bytes} of ${memory} bytes asked for`;
  }
}

/** The slices of a Service have exactly the pods that it selects, and call ready those that are. */
function* wrongEndpoints(state: ClusterState): Findings {
  const ready = new Map<string, string[]>();
  for (const { metadata, endpoints } of listed<EndpointSlice>(state, 'endpointslices.discovery.k8s.io')) {
    const owner = controllerOf({ metadata } as KubeObject);
    if (owner === undefined) continue;
    const members = (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready === true && targetRef !== undefined ? [targetRef.name ?? ''] : [],
    );
    ready.set(owner, [...(ready.get(owner) ?? []), ...members]);
  }
  for (const service of listed<Service>(state, 'services')) {
    if (!hasManagedEndpoints(service) || service.metadata.deletionTimestamp !== undefined) continue;
    const publishes = service.spec.publishNotReadyAddresses === true;
    // C518: a pod whose node is not there is left out.
    const pods = podsOfService(state, service, publishes).filter(
      (pod) =>
        (pod.status.podIPs ?? []).length > 0 && storedOf(state, 'nodes').has(pod.spec.nodeName ?? '') && (publishes || isPodReady(pod)),
    );
    const wanted = pods
      .map(({ metadata }) => metadata.name)
      .toSorted()
      .join(' ');
    const told = [...new Set(ready.get(service.metadata.uid))].toSorted().join(' ');
    if (told !== wanted) yield `C505 ${service.metadata.name} calls ready [${told}], which are [${wanted}]`;
  }
}

const RESOURCES: ReadonlyMap<string, string> = new Map(KINDS.map((kind) => [kind.kind, resourceOf(kind)]));

/** Who is owned has an owner that is there, or goes. */
function* orphans(state: ClusterState): Findings {
  for (const resource of ['pods', 'replicasets.apps', 'jobs.batch', 'endpointslices.discovery.k8s.io']) {
    for (const { metadata } of listed<KubeObject>(state, resource)) {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
      const place = owner === undefined ? undefined : RESOURCES.get(owner.kind);
      if (owner === undefined || place === undefined || metadata.deletionTimestamp !== undefined) continue;
      const names = [owner.name, `${metadata.namespace ?? ''}/${owner.name}`];
      const isThere = names.some((name) => storedOf(state, place).get(name)?.object.metadata.uid === owner.uid);
      if (!isThere) yield `C901 ${resource} ${metadata.name} is owned by ${owner.kind} ${owner.name}, which is not there`;
    }
  }
}
