// What one sync reads, in one value: the parts of the worker by reference, and what the probes say by asking. A sync's status and actions follow from it
// and from nothing else, which is what known-syncs.ts lives on: whoever has a sync read more adds it here.
// Upstream: pkg/kubelet/kubelet.go (SyncPod), kubelet_pods.go (generateAPIPodStatus) (v1.33). Rules: K436, K505, K520, K603.

import { type Condition, isJsonEqual } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { hostIpOf } from '../../containers/container-config.ts';
import { newestInstances, type RuntimeView } from '../../containers/model.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Pod, PodStatus, ProbeKind } from '../../kinds/pod/types.ts';
import { isPodPhaseTerminal } from '../../kinds/shared/pod-state.ts';
import type { PodWorker } from '../model.ts';
import { probeResult, type ProbeResult } from '../probes/probe-worker.ts';
import type { StatusInput } from '../status/pod-status.ts';
import type { DecisionInput } from './actions.ts';
import { resizeConditions } from './resize.ts';

/** What a sync reads beside the probes. */
export type SyncReads = Omit<StatusInput, 'nowMs' | 'isStarted' | 'isReady'>;

/** The stored result of a probe for the instance that the sync sees; see `probeResult`. */
export type AskProbe = (kind: ProbeKind, container: string) => ProbeResult | null | undefined;

const NO_CONDITIONS: readonly Condition[] = [];

/** Reads the worker as a sync of this instant finds it. `isTerminal`: the containers are stopped for good (K604). */
export function readSync(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, view: RuntimeView, isTerminal: boolean): SyncReads {
  return {
    pod,
    view,
    previous: worker.status,
    reasons: worker.reasons,
    hostIp: hostIpOf(state, worker.node),
    isTerminal,
    // K520, K603: a deadline that has passed decides the phase until the API shows a terminal one.
    isPastDeadline: !isPodPhaseTerminal(pod.status.phase) && isPastDeadline(state, pod, worker.status),
    eviction: worker.eviction,
    resize: isTerminal ? NO_CONDITIONS : resizeConditions(worker),
  };
}

export function isSameReads(a: SyncReads, b: SyncReads): boolean {
  return (
    a.pod === b.pod &&
    a.view === b.view &&
    a.previous === b.previous &&
    a.reasons === b.reasons &&
    a.hostIp === b.hostIp &&
    a.isTerminal === b.isTerminal &&
    a.isPastDeadline === b.isPastDeadline &&
    a.eviction === b.eviction &&
    isJsonEqual(a.resize, b.resize)
  );
}

/** Asks the probes about the newest instances of a view. */
export function askProbes(state: ClusterState, podUid: string, view: RuntimeView): AskProbe {
  let newest: ReturnType<typeof newestInstances> | undefined;
  return (kind, name) => {
    newest ??= newestInstances(view);
    return probeResult(state, podUid, name, kind, `containerd://${newest.get(name)?.id ?? ''}`);
  };
}

/** What the status is computed from. Who has no probe is started and ready. */
export function statusInput(reads: SyncReads, nowMs: number, ask: AskProbe): StatusInput {
  return {
    ...reads,
    nowMs,
    isStarted: (container) => isVerdictGood(ask('startup', container.name)),
    isReady: (container) => isVerdictGood(ask('readiness', container.name)),
  };
}

export function isVerdictGood(result: ReturnType<AskProbe>): boolean {
  return result === undefined || result === 'Success';
}

/** What the actions are decided from. */
export function decisionInput({ pod, view }: Pick<SyncReads, 'pod' | 'view'>, ask: AskProbe): DecisionInput {
  return {
    pod,
    view,
    liveness: (container) => ask('liveness', container) ?? undefined,
    startup: (container) => ask('startup', container) ?? undefined,
    graceMs(container, cause) {
      // K505, K436: a probe's own grace replaces the pod's.
      const own = cause === 'liveness' ? container.livenessProbe : cause === 'startup' ? container.startupProbe : undefined;
      return (own?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    },
  };
}

/** Whether the pod has run for as long as it may (K520). */
export function isPastDeadline(state: ClusterState, pod: Pod, status: PodStatus): boolean {
  const { activeDeadlineSeconds } = pod.spec;
  if (activeDeadlineSeconds === undefined) return false;
  const startMs = parseTime(status.startTime ?? '');
  return startMs !== undefined && state.nowMs - startMs >= activeDeadlineSeconds * 1000;
}
