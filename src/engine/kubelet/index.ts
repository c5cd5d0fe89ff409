// The kubelets of all nodes as one component: pods bound to a node get a worker, timers are handed to their owners.
// Upstream: pkg/kubelet/kubelet.go (HandlePodAdditions, HandlePodUpdates, HandlePodRemoves), config/config.go (v1.33). Rules: K105-K107, K518.

import { isDeleting } from '../apimachinery/meta.ts';
import { formatTime } from '../apimachinery/time.ts';
import { getObject, listByTerm, writeStatus } from '../apiserver/api.ts';
import { nodeKind } from '../kinds/node/index.ts';
import type { Node } from '../kinds/node/types.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { PersistentVolume } from '../kinds/persistentvolume/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { claimTerm } from '../kinds/shared/pod-sources.ts';
import type { Component } from '../kernel/component.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Change } from '../kernel/store.ts';
import { enqueue } from '../kernel/work-queue.ts';
import { refuseAdmission } from './pods/admission.ts';
import { fireExec } from './clients/exec-sessions.ts';
import { isSilent, nextCount, nodeMemories, type PodWorker, podWorkers } from './model.ts';
import { noticeEndpoints } from '../containers/network/proxy-views.ts';
import { recordPodEvent } from './pods/pod-events.ts';
import { EVICTION_TIMER, fireEviction } from './node/pressure.ts';
import {
  armWorker,
  DEADLINE_TIMER,
  deliver,
  fireDeadline,
  fireMount,
  fireProcessTimer,
  fireReconcile,
  fireRelist,
  fireStep,
  fireSyncTick,
  forgetWorker,
  handleProbeUpdate,
  noteSpec,
  noticeSource,
  noticeStatus,
  RECONCILE_TIMER,
  RELIST_TIMER,
  STEP_TIMER,
  SYNC_TICK_TIMER,
} from './pods/pod-worker.ts';
import { idle } from './pods/worker-step.ts';
import { fireProbe, PROBE_TIMERS, rearmProbes } from './probes/probe-worker.ts';
import { EXEC_TIMER } from '../containers/processes/exec-table.ts';
import { PROCESS_TIMER } from '../containers/processes/process-timer.ts';
import { retryVolumesNow, MOUNT_TIMER } from './volumes/volume-setup.ts';
import { removePersistentVolume } from '../containers/files/volume-trees.ts';
import { isPodPhaseTerminal } from '../kinds/shared/pod-state.ts';

const NAME = 'kubelet';

/** All kubelets of the cluster. */
export const kubelet: Component = {
  name: NAME,
  watches: {
    pods: receivePod,
    nodes: receiveNode,
    configmaps: receiveSource,
    secrets: receiveSource,
    persistentvolumeclaims: receiveClaim,
    persistentvolumes: receiveVolume,
    endpoints: noticeEndpoints,
  },
  reconcile: reconcilePod,
  timers: {
    [RELIST_TIMER]: fireRelist,
    [STEP_TIMER]: fireStep,
    [SYNC_TICK_TIMER]: fireSyncTick,
    [DEADLINE_TIMER]: fireDeadline,
    [RECONCILE_TIMER]: fireReconcile,
    [PROCESS_TIMER]: fireProcessTimer,
    [EXEC_TIMER]: fireExec,
    [MOUNT_TIMER]: fireMount,
    [EVICTION_TIMER]: fireEviction,
    [PROBE_TIMERS.liveness]: fireProbeTimer,
    [PROBE_TIMERS.readiness]: fireProbeTimer,
    [PROBE_TIMERS.startup]: fireProbeTimer,
  },
};

function fireProbeTimer(state: ClusterState, key: string): void {
  const fired = fireProbe(state, key);
  if (fired !== null && fired.update !== null) handleProbeUpdate(state, fired.podUid, fired.update);
}

/** K105: additions, semantic updates and removals go to the worker; a foreign status only to the reconciler. */
function receivePod(state: ClusterState, change: Change): void {
  const pod = change.object as Pod;
  const before = change.previous as Pod | undefined;
  const { uid } = pod.metadata;
  if ((pod.spec.nodeName ?? '') === '' || isSilent(state, pod.spec.nodeName ?? '')) return;
  if (change.type === 'DELETED') return removePod(state, uid, pod);
  const isNew = !podWorkers.has(state, uid);
  if (before !== undefined && pod.spec !== before.spec) noteSpec(state, uid, before, pod);
  if (isNew || before === undefined || isSemanticChange(pod, before)) enqueue(state, NAME, uid + KEY_SEPARATOR + keyOfPod(pod));
  else if (pod.status !== before.status) noticeStatus(state, uid, pod);
}

const KEY_SEPARATOR = '|';

