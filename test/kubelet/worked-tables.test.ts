// The worked tables of the kubelet's rules (module 10), row by row, on both clocks.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodClusterOptions, podWithBehaviors, presentContainer, webPod } from '../support/pods.ts';

const CRASH = { run: { for: '50ms', exitCode: 1 } };
const BEGIN = ['0 0/1 Pending 0', '0 0/1 Pending 0', '0 0/1 ContainerCreating 0'];

interface Table {
  readonly title: string;
  readonly pod: JsonObject;
  readonly until: number;
  readonly rows: readonly string[];
  readonly options?: PodClusterOptions;
  /** Second at which the pod is deleted, and with which grace. */
  readonly deleteAt?: number;
  readonly grace?: number;
}

/** Four crashes at once, then a life of so many seconds each time. */
const crashesThenRuns = (seconds: number, crashes = 4): JsonObject => ({
  run: [...Array.from({ length: crashes }, () => ({ for: '50ms', exitCode: 1 })), { for: `${seconds}s`, exitCode: 1 }],
});
const FOUR_CRASHES = [
  '1 0/1 Error 0',
  '2 0/1 Error 1',
  '3 0/1 CrashLoopBackOff 1',
  '17 0/1 Error 2',
  '30.5 0/1 CrashLoopBackOff 2',
  '44 0/1 Error 3',
  '57.5 0/1 CrashLoopBackOff 3',
];
const liveness = (path: string): JsonObject => ({ livenessProbe: { httpGet: { path, port: 8080 } } });

