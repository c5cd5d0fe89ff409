// What a kubelet remembers: one row for each pod it runs, one for each node, one for each probe worker. Plain data; see kernel/state.ts.
// Upstream: pkg/kubelet/pod_workers.go, container/runtime.go, prober/worker.go (v1.33).

import { type NodeNetwork, nodeNetworks, type PodRuntime, podRuntimes, type RuntimeView } from '../containers/model.ts';
import { type ClusterState, defineTable, type Table } from '../kernel/state.ts';
import type { PodStatus } from '../kinds/pod/types.ts';

/** One container being stopped (K506). */
export interface Stop {
  instanceId: string;
  container: string;
  phase: 'ordered' | 'hook' | 'term' | 'done';
  hookEndsMs: number;
  killAtMs: number;
  graceMs: number;
  beganMs: number;
  /** Containers that must be gone first (sidecars, K640). */
  after: string[];
}

export type Action =
  | { do: 'kill'; container: string; instanceId: string; message: string; graceMs: number }
  | { do: 'killPod' }
  | { do: 'sandbox' }
  | { do: 'resize'; container: string }
  | { do: 'start'; container: string; list: 'init' | 'regular' | 'ephemeral' };

/** A program in progress: which step comes next, and what it needs to remember. */
export interface Run {
  step: 'begin' | 'volumes' | 'actions' | 'sandboxStop' | 'sandboxCreate' | 'pull' | 'create' | 'postStart' | 'stop' | 'teardown';
  /** The instant at which the present step ends; null when it waits for a process. */
  wakeMs: number | null;
  actions: Action[];
  stops: Stop[];
  startedMs: number;
  /** Images of the containers as they were when the run began, when the spec has others now (K111): a sync is about one spec. */
  images: Record<string, string> | null;
  /** The volumes' contents were looked at in this sync. */
  hasSetUpVolumes: boolean;
  /** The runtime view read at the beginning (K010, K310). */
  view: RuntimeView;
  /** True when some step failed: the retry comes sooner (K121). */
  hasError: boolean;
  /** The instance being created or started. */
  instanceId: string | null;
  pull: { startedMs: number; requestedMs: number; error: string | null } | null;
  /** The message of a postStart hook that failed. */
  hookError: string | null;
  /** The stops in progress are those of the whole pod: the sandbox follows. */
  isPodKill: boolean;
}

export interface Backoff {
  valueMs: number;
  lastUpdateMs: number;
}

/** The programs that a worker runs for its pod, one after the other (K115). */
export type Program = 'sync' | 'terminating' | 'terminated';

/** What a worker is at; worker-step.ts says how it comes from one to another. */
export type Activity =
  /** Waits for an item. `isQuiet`: a resync could change nothing, so none is timed: its instants are arithmetic. */
  | { readonly is: 'idle'; readonly program: Program; readonly isQuiet: boolean }
  /** Took an item and waits for newer cache data (K009). */
  | ({ readonly is: 'waiting'; readonly program: Program } & Taken)
  | ({ readonly is: 'running'; readonly program: Program; readonly run: Run } & Taken)
  /** Has nothing to do any more. */
  | { readonly is: 'finished' };

/** Of an item that was taken. */
export interface Taken {
  /** The one slot of K110 has another one. */
  readonly isPending: boolean;
  /** It is the resync of a quiet pod (reference clock only). */
  readonly isQuietResync: boolean;
}

/** A kubelet's worker of one pod. */
export interface PodWorker extends PodRuntime {
  activity: Activity;
  lastSyncEndMs: number;
  /** Work-queue time (K121); null when none. */
  dueMs: number | null;
  /** Draws of K121 so far. */
  requeueCount: number;
  /** The runtime as the last relist saw it. */
  cache: RuntimeView;
  cacheAtMs: number;
  /** Replaced, never changed in place, as the views are: the same reference means that nothing happened. */
  reasons: Readonly<Record<string, { readonly reason: string; readonly message: string }>>;
  backoffs: Record<string, Backoff>;
  imageBackoffs: Record<string, Backoff & { reason: string; message: string }>;
  /** The kubelet's own copy of the status (K701). */
  status: PodStatus;
  hasProbeWorkers: boolean;
  /** Some sync has tried to set up the volumes. */
  hasVolumes: boolean;
  /** Volume → its last failure (K211); `isMounted` when only newer content is missing. */
  failedVolumes: Record<string, { delayMs: number; retryMs: number; isMounted: boolean }>;
  /** Containers are stopped for good: the status may be terminal (K604). */
  isStopped: boolean;
  /** Why the kubelet ends the pod for the sake of its node (K532). */
  eviction: string | null;
}

/** A node that is not heard of. */
export interface Outage {
  /** Switched off, or cut off from the API. */
  kind: 'down' | 'partition';
  /** Its last renewal of the Lease. */
  renewedMs: number;
  /** Pods of which its kubelet knows. */
  uids: string[];
}

/** What the kubelet of a node remembers beside its pods. */
export interface NodeMemory extends NodeNetwork {
  ordinal: number;
  /** The serial image puller is busy until then (K227). */
  pullFreeAtMs: number;
  /** End of the last queued pull of an image that will succeed. */
  queued: Record<string, number>;
  /** Image references present on the node. */
  images: Record<string, boolean>;
  lastHost: number;
}

/** The rows that containers know as the runtimes of pods, whole. */
export const podWorkers = podRuntimes as Table<PodWorker>;
export const nodeMemories = nodeNetworks as Table<NodeMemory>;
export const outages = defineTable<Outage>('kubelet.outages');
const counters = defineTable<{ value: number }>('kubelet.counters');

/** What a worker runs, while it does. */
export function runOf({ activity }: Readonly<PodWorker>): Run | undefined {
  return activity.is === 'running' ? activity.run : undefined;
}

/** The program that a worker runs, or will; undefined when it has finished. */
export function programOf({ activity }: Readonly<PodWorker>): Program | undefined {
  return activity.is === 'finished' ? undefined : activity.program;
}

/** The kubelet's cached status of a pod, which probes look at (K410). */
export function cachedStatus(state: ClusterState, podUid: string): PodStatus | undefined {
  return podWorkers.get(state, podUid)?.status;
}

/** The next number of a counter, from 0. */
export function nextCount(state: ClusterState, name: string): number {
  const value = counters.get(state, name)?.value ?? 0;
  counters.put(state, name, { value: value + 1 });
  return value;
}

/** Whether nothing is heard of a node's kubelet, and nothing heard by it. */
export function isSilent(state: ClusterState, node: string): boolean {
  return outages.has(state, node);
}