function keyOfPod(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

/** Whether a change of a pod concerns its worker: status alone does not (K003). */
function isSemanticChange(pod: Pod, before: Pod): boolean {
  const a = pod.metadata;
  const b = before.metadata;
  return (
    pod.spec !== before.spec ||
    a.labels !== b.labels ||
    a.annotations !== b.annotations ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds ||
    hasGateChange(pod, before)
  );
}

/** K655: a foreign condition that a readiness gate asks for. */
function hasGateChange(pod: Pod, before: Pod): boolean {
  const gates = pod.spec.readinessGates ?? [];
  const value = (item: Pod, type: string): string | undefined =>
    item.status.conditions?.find((condition) => condition.type === type)?.status;
  return gates.some(({ conditionType }) => value(pod, conditionType) !== value(before, conditionType));
}

/** The content of a mounted ConfigMap or Secret reaches its pods with their next sync. */
function receiveSource(state: ClusterState, change: Change): void {
  const { namespace, name } = change.object.metadata;
  const pods = listByTerm(state, podKind, `${change.object.kind.toLowerCase()}:${namespace ?? ''}/${name}`);
  for (const pod of pods) noticeSource(state, pod.metadata.uid);
}

/** A claim was bound: pods that wait for it may go on. */
function receiveClaim(state: ClusterState, change: Change): void {
  if (change.type === 'DELETED' || (change.object['status'] as { phase?: string }).phase !== 'Bound') return;
  const { namespace = '', name } = change.object.metadata;
  for (const pod of listByTerm(state, podKind, claimTerm(namespace, name)))
    if (podWorkers.has(state, pod.metadata.uid)) retryVolumesNow(state, podWorkers.edit(state, pod.metadata.uid));
}

function receiveVolume(state: ClusterState, change: Change): void {
  if (change.type === 'DELETED') removePersistentVolume(state, change.object as PersistentVolume);
}

function removePod(state: ClusterState, uid: string, pod: Pod): void {
  if (!podWorkers.has(state, uid)) return;
  const worker = podWorkers.edit(state, uid);
  if (worker.activity.is === 'finished') return forgetWorker(state, uid);
  if (worker.activity.is === 'running' && worker.activity.program === 'terminated') return;
  // K518: the object is gone, the containers are stopped all the same.
  worker.orphan = pod;
  deliver(state, uid, true);
}

function reconcilePod(state: ClusterState, queueKey: string): void {
  const at = queueKey.indexOf(KEY_SEPARATOR);
  const uid = queueKey.slice(0, at);
  const [namespace = '', name = ''] = queueKey.slice(at + 1).split('/');
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined || pod.metadata.uid !== uid || isSilent(state, pod.spec.nodeName ?? '')) return;
  if (podWorkers.has(state, uid)) {
    rearmProbes(state, podWorkers.require(state, uid), pod);
    return deliver(state, uid, true);
  }
  addPod(state, pod);
}

/** The pods of a node whose kubelet is heard of again: it may have missed some. */
export function requeuePodsOfNode(state: ClusterState, node: string): void {
  for (const pod of listByTerm(state, podKind, `node:${node}`)) enqueue(state, NAME, pod.metadata.uid + KEY_SEPARATOR + keyOfPod(pod));
}

/** K106, K107: admission happens once, before there is a worker. */
function addPod(state: ClusterState, pod: Pod): void {
  const nodeName = pod.spec.nodeName ?? '';
  const node = getObject(state, nodeKind, undefined, nodeName);
  if (node === undefined) return;
  if (isPodPhaseTerminal(pod.status.phase) && !isDeleting(pod)) return;
  ensureNode(state, node);
  const refusal = isDeleting(pod) ? undefined : refuseAdmission(state, pod, node);
  if (refusal !== undefined) {
    recordPodEvent(state, nodeName, pod, 'Warning', refusal.reason, refusal.message);
    const { qosClass } = pod.status;
    writeStatus(state, podKind, pod, {
      phase: 'Failed',
      message: `Pod was rejected: ${refusal.message}`,
      reason: refusal.reason,
      startTime: formatTime(state.nowMs),
      ...(qosClass === undefined ? {} : { qosClass }),
    });
    return;
  }
  const worker = createWorker(state, pod, nodeName);
  podWorkers.put(state, worker.uid, worker);
  armWorker(state, worker, pod);
  deliver(state, worker.uid, true);
}

function createWorker(state: ClusterState, pod: Pod, node: string): PodWorker {
  const empty = { instances: [], sandbox: null };
  return {
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node,
    ordinal: nextCount(state, 'pods'),
    activity: idle('sync', false),
    lastSyncEndMs: -1,
    dueMs: null,
    requeueCount: 0,
    runtime: { ...empty, instances: [] },
    cache: { ...empty, instances: [] },
    cacheAtMs: -1,
    isDirty: false,
    reasons: {},
    backoffs: {},
    imageBackoffs: {},
    status: pod.status,
    hasProbeWorkers: false,
    hasVolumes: false,
    failedVolumes: {},
    isStopped: false,
    orphan: null,
    eviction: null,
    frozen: null,
  };
}

function receiveNode(state: ClusterState, change: Change): void {
  if (change.type !== 'DELETED') ensureNode(state, change.object as Node);
}

/** The memory of a node's kubelet, made when the node appears. */
function ensureNode(state: ClusterState, node: Node): void {
  const { name } = node.metadata;
  if (nodeMemories.has(state, name)) return;
  nodeMemories.put(state, name, {
    ordinal: nextCount(state, 'nodes'),
    pullFreeAtMs: 0,
    queued: {},
    images: {},
    addresses: {},
    lastHost: 1,
  });
}
