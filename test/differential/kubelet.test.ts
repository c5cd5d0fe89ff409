// Histories of the real kubelet's code against the engine's: the same states, events and messages in the same order, at nearly the same times.
// What a recording cannot fix is searched for: the phase of the kubelet's clocks against the creation of the pod, and how late retries come.

import { describe, expect, it } from 'vitest';
import { recordedCases } from '../http/kube/recorded-case.ts';
import { differencesOf, type KubeletRecording, recordedHistory, replayKubelet } from './kubelet-recording.ts';
import { REFUSED_POD } from './refused-pod.ts';

const SLACK_MS = 1_500;

type Tolerated = readonly [pattern: RegExp, reason: string];

const SECOND_SYNC = 'C-2: whether two events of one relist cause one sync or two is a race; the engine has two, this run had one';
const MERGED_SYNC: readonly Tolerated[] = [
  [/^~ pods\/p .*CrashLoopBackOff/, SECOND_SYNC],
  [/^[+-] events\/p \d+ Warning BackOff /, SECOND_SYNC],
];

const NEW_STATUS =
  'C-1: whether the manual trigger sees the new status is a race; this run was ready in the write that first shows the container';
const READY_AT_ONCE: Tolerated = [/^\+ pods\/p \d+ MODIFIED g1 \| Running .*c\[started r0 running /, NEW_STATUS];

const ALREADY_PULLED = 'which images the node has is another one here';
const PULLED_BEFORE: Tolerated = [/^[+-] events\/p \d+ Normal Pull(?:ing|ed) /, ALREADY_PULLED];

/** Differences that are meant, by case; a pattern matches the beginning of a difference. */
const TOLERATED: Readonly<Record<string, readonly Tolerated[]>> = {
  'container-start-error': MERGED_SYNC,
  'delete-with-readiness-probe': [READY_AT_ONCE],
  'exit0-always': MERGED_SYNC,
  'http-probe-default-request': [READY_AT_ONCE],
  'image-change-restarts-container': [PULLED_BEFORE],
  'init-fails-always': MERGED_SYNC,
  'init-fails-never': [PULLED_BEFORE],
  'poststart-fails': MERGED_SYNC,
  'readiness-successthreshold-3': [
    [/^- events\/p \d+ Warning Unhealthy .* x2$/, 'C-1: one trigger more or less while the probe still fails'],
  ],
  'startup-fails': [
    [/^~ (?:pods|events)\/p /, `${SECOND_SYNC}; with a period of 1 s each restart is one period later after a second sync (K009)`],
  ],
  'unschedulable-cpu': [[/^- events\/p \d+ Warning FailedScheduling /, 'other cases changed the same nodes, which tries the pod again']],
};

/** Cases of controllers are compared with their recordings elsewhere. */
const OF_CONTROLLERS = /^(?:cronjob|deployment|hpa|job|statefulset|node-lost)-/;

/** Cases that ask for what cannot be said of a container here. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'container-create-error': 'no behaviour lets the creation of a container fail',
  'http-liveness-500-after-5':
    'the server stands beside the pod and stays broken over restarts; rules of a behaviour begin anew with each start',
};

/** The fewest differences over the phases that a real run may have. */
function closestReplay(recording: KubeletRecording, tolerated: readonly Tolerated[]): readonly string[] {
  const recorded = recordedHistory(recording);
  let best: readonly string[] | undefined;
  for (const jitter of [0.1, 0.5, 0.9]) {
    for (let plegMs = 0; plegMs < 1000; plegMs += 125) {
      const all = differencesOf(recorded, replayKubelet(recording, { plegMs, jitter }), SLACK_MS);
      const left = all.filter((difference) => !tolerated.some(([pattern]) => pattern.test(difference)));
      if (left.length === 0) return left;
      if (best === undefined || left.length < best.length) best = left;
    }
  }
  return best ?? [];
}

describe('recorded from the real kubelet', () => {
  it('K107 a pod that a node refuses', () => {
    expect(closestReplay(REFUSED_POD, [])).toEqual([]);
  });

  it('a difference in text, order or time is found', () => {
    const recorded = recordedHistory(REFUSED_POD);
    const [first, second] = recorded.pods.get('p') ?? [];
    if (first === undefined || second === undefined) throw new Error('two states expected');
    const late = { atMs: second.atMs + 2 * SLACK_MS, text: second.text };
    const events = recorded.events;
    expect(differencesOf(recorded, { pods: new Map([['p', [first, late]]]), events }, SLACK_MS)).toHaveLength(1);
    expect(differencesOf(recorded, { pods: new Map([['p', [second, first]]]), events }, SLACK_MS).length).toBeGreaterThan(0);
    expect(differencesOf(recorded, { pods: recorded.pods, events: new Map() }, SLACK_MS)).toHaveLength(1);
  });
});

describe('recorded from the real kubelet, all cases', () => {
  it.each(
    (recordedCases('kubelet') as unknown as readonly KubeletRecording[])
      .filter((item) => !OF_CONTROLLERS.test(item.case) && !Object.hasOwn(NOT_REPLAYED, item.case))
      .map((item) => [item.case, item] as const),
  )('%s', (name, recording) => {
    const differences = closestReplay(recording, TOLERATED[name] ?? []);
    expect(differences, differences.join('\n')).toEqual([]);
  });
});
