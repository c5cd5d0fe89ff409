// Most syncs compute the status that the pod has already. What such a computation looked at is remembered: when the same parts are there by
// reference, and the probes answer the same, the status is the same and nothing is computed. Derived data: never stored, never a different result.

import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { Container, PodStatus } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { computeStatus, type StatusInput } from './pod-status.ts';

export interface RefreshedStatus {
  readonly status: PodStatus;
  /** Containers that the computation found not ready, for the readiness trigger (K423). */
  readonly unready: readonly string[];
}

interface Question {
  readonly about: 'isStarted' | 'isReady';
  readonly container: Container;
  readonly answer: boolean;
}

interface Remembered {
  readonly input: StatusInput;
  readonly questions: readonly Question[];
}

const MEMO = 'kubelet.status';

/** The status of a pod, computed only when something it depends on has changed. */
export function rememberedStatus(state: ClusterState, podUid: string, input: StatusInput): RefreshedStatus {
  const memo = memoOf(state);
  const known = memo.get(podUid);
  if (known !== undefined && isSameInput(known.input, input)) {
    const unready = askAgain(known.questions, input);
    if (unready !== undefined) return { status: input.previous, unready };
  }
  const questions: Question[] = [];
  const ask = (about: Question['about'], container: Container): boolean => {
    const answer = input[about](container);
    questions.push({ about, container, answer });
    return answer;
  };
  const status = computeStatus({
    ...input,
    isStarted: (container) => ask('isStarted', container),
    isReady: (container) => ask('isReady', container),
  });
  // Only a status that computes to itself depends on no clock.
  if (status === input.previous) memo.set(podUid, { input, questions });
  return { status, unready: questions.filter(isUnready).map(({ container }) => container.name) };
}

/** Forgets a pod. */
export function forgetStatus(state: ClusterState, podUid: string): void {
  memoOf(state).delete(podUid);
}

function isSameInput(a: StatusInput, b: StatusInput): boolean {
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

/** The containers that are not ready, or undefined when a question has another answer now. */
function askAgain(questions: readonly Question[], input: StatusInput): readonly string[] | undefined {
  if (questions.some(({ about, container, answer }) => input[about](container) !== answer)) return undefined;
  return questions.filter(isUnready).map(({ container }) => container.name);
}

function isUnready({ about, answer }: Question): boolean {
  return about === 'isReady' && !answer;
}

function memoOf(state: ClusterState): Map<string, Remembered> {
  let memo = state.derived.memo.get(MEMO) as Map<string, Remembered> | undefined;
  if (memo === undefined) {
    memo = new Map();
    state.derived.memo.set(MEMO, memo);
  }
  return memo;
}
