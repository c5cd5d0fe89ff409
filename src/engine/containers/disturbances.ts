// What presently disturbs probes, pulls, sandboxes, containers and the network, from outside: rows that a fault puts here and takes away again.
// Deviation: real clusters have no faults on demand; what they do is worded as the kubelet words the like.

import type { Container, Pod, ProbeKind } from '../kinds/pod/types.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { normalizeReference } from './images/catalogue.ts';

/** Containers of a pod. */
export interface ContainerTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Null: every container of the pod that runs. */
  readonly container: string | null;
}

export type Disturbance =
  /** Accepts connections and answers nothing; SIGTERM is not noticed. */
  | ({ readonly kind: 'hang' } & ContainerTarget)
  | ({ readonly kind: 'probe'; readonly probe: ProbeKind | null } & ContainerTarget)
  | { readonly kind: 'image'; readonly reference: string; readonly message: string | null }
  /** Null: every registry. */
  | { readonly kind: 'registry'; readonly registry: string | null }
  | ({ readonly kind: 'sandbox'; readonly message: string | null } & PodsTarget)
  | ({ readonly kind: 'create'; readonly container: string | null; readonly message: string | null } & PodsTarget)
  | ({ readonly kind: 'delay'; readonly delayMs: number } & PodsTarget)
  | ({ readonly kind: 'dns'; readonly name: string | null; readonly answer: DnsFailure } & PodsTarget);

/** Pods, those to come included: each member that is not null narrows it. */
export interface PodsTarget {
  readonly node: string | null;
  readonly namespace: string | null;
  readonly pod: string | null;
}

/** Nobody answers, or the answer is that there is no such name. */
export type DnsFailure = 'timeout' | 'nxdomain';

const disturbances = defineTable<Disturbance>('kubelet.disturbances');

/** Puts a row, or takes it away with null. */
export function setDisturbance(state: ClusterState, id: string, disturbance: Disturbance | null): void {
  if (disturbance === null) disturbances.remove(state, id);
  else disturbances.put(state, id, disturbance);
}

export function isHanging(state: ClusterState, pod: Pod, container: string): boolean {
  return some(state, (row) => row.kind === 'hang' && isOf(row, pod, container));
}

/** Whether a probe is made to fail. */
export function isProbeDisturbed(state: ClusterState, pod: Pod, container: Container, probe: unknown): boolean {
  return some(
    state,
    (row) => row.kind === 'probe' && isOf(row, pod, container.name) && (row.probe === null || container[`${row.probe}Probe`] === probe),
  );
}

/** The registry's error of a pull; undefined when nothing keeps it from succeeding. */
export function pullErrorOf(state: ClusterState, image: string): string | undefined {
  if (disturbances.rows(state).size === 0) return undefined;
  const reference = normalizeReference(image) ?? image;
  for (const row of disturbances.rows(state).values()) {
    if (row.kind === 'image' && normalizeReference(row.reference) === reference) return row.message ?? notFoundError(image);
    if (row.kind === 'registry' && (row.registry === null || row.registry === registryOf(reference))) {
      const host = registryOf(reference) === 'docker.io' ? 'registry-1.docker.io' : registryOf(reference);
      const [name = '', tag = 'latest'] = reference.slice(reference.indexOf('/') + 1).split(/[:@](?=[^/]*$)/);
      return `${resolvePrefix(reference)}: failed to do request: Head "https://${host}/v2/${name}/manifests/${tag}": dial tcp: lookup ${host}: i/o timeout`;
    }
  }
  return undefined;
}

/** K229: containerd's words for a tag that the registry does not have. */
export function notFoundError(image: string): string {
  const reference = normalizeReference(image) ?? image;
  return `rpc error: code = NotFound desc = ${resolvePrefix(reference)}: ${reference}: not found`;
}

function resolvePrefix(reference: string): string {
  return `failed to pull and unpack image ${JSON.stringify(reference)}: failed to resolve reference ${JSON.stringify(reference)}`;
}

/** K217: why the sandbox of a pod cannot be made; undefined when it can. What a pod on its node's own network needs no plugin for succeeds. */
export function sandboxErrorOf(state: ClusterState, pod: Pod, sandboxId: () => string): string | undefined {
  for (const row of rowsOf(state, pod, 'sandbox')) {
    if (row.message !== null) return row.message;
    if (pod.spec.hostNetwork !== true)
      return `rpc error: code = Unknown desc = failed to setup network for sandbox ${JSON.stringify(sandboxId())}: plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set`;
  }
  return undefined;
}

/** K231: why the runtime does not create a container; undefined when it does. */
export function createErrorOf(state: ClusterState, pod: Pod, container: string): string | undefined {
  const row = rowsOf(state, pod, 'create').find((item) => item.container === null || item.container === container);
  if (row === undefined) return undefined;
  const place = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots';
  return (
    row.message ??
    `failed to create containerd container: failed to create prepare snapshot dir: failed to create temp dir: stat ${place}: no such file or directory`
  );
}

/** Milliseconds by which everything is late that leaves the interface of a pod. Pods on their node's own network have none. */
export function networkDelayOf(state: ClusterState, pod: Pod): number {
  if (pod.spec.hostNetwork === true) return 0;
  return rowsOf(state, pod, 'delay').reduce((sum, { delayMs }) => sum + delayMs, 0);
}

/** What becomes of the question of a pod for a name; undefined: it is answered. */
export function dnsFailureOf(state: ClusterState, pod: Pod, name: string): DnsFailure | undefined {
  const asked = name.replace(/\.$/, '');
  const concerns = (of: string) => asked === of || asked.endsWith(`.${of}`) || asked.startsWith(`${of}.`);
  return rowsOf(state, pod, 'dns').find((row) => row.name === null || concerns(row.name))?.answer;
}

/** Rows of a kind that concern a pod. */
function rowsOf<K extends 'sandbox' | 'create' | 'delay' | 'dns'>(
  state: ClusterState,
  pod: Pod,
  kind: K,
): Extract<Disturbance, { kind: K }>[] {
  if (disturbances.rows(state).size === 0) return [];
  const isConcerned = (row: Disturbance): row is Extract<Disturbance, { kind: K }> =>
    row.kind === kind && concernsPod(row as PodsTarget, pod);
  return [...disturbances.rows(state).values()].filter(isConcerned);
}

export function concernsPod({ node, namespace, pod }: PodsTarget, { metadata, spec }: Pod): boolean {
  return (
    (node === null || node === spec.nodeName) &&
    (namespace === null || namespace === metadata.namespace) &&
    (pod === null || pod === metadata.name)
  );
}

/** The host of a normalized reference. */
export function registryOf(reference: string): string {
  return reference.slice(0, reference.indexOf('/'));
}

function some(state: ClusterState, holds: (row: Disturbance) => boolean): boolean {
  if (disturbances.rows(state).size === 0) return false;
  for (const row of disturbances.rows(state).values()) if (holds(row)) return true;
  return false;
}

function isOf(row: ContainerTarget, pod: Pod, container: string): boolean {
  return (
    row.pod === pod.metadata.name && row.namespace === pod.metadata.namespace && (row.container === null || row.container === container)
  );
}
