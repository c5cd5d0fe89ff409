// What presently disturbs probes and pulls, from outside: rows that a fault puts here and takes away again. Deviation: real clusters have no faults
// on demand; what they do is worded as the kubelet words the like.

import type { Container, Pod } from '../kinds/pod/types.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import type { ProbeKind } from './probe-worker.ts';
import { normalizeReference } from './runtime/catalogue.ts';

interface OfContainer {
  readonly namespace: string;
  readonly pod: string;
  /** Null: every container of the pod. */
  readonly container: string | null;
}

export type Disturbance =
  /** Accepts connections and answers nothing; SIGTERM is not noticed. */
  | ({ readonly kind: 'hang' } & OfContainer)
  | ({ readonly kind: 'probe'; readonly probe: ProbeKind | null } & OfContainer)
  | { readonly kind: 'image'; readonly reference: string; readonly message: string | null }
  /** Null: every registry. */
  | { readonly kind: 'registry'; readonly registry: string | null };

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
  const prefix = `failed to pull and unpack image ${JSON.stringify(reference)}: failed to resolve reference ${JSON.stringify(reference)}`;
  for (const row of disturbances.rows(state).values()) {
    if (row.kind === 'image' && normalizeReference(row.reference) === reference)
      return row.message ?? `rpc error: code = NotFound desc = ${prefix}: ${reference}: not found`;
    if (row.kind === 'registry' && (row.registry === null || row.registry === registryOf(reference))) {
      const host = registryOf(reference) === 'docker.io' ? 'registry-1.docker.io' : registryOf(reference);
      const [name = '', tag = 'latest'] = reference.slice(reference.indexOf('/') + 1).split(/[:@](?=[^/]*$)/);
      return `${prefix}: failed to do request: Head "https://${host}/v2/${name}/manifests/${tag}": dial tcp: lookup ${host}: i/o timeout`;
    }
  }
  return undefined;
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

function isOf(row: OfContainer, pod: Pod, container: string): boolean {
  return (
    row.pod === pod.metadata.name && row.namespace === pod.metadata.namespace && (row.container === null || row.container === container)
  );
}
