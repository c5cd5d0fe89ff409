// Rules of the decision to restart, the reason cache, and the crash back-off (modules 2.6 and 3).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { decideStart } from '../../src/engine/kubelet/pods/crash-loop.ts';
import { createPodCluster, patchPod, podWithBehaviors, presentContainer, watchPod, webPod } from '../support/pods.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';

const CRASH = { run: { for: '50ms', exitCode: 1 } };
const failsAtOnce = { exec: [{ command: 'check', exitCode: 1 }] };
const probe = (kind: string): JsonObject => ({ [kind]: { exec: { command: ['check'] }, periodSeconds: 5, failureThreshold: 2 } });
const secondsOf = (rows: readonly string[]): number[] => rows.map((row) => Number(row.split(' ')[0]));

describe('decision for regular containers', () => {
  it('K301 a container without an instance starts, one that runs is kept', () => {
    expect(secondsOf(watchPod(webPod(), 400).eventRows('Started'))).toEqual([0.8]);
  });

  it('K301 a changed image kills and starts anew, whatever the restart policy', () => {
    const cluster = watchPod(webPod({}, undefined, { restartPolicy: 'Never' }), 10);
    patchPod(cluster, { spec: { containers: [{ name: 'web', image: 'c1t1d0s7/myweb:2' }] } });
    cluster.advanceTo(20);
    expect(cluster.eventRows('Killing')).toEqual(['10 Normal Killing Container web definition changed, will be restarted x1']);
  });

  it.each([
    ['livenessProbe', 'liveness'],
    ['startupProbe', 'startup'],
  ])('K301 K420 K421 a failed %s kills and restarts', (kind, word) => {
    const cluster = watchPod(webPod(probe(kind), failsAtOnce), 12);
    expect(cluster.eventRows('Killing')).toEqual([`10.305 Normal Killing Container web failed ${word} probe, will be restarted x1`]);
    expect(secondsOf(cluster.eventRows('Started'))).toEqual([0.8, 10.455]);
  });

  it.each([
    ['Always', 0, 1],
    ['Always', 3, 1],
    ['OnFailure', 3, 1],
    ['OnFailure', 0, 0],
    ['Never', 3, 0],
  ])('K302 %s after an exit with %i', (restartPolicy, exitCode, restarts) => {
    const cluster = watchPod(webPod({}, { run: [{ for: '3s', exitCode }, {}] }, { restartPolicy }), 30);
    expect(lastPod(cluster).status.containerStatuses?.[0]?.restartCount).toBe(restarts);
  });

  it('K303 with nothing to keep and nothing to start the whole pod is killed, without the grace of the probe', () => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 5, failureThreshold: 2, terminationGracePeriodSeconds: 2 };
    const behavior = { ...failsAtOnce, sigterm: 'ignore' };
    const cluster = watchPod(webPod({ livenessProbe }, behavior, { restartPolicy: 'Never', terminationGracePeriodSeconds: 9 }), 40);
    expect(cluster.eventRows('Killing')).toEqual(['10.305 Normal Killing Stopping container web x1']);
    expect(podWrites(cluster).find((write) => write.includes('Error 137'))).toMatch(/^20 /);
  });

  it('K303 with a container that stays only the failed one is killed', () => {
    const spec = { restartPolicy: 'Never', containers: [presentContainer('bad', probe('livenessProbe')), presentContainer('good')] };
    const cluster = watchPod(podWithBehaviors(spec, { bad: failsAtOnce }), 40);
    expect(cluster.eventRows('Killing')).toEqual(['10.305 Normal Killing Container bad failed liveness probe x1']);
    expect(podWrites(cluster).at(-1)).toMatch(/^11 M Running .* good\(running started ready #0\)$/);
  });

  it('K304 K305 one sync stops, with grace, and starts; meanwhile the container is shown running and ready', () => {
    const behavior = { ...failsAtOnce, sigterm: 'ignore' };
    const cluster = watchPod(webPod(probe('livenessProbe'), behavior, { terminationGracePeriodSeconds: 7 }), 19);
    expect(secondsOf(cluster.eventRows('Started'))).toEqual([0.8, 17.405]);
    const ready = 'Running <sandbox init ready containers> web(running started ready';
    expect(podWrites(cluster).slice(3)).toEqual([`1 M ${ready} #0)`, `18 M ${ready} after Error #1)`]);
    expect(cluster.eventRows('SandboxChanged')).toEqual([]);
  });
});

