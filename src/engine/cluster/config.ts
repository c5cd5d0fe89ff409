// What a cluster is created from. Everything here is recorded with the cluster and never changes: together with the journal it rebuilds
// the cluster to the byte (docs/contract.md, section 2).

import type { JsonObject, StringMap } from '../apimachinery/meta.ts';
import type { Taint } from '../kinds/node/types.ts';

export interface NodeSpec {
  readonly name: string;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
  /** Quantities by resource name; missing ones are 4 cpu, 16Gi, 110 pods. */
  readonly capacity?: StringMap;
}

export interface ClockSpec {
  readonly mode: 'manual' | 'running';
  /** Virtual seconds per wall second; only with mode `running`. */
  readonly rate?: number | 'auto';
  /** Wall time for which a clock with rate `auto` waits for a client that was answered: a Go duration. Absent: the service's. */
  readonly patience?: string;
}

export interface ClusterConfig {
  readonly name: string;
  /** 0 … 2^53-1. */
  readonly seed: number;
  /** Virtual milliseconds since 1970, whole seconds. */
  readonly startMs: number;
  readonly clock: ClockSpec;
  readonly nodes: readonly NodeSpec[];
  /** Image reference → behaviour, on top of the built-in catalogue. */
  readonly images: Readonly<Record<string, JsonObject>>;
  /** Deviations from the default timing profile, see containers/timing.ts. */
  readonly timing: JsonObject;
  /** Names outside of the cluster and what answers there, see containers/network/outside.ts; absent: the usual ones. */
  readonly outside?: JsonObject;
  readonly retention: { readonly watchEvents: number };
}

/** `count` nodes of the default size, `node-1` … `node-N`. */
export function defaultNodes(count: number): NodeSpec[] {
  return Array.from({ length: count }, (_, index) => ({ name: `node-${index + 1}` }));
}
