// What allows a pod worker to skip work. A sync follows from what it reads (sync-reads.ts): when all of that is there by reference, and the probes answer the
// same, then its status and its actions are what they were, and nothing is computed. Three things come of it: a status that is known, a sync in crash
// back-off that is known to start nothing, and a pod that is quiet, whose resyncs are arithmetic. Derived data but for the last: never stored, never a
// different result; the reference clock computes every sync. Rules: K121, K205, K240, K310, K315, K423.

import { isDeleting } from '../../apimachinery/meta.ts';
import { containersOf, findContainer } from '../../containers/container-lists.ts';
import { newestInstance } from '../../containers/model.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Container, Pod, PodStatus, ProbeKind } from '../../kinds/pod/types.ts';
import type { PodWorker } from '../model.ts';
import { computeStatus, crashLoopMessage } from '../status/pod-status.ts';
import { decideActions } from './actions.ts';
import { decideStartOf } from './crash-loop.ts';
import { recordBackOff } from './pod-events.ts';
import {
  type AskProbe,
  askProbes,
  decisionInput,
  isSameReads,
  isVerdictGood,
  readSync,
  statusInput,
  type SyncReads,
} from './sync-reads.ts';

export interface RefreshedStatus {
  readonly status: PodStatus;
  /** Containers that the computation found not ready, for the readiness trigger (K423). */
  readonly unready: readonly string[];
}

interface Answer {
  readonly kind: ProbeKind;
  readonly container: string;
  readonly answer: ReturnType<AskProbe>;
}

/** A start that a back-off holds back, in a sync that changes nothing but to say so. */
interface HeldStart {
  readonly container: Container;
  /** The back-off of which the reason of the container speaks. */
  readonly valueMs: number;
}

/** A sync whose status was the one from before: it depends on no clock. */
interface KnownSync {
  readonly reads: SyncReads;
  /** What was asked of the probes. */
  readonly answers: Answer[];
  readonly unready: readonly string[];
  /** All that it does after its status, if that is to be held back; null when it does something else; undefined until somebody asks. */
  held: readonly HeldStart[] | null | undefined;
}

const MEMO = 'kubelet.syncs';

/** The status of a pod, computed only when something it depends on has changed. */
export function rememberedStatus(state: ClusterState, podUid: string, reads: SyncReads): RefreshedStatus {
  const known = knownSync(state, podUid, reads);
  if (known !== undefined) return { status: reads.previous, unready: known.unready };
  const answers: Answer[] = [];
  const ask = noting(answers, askProbes(state, podUid, reads.view));
  const status = computeStatus(statusInput(reads, state.nowMs, ask));
  const unready = answers.filter(({ kind, answer }) => kind === 'readiness' && !isVerdictGood(answer)).map(({ container }) => container);
  if (status === reads.previous) memoOf(state).set(podUid, { reads, answers, unready, held: undefined });
  return { status, unready };
}

/** Does what a sync would do now, when that is known to be nothing but to say that back-offs last. Returns whether it did. */
export function repeatSync(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod): boolean {
  // Volumes that are to be set up and amounts that are to be granted are looked at again by every sync.
  const isSetUp = worker.hasVolumes && worker.hasProbeWorkers && Object.keys(worker.failedVolumes).length === 0;
  if (!isSetUp || worker.resize !== undefined) return false;
  const known = knownSync(state, worker.uid, readSync(state, worker, pod, worker.cache, false));
  if (known === undefined || known.unready.length > 0) return false;
  if (known.held === undefined) known.held = heldStarts(state, worker, known);
  if (known.held === null) return false;
  for (const { container, valueMs } of known.held) if (heldMs(state, worker, known, container) !== valueMs) return false;
  for (const { container } of known.held) recordBackOff(state, worker.node, pod, container.name);
  return true;
}

/** Something that a sync looks at has changed without a trace in what it reads, or the pod has gone. */
export function forgetSync(state: ClusterState, podUid: string): void {
  memoOf(state).delete(podUid);
}

/** True when a resync could change, emit or trigger nothing, so that none is timed and its instants are arithmetic (K121). */
export function canRepeatQuietly(worker: Readonly<PodWorker>, pod: Pod): boolean {
  if (isDeleting(pod) || pod.spec.activeDeadlineSeconds !== undefined || worker.resize !== undefined) return false;
  if (Object.keys(worker.reasons).length > 0 || containersOf(pod, 'ephemeral').length > 0 || containersOf(pod, 'init').length > 0)
    return false;
  const statuses = worker.status.containerStatuses ?? [];
  return (
    statuses.length === pod.spec.containers.length &&
    statuses.every(
      (item) => item.state.running !== undefined && item.ready && item.started === true && isSeen(worker, item.name, item.containerID),
    )
  );
}

function isSeen(worker: Readonly<PodWorker>, container: string, containerId: string | undefined): boolean {
  return `containerd://${newestInstance(worker.cache, container)?.id ?? ''}` === containerId;
}

/** The sync before, if this one reads the same. */
function knownSync(state: ClusterState, podUid: string, reads: SyncReads): KnownSync | undefined {
  if (state.clockMode === 'reference') return undefined;
  const known = memoOf(state).get(podUid);
  if (known === undefined || !isSameReads(known.reads, reads)) return undefined;
  if (known.answers.length === 0) return known;
  const ask = askProbes(state, podUid, reads.view);
  return known.answers.every(({ kind, container, answer }) => ask(kind, container) === answer) ? known : undefined;
}

/** The starts that the sync decides on, if all of them are held back now, and nothing is new of that; else null. */
function heldStarts(state: ClusterState, worker: Readonly<PodWorker>, { reads, answers }: KnownSync): readonly HeldStart[] | null {
  const { pod, view } = reads;
  const held: HeldStart[] = [];
  for (const action of decideActions(decisionInput(reads, noting(answers, askProbes(state, worker.uid, view))))) {
    const container = action.do === 'start' ? findContainer(pod, action.container)?.container : undefined;
    const valueMs = container === undefined ? undefined : heldMs(state, worker, { reads }, container);
    if (action.do !== 'start' || container === undefined || valueMs === undefined) return null;
    const said = reads.reasons[container.name];
    if (said?.reason !== 'CrashLoopBackOff' || said.message !== crashLoopMessage(pod, container.name, valueMs)) return null;
    held.push({ container, valueMs });
    // K205: what cannot start holds back the containers behind it.
    if (action.list === 'init') break;
  }
  return held.length === 0 ? null : held;
}

/** The back-off that holds a container back; undefined when it may start. */
function heldMs(
  state: ClusterState,
  worker: Readonly<PodWorker>,
  { reads }: Pick<KnownSync, 'reads'>,
  container: Container,
): number | undefined {
  const { start, entry } = decideStartOf(state, worker, reads.view, container);
  return start ? undefined : entry?.valueMs;
}

function noting(answers: Answer[], ask: AskProbe): AskProbe {
  return (kind, container) => {
    const answer = ask(kind, container);
    answers.push({ kind, container, answer });
    return answer;
  };
}

function memoOf(state: ClusterState): Map<string, KnownSync> {
  let memo = state.derived.memo.get(MEMO) as Map<string, KnownSync> | undefined;
  if (memo === undefined) {
    memo = new Map();
    state.derived.memo.set(MEMO, memo);
  }
  return memo;
}
