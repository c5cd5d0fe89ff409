// One sync of a StatefulSet: claim pods, find revisions, carry out the plan, write the status.
// Upstream: pkg/controller/statefulset/stateful_set.go sync, stateful_pod_control.go (v1.33). Rules: C420-C432.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { createObject, deleteObject, getObject, writeObject, writeStatus } from '../../apiserver/api.ts';
import { invalidObject } from '../../apimachinery/status.ts';
import type { Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { statefulSetKind } from '../../kinds/statefulset/index.ts';
import type { StatefulSet, StatefulSetStatus } from '../../kinds/statefulset/types.ts';
import { doneOrRetry, GONE, type Reconciled, RETRY, soonest } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { keyOf } from '../../kernel/store.ts';
import { forgetReplacements, mayReplace, REPLACEMENT_PAUSE_MS } from '../shared/pace.ts';
import { claimPods } from '../shared/pod-claims.ts';
import { isNamespaceTerminating, type PodControl, podFromTemplate, recordOn, slowStartBatches, splitKey } from '../shared/pod-control.ts';
import { templateOf } from '../shared/revisions.ts';
import { findRevisions, type Revisions, truncateHistory } from './history.ts';
import { giveIdentity, identityLabels, isMember, ordinalOf } from './identity.ts';
import { type Action, completeUpdate, planSync } from './plan.ts';
import { claimOwnership, createClaims } from './volume-claims.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

export const QUEUE = 'statefulset';

const CONTROL: PodControl = { eventComponent: 'statefulset-controller', kind: statefulSetKind as Kind };

/** Brings one StatefulSet up to date. */
export function* reconcileStatefulSet(state: ClusterState, key: string): Steps<Reconciled> {
  const [namespace, name] = splitKey(key);
  const set = getObject(state, statefulSetKind, namespace, name);
  if (set === undefined) {
    forgetReplacements(state, QUEUE, key);
    return GONE;
  }
  const selector = selectorFromLabelSelector(set.spec.selector);
  const pods = claimPods(state, set, { kind: CONTROL.kind, selector, accepts: (pod) => isMember(set, pod) });
  const revisions = findRevisions(state, set, selector);
  if (revisions === undefined) return RETRY;
  const { collisionCount } = revisions;
  const currentRevision = revisions.current.metadata.name;
  const updateRevision = revisions.update.metadata.name;
  const plan = planSync({ set, pods, currentRevision, updateRevision, collisionCount, nowMs: state.nowMs });
  if (set.metadata.deletionTimestamp === undefined) yield* keepClaims(state, set, pods);
  const sync: Sync = { state, set, revisions, pauseMs: undefined };
  let isDone = true;
  for (const stage of plan.stages) isDone &&= yield* carryOut(sync, stage);
  const status = completeUpdate(set, isDone ? plan.statusAfterUpdate : plan.status);
  writeStatus(state, statefulSetKind, set, printedStatus(status));
  truncateHistory(state, set, pods, revisions);
  const { minReadySeconds = 0, replicas } = set.spec;
  const isAwaiting = isDone && minReadySeconds > 0 && status.availableReplicas !== replicas;
  return doneOrRetry(isDone, soonest(sync.pauseMs, isAwaiting ? minReadySeconds * 1000 : undefined));
}

/** One set on its way to the plan. */
interface Sync {
  readonly state: ClusterState;
  readonly set: StatefulSet;
  readonly revisions: Revisions;
  /** How long it waits with a replacement. */
  pauseMs: number | undefined;
}

/** C421: pods that wait may lack a claim; those that go may take theirs with them. */
function* keepClaims(state: ClusterState, set: StatefulSet, pods: readonly Pod[]): Steps<void> {
  if ((set.spec.volumeClaimTemplates ?? []).length === 0) return;
  for (const pod of pods) {
    if (pod.status.phase === 'Pending' && pod.metadata.deletionTimestamp === undefined) createClaims(state, CONTROL, set, ordinalOf(pod));
    claimOwnership(state, set, pod);
    yield;
  }
}

/** Carries out the actions of a stage in batches of 1, 2, 4, ... (C424); false when one failed. */
function* carryOut(sync: Sync, actions: readonly Action[]): Steps<boolean> {
  let from = 0;
  for (const size of slowStartBatches(actions.length)) {
    let isGood = true;
    for (const action of actions.slice(from, from + size)) {
      isGood = act(sync, action) && isGood;
      yield;
    }
    if (!isGood) return false;
    from += size;
  }
  return true;
}

function act(sync: Sync, action: Action): boolean {
  const { state, set, revisions } = sync;
  switch (action.kind) {
    case 'create':
      return createMember(state, set, revisions, action.ordinal, action.isCurrent);
    case 'delete':
      if (isPodTerminal(action.pod) && !mayReplace(state, QUEUE, keyOf(set), 0)) {
        sync.pauseMs = REPLACEMENT_PAUSE_MS;
        return true;
      }
      return deleteMember(state, set, action.pod);
    case 'correct':
      return correctMember(state, set, action.pod);
  }
}

/** C420, C428. The template is not validated with the set, so the pod is validated here. */
function createMember(state: ClusterState, set: StatefulSet, revisions: Revisions, ordinal: number, isCurrent: boolean): boolean {
  const revision = isCurrent ? revisions.current : revisions.update;
  const draft = podFromTemplate(CONTROL, set, templateOf(revision));
  giveIdentity(set, draft, ordinal, revision.metadata.name);
  const name = `${set.metadata.name}-${ordinal}`;
  const missing = createClaims(state, CONTROL, set, ordinal);
  const fail = (error: string): boolean => {
    recordOn(
      state,
      CONTROL,
      set,
      'Warning',
      'FailedCreate',
      `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error}`,
    );
    return false;
  };
  if (missing !== undefined) return fail(missing);
  const created = createObject(state, podKind, draft, {
    check(object) {
      const errors = podKind.validate(object as Pod);
      return errors.length === 0 ? undefined : invalidObject(podKind as Kind, object.metadata.name, errors);
    },
  });
  if (created.ok) {
    claimOwnership(state, set, created.value);
    recordOn(state, CONTROL, set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`);
    return true;
  }
  // A namespace on its way out makes every creation fail; there is nothing to wait for (C127).
  if (isNamespaceTerminating(created.status)) return true;
  return fail(created.status.message ?? '');
}

function deleteMember(state: ClusterState, set: StatefulSet, pod: Pod): boolean {
  const { namespace, name } = pod.metadata;
  const deleted = deleteObject(state, podKind, namespace, name);
  if (!deleted.ok) return deleted.status.reason === 'NotFound';
  recordOn(state, CONTROL, set, 'Normal', 'SuccessfulDelete', `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`);
  return true;
}

/** Gives a pod the labels of its identity again. */
function correctMember(state: ClusterState, set: StatefulSet, pod: Pod): boolean {
  const { name, labels } = pod.metadata;
  const corrected = { ...labels, ...identityLabels(name, ordinalOf(pod)) };
  writeObject(state, podKind, { ...pod, metadata: { ...pod.metadata, labels: corrected } });
  recordOn(state, CONTROL, set, 'Normal', 'SuccessfulUpdate', `update Pod ${name} in StatefulSet ${set.metadata.name} successful`);
  return true;
}

/** C429: counters that are zero are absent, except `replicas` and `availableReplicas`. */
function printedStatus(status: StatefulSetStatus): StatefulSetStatus {
  const optional = ['readyReplicas', 'currentReplicas', 'updatedReplicas'];
  return Object.fromEntries(
    Object.entries(status).filter(([field, value]) => value !== 0 || !optional.includes(field)),
  ) as StatefulSetStatus;
}