describe('reason cache', () => {
  it('K202 K240 K241 the end is shown first, and the back-off a sync later', () => {
    expect(podWrites(watchPod(webPod({}, CRASH), 4)).slice(-2)).toEqual([
      '2 M Running <sandbox init> web(Error 1 after Error #1)',
      '3 M Running <sandbox init> web(CrashLoopBackOff after Error #1)',
    ]);
  });

  it('K240 K312 K313 after a probe kill that ended in back-off, the back-off is shown at once', () => {
    const cluster = watchPod(webPod(probe('startupProbe'), failsAtOnce), 70);
    expect(podWrites(cluster).slice(-3)).toEqual([
      '31 M Running <sandbox init> web(running after Completed #3)',
      '41 M Running <sandbox init> web(CrashLoopBackOff after Completed #3)',
      '68 M Running <sandbox init> web(running after Completed #4)',
    ]);
  });
});

describe('crash back-off', () => {
  const entry = (seconds: number, updated: number): { valueMs: number; lastUpdateMs: number } => ({
    valueMs: seconds * 1000,
    lastUpdateMs: updated * 1000,
  });

  it.each<[string, number, number | undefined, ReturnType<typeof entry> | undefined, boolean, number | undefined]>([
    ['nothing has ended: start, the entry stays', 100, undefined, entry(40, 90), true, 40],
    ['the first end: start at once, 10 s from now on', 100, 100, undefined, true, 10],
    ['within the entry: held back', 109.9, 100, entry(10, 50), false, 10],
    ['exactly at its end: start, doubled', 110, 100, entry(10, 50), true, 20],
    ['no more than 300 s', 900, 400, entry(300, 100), true, 300],
    ['an end 600 s after the last restart still counts', 705, 700, entry(80, 100), false, 80],
    ['a later one begins anew', 705, 701, entry(80, 100), true, 10],
  ])('K310 %s', (_title, now, finished, before, start, seconds) => {
    const decision = decideStart(now * 1000, finished === undefined ? undefined : finished * 1000, before);
    expect([decision.start, decision.entry && decision.entry.valueMs / 1000]).toEqual([start, seconds]);
  });

  it('K311 K315 the entries are 10, 20, 40, 80, 160, and 300 s from then on', () => {
    const cluster = watchPod(webPod({}, CRASH), 1200);
    const messages = cluster.changes
      .filter((change) => change.resource === 'pods')
      .map((change) => JSON.stringify(change.object).match(/back-off (\S+) restarting failed container=web pod=web_default\(/)?.[1])
      .filter((value) => value !== undefined);
    expect(messages).toEqual(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s', '5m0s']);
  });

  it('K311 a changed image begins a new entry', () => {
    const cluster = watchPod(webPod({}, CRASH), 100);
    patchPod(cluster, { spec: { containers: [{ name: 'web', image: 'c1t1d0s7/myweb:2' }] } });
    cluster.advanceTo(104);
    // In back-off until 177 with the old image; the new one starts in the sync of the change.
    expect(secondsOf(cluster.eventRows('Started')).at(-1)).toBeLessThan(102);
  });

  it('K312 the first two restarts by a probe never wait', () => {
    const cluster = watchPod(webPod(probe('livenessProbe'), failsAtOnce), 35);
    expect(secondsOf(cluster.eventRows('Started'))).toEqual([0.8, 10.455, 20.455, 30.455]);
    expect(cluster.eventRows('BackOff')).toEqual([]);
  });

  it('K313 then the wait runs from the end of the killed instance, with the same entry', () => {
    const cluster = watchPod(webPod(probe('livenessProbe'), failsAtOnce), 70);
    expect(secondsOf(cluster.eventRows('Killing')).at(-1)).toBe(40.305);
    // Ended at 40.355 with an entry of 20 s, so that the first retry after 60.355 restarts.
    const restarted = secondsOf(cluster.eventRows('Started')).at(-1) ?? 0;
    expect(restarted).toBeGreaterThan(60.355);
    expect(restarted).toBeLessThan(60.355 + 16);
  });

  it('K123 K314 a first crash restarts at once, the next ones at the first retry after 10, 20 and 40 s', () => {
    const started = secondsOf(watchPod(webPod({}, CRASH), 100).eventRows('Started'));
    expect(started).toEqual([0.8, 1.1, 16.6, 43.6, 96.6]);
  });

  it('K316 an entry goes 600 s after the last restart, also while the container waits', () => {
    const run = [...Array.from({ length: 4 }, () => ({ for: '50ms', exitCode: 1 })), { for: '540s', exitCode: 1 }];
    const cluster = watchPod(webPod({}, { run }), 705);
    // Without housekeeping the container would wait for 80 s after its end at 636.6.
    expect(secondsOf(cluster.eventRows('Started')).at(-1)).toBe(702.6);
  });

  it('K317 lives of more than 600 s never end in back-off', () => {
    expect(watchPod(webPod({}, { run: { for: '601s', exitCode: 1 } }), 4000).eventRows('BackOff')).toEqual([]);
  });

  it('K318 K319 a success backs off like a failure, the pod runs on, and the count stays while it waits', () => {
    expect(podWrites(watchPod(webPod({}, { run: { for: '3s', exitCode: 0 } }), 24)).slice(-3)).toEqual([
      '8 M Running <sandbox init> web(Completed 0 after Completed #1)',
      '21.5 M Running <sandbox init> web(CrashLoopBackOff after Completed #1)',
      '22 M Running <sandbox init ready containers> web(running started ready after Completed #2)',
    ]);
  });

  // Syncs that are known to find the same are not computed by the exact clock, whatever else the pod has.
  const bad = presentContainer('bad');
  const probed = presentContainer('good', { ...probe('readinessProbe'), ...probe('livenessProbe') });
  it.each<[string, JsonObject, Record<string, JsonObject>]>([
    ['alone', { containers: [bad] }, { bad: CRASH }],
    ['beside one with probes', { containers: [bad, probed] }, { bad: CRASH, good: { exec: [{ command: 'check', exitCode: 0 }] } }],
    [
      'beside one that is not ready',
      { containers: [bad, presentContainer('good', probe('readinessProbe'))] },
      { bad: CRASH, good: failsAtOnce },
    ],
    [
      'beside one that fails later',
      { containers: [bad, probed] },
      { bad: CRASH, good: { exec: [{ command: 'check', exitCode: 1, from: '200s' }] } },
    ],
    [
      'beside one whose liveness alone fails',
      { containers: [bad, presentContainer('good', probe('livenessProbe'))] },
      { bad: CRASH, good: { exec: [{ command: 'check', exitCode: 1, from: '200s' }] } },
    ],
    [
      'before another sidecar',
      {
        initContainers: ['bad', 'worse'].map((name) => ({ ...presentContainer(name), restartPolicy: 'Always' })),
        containers: [presentContainer('good')],
      },
      { bad: { run: [{ for: '300s' }, CRASH.run] }, worse: CRASH },
    ],
    ['before the others', { initContainers: [bad], containers: [probed] }, { bad: CRASH }],
    ['as a sidecar', { initContainers: [{ ...bad, restartPolicy: 'Always' }], containers: [presentContainer('good')] }, { bad: CRASH }],
    ['until the deadline', { activeDeadlineSeconds: 420, containers: [bad] }, { bad: CRASH }],
  ])('K240 K315 a container in back-off %s: what is skipped changes nothing', (_, spec, behaviors) => {
    const [exact, reference] = (['exact', 'reference'] as const).map((clockMode) => {
      const cluster = createPodCluster({ clockMode });
      cluster.apply(podWithBehaviors(spec, behaviors));
      cluster.advanceTo(700);
      return cluster;
    });
    expect(exact?.eventRows('BackOff').length).toBeGreaterThan(5);
    expect(exact?.eventRows()).toEqual(reference?.eventRows());
    expect(exact?.state.digest).toEqual(reference?.state.digest);
  });
});