const TABLES: readonly Table[] = [
  {
    title: 'K710 a pod without probes',
    pod: webPod(),
    until: 3600,
    rows: [...BEGIN, '1 1/1 Running 0'],
  },
  {
    title: 'K1001 a liveness probe that always fails',
    pod: webPod({ image: 'example.com/app:1', imagePullPolicy: 'IfNotPresent', ...liveness('/health?code=404') }),
    until: 340,
    options: { timing: { workerJitter: 0.5, proberStartJitter: '4700ms' } },
    rows: [
      ...BEGIN,
      '4 1/1 Running 0',
      '26 1/1 Running 1',
      '56 1/1 Running 2',
      '86 1/1 Running 3',
      '116 1/1 Running 4',
      '146 0/1 CrashLoopBackOff 4',
      '186 1/1 Running 5',
      '216 0/1 CrashLoopBackOff 5',
      '308 1/1 Running 6',
      '336 0/1 CrashLoopBackOff 6',
    ],
  },
  {
    title: 'K1002 a process that exits with 1 at once',
    pod: webPod({}, CRASH),
    until: 1200,
    rows: [
      ...BEGIN,
      '1 0/1 Error 0',
      '2 0/1 Error 1',
      '3 0/1 CrashLoopBackOff 1',
      '17 0/1 Error 2',
      '30.5 0/1 CrashLoopBackOff 2',
      '44 0/1 Error 3',
      '57.5 0/1 CrashLoopBackOff 3',
      '97 0/1 Error 4',
      '110.5 0/1 CrashLoopBackOff 4',
      '189 0/1 Error 5',
      '202.5 0/1 CrashLoopBackOff 5',
      '359 0/1 Error 6',
      '372.5 0/1 CrashLoopBackOff 6',
      '672 0/1 Error 7',
      '685.5 0/1 CrashLoopBackOff 7',
      '985 0/1 Error 8',
      '998.5 0/1 CrashLoopBackOff 8',
    ],
  },
  {
    title: 'K1003 an exec liveness probe on a shell that ignores SIGTERM',
    pod: webPod(
      { livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 } },
      {
        sigterm: 'ignore',
        exec: [{ command: 'cat', from: '30s', exitCode: 1, output: "cat: can't open '/tmp/healthy': No such file or directory\n" }],
      },
    ),
    until: 620,
    rows: [
      ...BEGIN,
      '1 1/1 Running 0',
      '76 1/1 Running 1',
      '151 1/1 Running 2',
      '226 1/1 Running 3',
      '301 1/1 Running 4',
      '376 1/1 Running 5',
      '451 0/1 CrashLoopBackOff 5',
      '543 1/1 Running 6',
      '616 1/1 Running 7',
    ],
  },
  {
    title: 'K1004 a startup probe that always fails',
    pod: webPod({ startupProbe: { httpGet: { path: '/health?code=404', port: 8080 } } }),
    until: 225,
    rows: [
      ...BEGIN,
      '1 0/1 Running 0',
      '31 0/1 Running 1',
      '61 0/1 Running 2',
      '91 0/1 Running 3',
      '121 0/1 Running 4',
      '151 0/1 CrashLoopBackOff 4',
      '191 0/1 Running 5',
      '221 0/1 CrashLoopBackOff 5',
    ],
  },
  {
    title: 'K1005 readiness refused until 25 s',
    pod: webPod({ readinessProbe: { httpGet: { port: 8080 } } }, { startup: '24200ms' }),
    until: 300,
    rows: [...BEGIN, '1 0/1 Running 0', '33.005 1/1 Running 0'],
  },
  {
    title: 'K1005 readiness of an application that is always ready',
    pod: webPod({ readinessProbe: { httpGet: { port: 8080 } } }),
    until: 300,
    rows: [...BEGIN, '1 0/1 Running 0', '2.005 1/1 Running 0'],
  },
  {
    title: 'K1006 K718 deletion of a process that ignores SIGTERM',
    pod: webPod({}, { sigterm: 'ignore' }),
    deleteAt: 60,
    until: 120,
    rows: [...BEGIN, '1 1/1 Running 0', '60 1/1 Terminating 0', '90.1 0/1 Error 0', '91.3 0/1 Error 0', '91.3 DELETED'],
  },
  {
    title: 'K1006 K516 deletion of a process that ends at once',
    pod: webPod(),
    deleteAt: 60,
    until: 120,
    rows: [...BEGIN, '1 1/1 Running 0', '60 1/1 Terminating 0', '60.15 0/1 Completed 0', '61.3 0/1 Completed 0', '61.3 DELETED'],
  },
  {
    title: 'K1006 K518 a forced deletion',
    pod: webPod(),
    deleteAt: 60,
    grace: 0,
    until: 120,
    rows: [...BEGIN, '1 1/1 Running 0', '60 1/1 Terminating 0', '60 DELETED'],
  },
  {
    title: 'K1008 OnFailure: two failures, then success',
    pod: webPod(
      {},
      {
        run: [
          { for: '3s', exitCode: 1 },
          { for: '3s', exitCode: 1 },
          { for: '3s', exitCode: 0 },
        ],
      },
      { restartPolicy: 'OnFailure' },
    ),
    until: 100,
    rows: [
      ...BEGIN,
      '1 1/1 Running 0',
      '4 0/1 Error 0',
      '5 1/1 Running 1',
      '8 0/1 Error 1',
      '21.5 0/1 CrashLoopBackOff 1',
      '22 1/1 Running 2',
      '25 0/1 Completed 2',
      '26 0/1 Completed 2',
      '26.1 0/1 Completed 2',
    ],
  },
  {
    title: 'K1008 Never: one run that succeeds',
    pod: webPod({}, { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'Never' }),
    until: 100,
    rows: [...BEGIN, '1 1/1 Running 0', '4 0/1 Completed 0', '5.1 0/1 Completed 0'],
  },
  {
    title: 'K1009 an image that cannot be pulled',
    pod: webPod({ image: 'example.com/app:1', imagePullPolicy: 'IfNotPresent' }, { pull: { duration: '1s', error: 'no such image' } }),
    until: 700,
    rows: [
      ...BEGIN,
      '2 0/1 ErrImagePull 0',
      '15.5 0/1 ImagePullBackOff 0',
      '29.5 0/1 ErrImagePull 0',
      '42.5 0/1 ImagePullBackOff 0',
      '56.5 0/1 ErrImagePull 0',
      '69.5 0/1 ImagePullBackOff 0',
      '109.5 0/1 ErrImagePull 0',
      '122.5 0/1 ImagePullBackOff 0',
      '201.5 0/1 ErrImagePull 0',
      '214.5 0/1 ImagePullBackOff 0',
      '371.5 0/1 ErrImagePull 0',
      '384.5 0/1 ImagePullBackOff 0',
      '684.5 0/1 ErrImagePull 0',
      '697.5 0/1 ImagePullBackOff 0',
    ],
  },
  {
    title: 'K1011 a startup probe that succeeds at its first run',
    pod: webPod({ startupProbe: { httpGet: { port: 8080 } } }),
    until: 60,
    rows: [...BEGIN, '1 0/1 Running 0', '10.305 0/1 Running 0', '11 1/1 Running 0'],
  },
  {
    title: 'K222 an absent image that may not be pulled',
    pod: webPod({ image: 'example.com/app:1' }),
    until: 3,
    rows: [...BEGIN, '1 0/1 ErrImageNeverPull 0'],
  },
  {
    title: 'K1007 two init containers of 5 s, then the pod',
    pod: podWithBehaviors(
      { initContainers: [presentContainer('init-1'), presentContainer('init-2')], containers: [presentContainer('web')] },
      { 'init-1': { run: { for: '5s' } }, 'init-2': { run: { for: '5s' } } },
    ),
    until: 60,
    rows: [
      '0 0/1 Pending 0',
      '0 0/1 Pending 0',
      '0 0/1 Init:0/2 0',
      '1 0/1 Init:0/2 0',
      '6 0/1 Init:1/2 0',
      '7 0/1 Init:1/2 0',
      '12 0/1 PodInitializing 0',
      '13 1/1 Running 0',
    ],
  },
  {
    title: 'K1010 K317 four crashes, then lives of 660 s: never in back-off again',
    pod: webPod({}, crashesThenRuns(660)),
    until: 2100,
    rows: [
      ...BEGIN,
      ...FOUR_CRASHES,
      '97 1/1 Running 4',
      '757 0/1 Error 4',
      '758 1/1 Running 5',
      '1418 0/1 Error 5',
      '1419 1/1 Running 6',
      '2079 0/1 Error 6',
      '2080 1/1 Running 7',
    ],
  },
  {
    title: 'K1010 K316 four crashes, then lives of 540 s: the entry expires during the back-off',
    pod: webPod({}, crashesThenRuns(540)),
    until: 1260,
    rows: [
      ...BEGIN,
      ...FOUR_CRASHES,
      '97 1/1 Running 4',
      '637 0/1 Error 4',
      '650.5 0/1 CrashLoopBackOff 4',
      '703 1/1 Running 5',
      '1243 0/1 Error 5',
      '1256.5 0/1 CrashLoopBackOff 5',
      '1257 1/1 Running 6',
    ],
  },
  {
    title: 'K1010 K316 a life of 400 s after an entry of 300 s: 209 s instead of five minutes',
    pod: webPod({}, crashesThenRuns(400, 6)),
    until: 970,
    rows: [
      ...BEGIN,
      ...FOUR_CRASHES,
      '97 0/1 Error 4',
      '110.5 0/1 CrashLoopBackOff 4',
      '189 0/1 Error 5',
      '202.5 0/1 CrashLoopBackOff 5',
      '359 1/1 Running 6',
      '759 0/1 Error 6',
      '772.5 0/1 CrashLoopBackOff 6',
      '968 1/1 Running 7',
    ],
  },
  {
    title: 'K1012 a liveness restart of a pod with a readiness probe',
    pod: webPod(
      { livenessProbe: { exec: { command: ['check'] } }, readinessProbe: { httpGet: { port: 8080 } } },
      { exec: [{ command: 'check', exitCode: 1, from: '55s' }] },
    ),
    until: 100,
    rows: [...BEGIN, '1 0/1 Running 0', '2.005 1/1 Running 0', '81 0/1 Running 1', '82.005 1/1 Running 1'],
  },
  {
    title: 'K1012 a liveness restart of a pod without one',
    pod: webPod({ livenessProbe: { exec: { command: ['check'] } } }, { exec: [{ command: 'check', exitCode: 1, from: '55s' }] }),
    until: 100,
    rows: [...BEGIN, '1 1/1 Running 0', '81 1/1 Running 1'],
  },
  {
    title: 'K1013 an active deadline of 20 s',
    pod: webPod({}, { sigterm: { after: '50ms', exitCode: 143 } }, { activeDeadlineSeconds: 20 }),
    until: 120,
    rows: [...BEGIN, '1 1/1 Running 0', '20.5 1/1 Running 0', '21.15 0/1 Error 0'],
  },
];

