// Amounts of cpu and memory that change while a pod runs: what the kubelet grants, what it puts off, and what its containers have.
// Upstream: pkg/kubelet/kubelet.go (handlePodResourcesResize, canResizePod, determinePodResizeStatus), status/status_manager.go,
// kuberuntime/kuberuntime_manager.go (computePodResizeAction, doPodResizeAction) (v1.33). Rules: M6. Deviation: the time of the last probe of a
// condition is that of its last transition, so that a resize that waits writes nothing.

import { type Condition, isJsonEqual } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { getObject } from '../../apiserver/api.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Container, Pod, ResourceRequirements } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { refuseAdmission, refuseCapacity } from './admission.ts';
import { type PodWorker, podWorkers } from '../model.ts';
import { type Instance, type PendingResize, newestInstance } from '../../containers/model.ts';

type Spec = Pod['spec'];

/** The amounts have changed: from now on the worker remembers what was granted before. */
export function noteAmounts(worker: PodWorker, before: Pod): void {
  if (worker.resize !== undefined) return;
  const allocated = amountsOf(before.spec);
  worker.resize = { allocated, pending: null, inProgressSinceMs: null };
  for (const instance of [...worker.runtime.instances, ...worker.cache.instances]) instance.resources = allocated[instance.container] ?? {};
}

export function hasOtherAmounts(before: Pod, pod: Pod): boolean {
  return !isJsonEqual(amountsOf(before.spec), amountsOf(pod.spec));
}

function amountsOf({ containers, initContainers = [] }: Spec): Record<string, ResourceRequirements> {
  return Object.fromEntries([...initContainers, ...containers].map(({ name, resources = {} }) => [name, resources]));
}

/** The pod with the amounts that its kubelet has granted. */
export function allocatedPod(worker: Readonly<PodWorker> | undefined, pod: Pod): Pod {
  if (worker?.resize === undefined || isJsonEqual(worker.resize.allocated, amountsOf(pod.spec))) return pod;
  const { allocated } = worker.resize;
  const granted = (list: readonly Container[]) => list.map((container) => ({ ...container, resources: allocated[container.name] ?? {} }));
  const { containers, initContainers } = pod.spec;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: granted(containers),
      ...(initContainers === undefined ? {} : { initContainers: granted(initContainers) }),
    },
  };
}

/** The beginning of a sync: what the spec asks for is granted, put off, or found impossible. */
export function allocate(state: ClusterState, worker: PodWorker, pod: Pod): void {
  const { resize } = worker;
  if (resize === undefined) return;
  const wanted = amountsOf(pod.spec);
  const refused = isJsonEqual(resize.allocated, wanted) ? undefined : refuse(state, worker, pod);
  if (refused !== undefined) {
    const { pending } = resize;
    const isSame = pending?.reason === refused.reason && pending.message === refused.message;
    worker.resize = { ...resize, pending: isSame ? pending : { ...refused, sinceMs: state.nowMs } };
    return;
  }
  worker.resize = { allocated: wanted, pending: null, inProgressSinceMs: resize.inProgressSinceMs };
  const lacks = isInProgress(worker);
  // All have what the spec says: there is nothing more to remember.
  if (
    !lacks &&
    worker.cache.instances.every(({ resources }, index) => isJsonEqual(resources ?? {}, worker.runtime.instances[index]?.resources ?? {}))
  )
    return forgetResize(worker);
  const sinceMs = lacks ? (resize.inProgressSinceMs ?? state.nowMs) : null;
  worker.resize = { ...worker.resize, inProgressSinceMs: sinceMs };
}

function forgetResize(worker: PodWorker): void {
  delete worker.resize;
  for (const instance of [...worker.runtime.instances, ...worker.cache.instances]) delete instance.resources;
}

/** Why the amounts that the spec asks for are not granted. */
function refuse(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod): Omit<PendingResize, 'sinceMs'> | undefined {
  const node = getObject(state, nodeKind, undefined, worker.node);
  if (node === undefined) return undefined;
  const impossible = refuseCapacity(pod, node);
  if (impossible !== undefined) return { reason: 'Infeasible', message: impossible };
  const refusal = refuseAdmission(state, pod, node, (other) => allocatedPod(podWorkers.get(state, other.metadata.uid), other));
  return refusal === undefined ? undefined : { reason: 'Deferred', message: refusal.message };
}

/** Some container that runs has other amounts than were granted. */
function isInProgress(worker: Readonly<PodWorker>): boolean {
  return worker.runtime.instances.some((instance) => instance.state === 'running' && lacks(worker, instance));
}

function lacks({ resize }: Readonly<PodWorker>, { container, resources }: Readonly<Instance>): boolean {
  return resize !== undefined && !isJsonEqual(resources ?? {}, resize.allocated[container] ?? {});
}

/** Gives a container the amounts that were granted. */
export function actuate(worker: PodWorker, container: Container): Instance | undefined {
  const instance = newestInstance(worker.runtime, container.name);
  if (instance === undefined || instance.state !== 'running') return undefined;
  instance.resources = container.resources ?? {};
  worker.isDirty = true;
  return instance;
}

/** The conditions of a pod whose amounts change. */
export function resizeConditions({ resize }: Readonly<PodWorker>): readonly Condition[] {
  if (resize === undefined) return [];
  const { pending, inProgressSinceMs } = resize;
  const conditions: Condition[] = [];
  if (pending !== null) {
    const { reason, message, sinceMs } = pending;
    conditions.push({ type: 'PodResizePending', ...since(sinceMs), reason, message });
  }
  if (inProgressSinceMs !== null) conditions.push({ type: 'PodResizeInProgress', ...since(inProgressSinceMs) });
  return conditions;
}

function since(ms: number): Pick<Condition, 'status' | 'lastProbeTime' | 'lastTransitionTime'> {
  return { status: 'True', lastProbeTime: formatTime(ms), lastTransitionTime: formatTime(ms) };
}
