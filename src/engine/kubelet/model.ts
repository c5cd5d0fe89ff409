// What a kubelet remembers: one row for each pod it runs, one for each node, one for each probe worker. Plain data; see kernel/state.ts.
// Upstream: pkg/kubelet/pod_workers.go, container/runtime.go, prober/worker.go (v1.33).

import type { Pod, PodStatus, ResourceRequirements } from '../kinds/pod/types.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';

/** A container instance as the runtime has it. Times are virtual milliseconds, not truncated (K014). */
export interface Instance {
  id: string;
  container: string;
  /** restartCount. */
  attempt: number;
  image: string;
  imageRef: string;
  imageId: string;
  state: 'created' | 'running' | 'exited';
  createdMs: number;
  startedMs: number | null;
  finishedMs: number | null;
  exitCode: number;
  reason: string;
  message: string;
  /** What the process does, fixed when it is created; see runtime/behaviors.ts. */
  behaviorId: string;
  /** The process is a shell, see runtime/sessions.ts. */
  isScript: boolean;
  /** When and how the process ends by itself or by a signal it got; null while it runs for ever. */
  exit: { atMs: number; code: number; reason: string } | null;
  /** The amounts that the runtime gives it, while amounts of its pod change; absent: those of the spec. */
  resources?: ResourceRequirements;
  /** When the kubelet began to stop it, and what it said of that; absent: it did not. Events say so too, but a pod with many has not all of them. */
  stopped?: { atMs: number; message: string };
}

export interface Sandbox {
  isReady: boolean;
  ip: string;
  createdMs: number;
  attempt: number;
}

/** The runtime's view of a pod, as it is or as the last relist saw it. */
export interface RuntimeView {
  instances: Instance[];
  sandbox: Sandbox | null;
}

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

/** A sync in progress: which step comes next, and what it needs to remember. */
export interface Run {
  kind: 'sync' | 'terminating' | 'terminated';
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

/** What a resize that is not granted waits for. */
export interface PendingResize {
  readonly reason: 'Deferred' | 'Infeasible';
  readonly message: string;
  readonly sinceMs: number;
}

/** Of a pod whose amounts were changed, until all of it has them. */
export interface Resize {
  /** By container: the amounts that the kubelet has granted. */
  readonly allocated: Readonly<Record<string, ResourceRequirements>>;
  readonly pending: PendingResize | null;
  /** Since when containers lack what was granted; null: they have it. */
  readonly inProgressSinceMs: number | null;
}

export interface PodWorker {
  uid: string;
  namespace: string;
  name: string;
  node: string;
  /** Position among the pods of the cluster, for the order of timers. */
  ordinal: number;
  phase: 'sync' | 'terminating' | 'terminated' | 'finished';
  /** The one slot of K110. */
  isPending: boolean;
  /** Took an item and waits for newer cache data (K009). */
  isWaiting: boolean;
  run: Run | null;
  lastSyncEndMs: number;
  /** Work-queue time (K121); null when none. */
  dueMs: number | null;
  /** Draws of K121 so far. */
  requeueCount: number;
  /** A resync could change nothing, so none is timed: its instants are arithmetic. */
  isQuiet: boolean;
  /** The sync in progress was caused by the resync of a quiet pod (reference clock only). */
  isQuietResync: boolean;
  runtime: RuntimeView;
  cache: RuntimeView;
  cacheAtMs: number;
  /** The runtime differs from the cache: the next relist has something to see. */
  isDirty: boolean;
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
  /** The pod object after it left the API while its containers still ran. */
  orphan: Pod | null;
  /** Why the kubelet ends the pod for the sake of its node (K532). */
  eviction: string | null;
  /** The pod as it was when the node fell silent: what its kubelet knows (K807). */
  frozen: Pod | null;
  /** While amounts of the pod change; see resize.ts. */
  resize?: Resize;
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

export interface NodeMemory {
  ordinal: number;
  /** The serial image puller is busy until then (K227). */
  pullFreeAtMs: number;
  /** End of the last queued pull of an image that will succeed. */
  queued: Record<string, number>;
  /** Image references present on the node. */
  images: Record<string, boolean>;
  /** Address → pod UID. */
  addresses: Record<string, string>;
  lastHost: number;
}

export const podWorkers = defineTable<PodWorker>('kubelet.pods');
export const nodeMemories = defineTable<NodeMemory>('kubelet.nodes');
export const outages = defineTable<Outage>('kubelet.outages');
const counters = defineTable<{ value: number }>('kubelet.counters');

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

/** The newest instance of a container in a view. */
export function newestInstance(view: RuntimeView, container: string): Instance | undefined {
  return view.instances.findLast((instance) => instance.container === container);
}

/** A copy that later changes of the runtime do not reach. */
export function copyView(view: RuntimeView): RuntimeView {
  return { instances: view.instances.map((instance) => ({ ...instance })), sandbox: view.sandbox === null ? null : { ...view.sandbox } };
}

/** Whether nothing is heard of a node's kubelet, and nothing heard by it. */
export function isSilent(state: ClusterState, node: string): boolean {
  return outages.has(state, node);
}