describe.each(['exact', 'reference'] as const)('worked tables on the %s clock', (clockMode) => {
  it.each(TABLES)('$title', ({ pod, until, rows, options, deleteAt, grace }) => {
    const cluster = createPodCluster({ ...options, clockMode });
    cluster.apply(pod);
    if (deleteAt !== undefined) {
      cluster.advanceTo(deleteAt);
      cluster.remove('web', grace);
    }
    cluster.advanceTo(until);
    expect(cluster.podRows()).toEqual(rows);
  });
});

describe('events of the worked tables', () => {
  it('K1001 counts fifteen failed probes and five kills by 145 s', () => {
    const cluster = createPodCluster({ timing: { workerJitter: 0.5, proberStartJitter: '4700ms' } });
    cluster.apply(webPod({ image: 'example.com/app:1', imagePullPolicy: 'IfNotPresent', ...liveness('/health?code=404') }));
    cluster.advanceTo(145.2);
    expect(cluster.eventRows('Unhealthy').at(-1)).toBe(
      '145.005 Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 404 x15',
    );
    expect(cluster.eventRows('Killing').at(-1)).toBe('145.005 Normal Killing Container web failed liveness probe, will be restarted x5');
  });

  it('K231 K235 names the steps of a start', () => {
    const cluster = createPodCluster();
    cluster.apply(webPod({ image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent' }));
    cluster.advanceTo(10);
    expect(cluster.eventRows().map((row) => row.replace(/ x1$/, ''))).toEqual([
      '0 Normal Scheduled Successfully assigned default/web to node-1',
      '0.7 Normal Pulling Pulling image "nginx:1.27"',
      '3.2 Normal Pulled Successfully pulled image "nginx:1.27" in 2.5s (2.5s including waiting). Image size: 72300000 bytes.',
      '3.3 Normal Created Created container: web',
      '3.3 Normal Started Started container web',
    ]);
  });

  it('K315 K236 quotes the back-off entry, and drops what the spam filter has no token for', () => {
    const cluster = createPodCluster();
    cluster.apply(webPod({}, CRASH));
    cluster.advanceTo(1200);
    const counts = cluster.eventRows('BackOff').map((row) => row.replace(/^(\S+) .* x(\d+)$/, '$1 $2'));
    expect(counts.length).toBeLessThan(32);
    expect(counts.slice(-2)).toEqual(['606.5 48', '906.5 71']);
  });

  it('K1013 tells of the deadline four times by 22 s', () => {
    const cluster = createPodCluster();
    cluster.apply(webPod({}, { sigterm: { after: '50ms', exitCode: 143 } }, { activeDeadlineSeconds: 20 }));
    cluster.advanceTo(22);
    expect(cluster.eventRows('DeadlineExceeded').map((row) => row.replace(/ Normal .* x/, ' x'))).toEqual([
      '20.5 x1',
      '21 x2',
      '21.15 x3',
      '22 x4',
    ]);
  });
});
