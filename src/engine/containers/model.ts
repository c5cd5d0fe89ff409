// What containers know of their pod and of their node: instances, the sandbox, addresses. Their kubelets keep these rows, with more in them.
// Upstream: pkg/kubelet/container/runtime.go (v1.33).

import { getObject } from '../apiserver/api.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod, ResourceRequirements } from '../kinds/pod/types.ts';

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
  /** What the process does, fixed when it is created; see behaviors/behaviors.ts. */
  behaviorId: string;
  /** The process is a shell, see processes/sessions.ts. */
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

/** A pod on its node. */
export interface PodRuntime {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Position among the pods of the cluster, for the order of timers. */
  readonly ordinal: number;
  runtime: RuntimeView;
  /** The runtime differs from what the last relist saw: the next one has something to see. */
  isDirty: boolean;
  /** The pod object after it left the API while its containers still ran. */
  orphan: Pod | null;
  /** The pod as it was when the node fell silent: what its kubelet knows (K807). */
  frozen: Pod | null;
  /** While amounts of the pod change. */
  resize?: Resize;
}

/** The network of a node. */
export interface NodeNetwork {
  /** Address → pod UID. */
  addresses: Record<string, string>;
}

/** By UID. */
export const podRuntimes = defineTable<PodRuntime>('kubelet.pods');
/** By the names of nodes. */
export const nodeNetworks = defineTable<NodeNetwork>('kubelet.nodes');

/** The pod as the API has it, if it is still the same one; a silent node knows the one of before. */
export function apiPod(state: ClusterState, { uid, namespace, name, frozen }: Readonly<PodRuntime>): Pod | undefined {
  if (frozen !== null) return frozen;
  const pod = getObject(state, podKind, namespace, name);
  return pod?.metadata.uid === uid ? pod : undefined;
}

/** The pod as the API has it, or as it was when it left. */
export function podOf(state: ClusterState, pod: Readonly<PodRuntime>): Pod | undefined {
  return apiPod(state, pod) ?? pod.orphan ?? undefined;
}

/** The newest instance of a container in a view. */
export function newestInstance(view: RuntimeView, container: string): Instance | undefined {
  return view.instances.findLast((instance) => instance.container === container);
}

/** The newest instance of each container in a view, for whoever looks at all of them. */
export function newestInstances({ instances }: RuntimeView): ReadonlyMap<string, Instance> {
  return new Map(instances.map((instance) => [instance.container, instance]));
}

/** A copy that later changes of the runtime do not reach. */
export function copyView(view: RuntimeView): RuntimeView {
  return { instances: view.instances.map((instance) => ({ ...instance })), sandbox: view.sandbox === null ? null : { ...view.sandbox } };
}
