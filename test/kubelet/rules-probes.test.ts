// Rules of probes (module 4).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';
import { createPodCluster, type PodCluster, podWithBehaviors, presentContainer, watchPod, webPod } from '../support/pods.ts';

const http = (path: string, more: JsonObject = {}): JsonObject => ({ httpGet: { path, port: 8080 }, ...more });
const rowsOf = (cluster: PodCluster, reason: string): string[] => cluster.eventRows(reason).map((row) => row.replace(/ x\d+$/, ''));
const secondsOf = (rows: readonly string[]): number[] => rows.map((row) => Number(row.split(' ')[0]));

/** Why a pod with this container is refused. */
function refusal(container: JsonObject, isInit = false): string {
  const own = { name: 'c', image: 'i', ...container };
  const spec = isInit ? { initContainers: [own], containers: [{ name: 'd', image: 'i' }] } : { containers: [own] };
  const { outcome } = createPodCluster().run({
    type: 'request',
    request: {
      verb: 'create',
      resource: 'pods',
      namespace: 'default',
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as unknown as JsonObject,
      options: {},
    },
  });
  return outcome.ok ? 'accepted' : (outcome.status.message ?? '');
}

describe('fields', () => {
  it('K401 plain init containers have neither probes nor hooks, sidecars do', () => {
    const livenessProbe = http('/');
    expect(refusal({ livenessProbe }, true)).toContain(
      'initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    );
    expect(refusal({ lifecycle: { preStop: { exec: { command: ['a'] } } } }, true)).toContain(
      'initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
    );
    expect(refusal({ livenessProbe, restartPolicy: 'Always' }, true)).toBe('accepted');
  });

  it('K402 what is left out or 0 has its default', () => {
    const livenessProbe = { httpGet: { port: 8080 }, periodSeconds: 0, timeoutSeconds: 0, failureThreshold: 0, successThreshold: 0 };
    const probe = lastPod(watchPod(webPod({ livenessProbe }), 0)).spec.containers[0]?.livenessProbe;
    expect(probe).toEqual({
      httpGet: { path: '/', port: 8080, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it.each<[string, JsonObject, string]>([
    ['no handler', { livenessProbe: {} }, 'livenessProbe: Required value: must specify a handler type'],
    [
      'two handlers',
      { livenessProbe: { ...http('/'), tcpSocket: { port: 1 } } },
      'livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      'a negative number',
      { livenessProbe: http('/', { periodSeconds: -1 }) },
      'periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'two successes for liveness',
      { livenessProbe: http('/', { successThreshold: 2 }) },
      'livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'two successes for startup',
      { startupProbe: http('/', { successThreshold: 2 }) },
      'startupProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'no grace',
      { livenessProbe: http('/', { terminationGracePeriodSeconds: 0 }) },
      'terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      'a grace of readiness',
      { readinessProbe: http('/', { terminationGracePeriodSeconds: 5 }) },
      'readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
    ],
  ])('K403 refuses %s', (_name, container, text) => expect(refusal(container)).toContain(text));
});

describe('the life of a worker', () => {
  it('K404 K405 K406 K414 ticks count from the first sync, before the image is there, and restarts do not move them', () => {
    const livenessProbe = http('/health?code=404', { periodSeconds: 10, failureThreshold: 3 });
    const slow = webPod({ image: 'example.com/app:1', imagePullPolicy: 'IfNotPresent', livenessProbe }, { pull: { duration: '7s' } });
    const cluster = watchPod(slow, 100);
    // The first sync makes the worker when volumes are mounted, at 0.3; the container runs from 7.8 on and is seen at 8.
    expect(secondsOf(rowsOf(cluster, 'Unhealthy')).slice(0, 6)).toEqual([10.305, 20.305, 30.305, 40.305, 50.305, 60.305]);
    expect(secondsOf(rowsOf(cluster, 'Killing')).slice(0, 2)).toEqual([30.305, 60.305]);
  });

  it('K405 a kubelet that has just come up begins within one period', () => {
    const livenessProbe = http('/health?code=404', { periodSeconds: 10 });
    const pod = webPod({ livenessProbe });
    expect(secondsOf(rowsOf(watchPod(pod, 20, { timing: { workerJitter: 0.5, proberStartJitter: '4s' } }), 'Unhealthy'))).toEqual([
      4.305, 14.305,
    ]);
  });

  it('K404 workers end with their pod', () => {
    const livenessProbe = http('/health?code=404', { periodSeconds: 5, failureThreshold: 100 });
    const cluster = watchPod(webPod({ livenessProbe }, { run: { for: '12s', exitCode: 0 } }, { restartPolicy: 'Never' }), 60);
    expect(secondsOf(rowsOf(cluster, 'Unhealthy'))).toEqual([5.305, 10.305]);
  });

  it('K407 a pass that lasts longer than the period swallows ticks', () => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 2, timeoutSeconds: 10, failureThreshold: 100 };
    const cluster = watchPod(webPod({ livenessProbe }, { exec: [{ command: 'check', exitCode: 1, latency: '5s' }] }), 20);
    const gaps = secondsOf(rowsOf(cluster, 'Unhealthy')).map((at, index, all) => at - (all[index - 1] ?? at));
    // One tick waits for the end of the pass, and the next pass begins there.
    expect(gaps.slice(1).map((gap) => gap.toFixed(1))).toEqual(gaps.slice(1).map(() => '5.0'));
    expect(gaps.length).toBeGreaterThanOrEqual(3);
  });
});

describe('results', () => {
  it('K411 K426 K427 without probes a container is ready when it is first seen; with one it is not until it has answered', () => {
    expect(podWrites(watchPod(webPod(), 5)).at(-1)).toMatch(/^1 M Running .*web\(running started ready #0\)$/);
    const probed = podWrites(watchPod(webPod({ readinessProbe: http('/') }), 5));
    expect(probed.find((write) => write.includes('running'))).toMatch(/^1 M Running .*web\(running started #0\)$/);
    const gated = podWrites(watchPod(webPod({ startupProbe: http('/health?code=500') }), 5));
    expect(gated.at(-1)).toMatch(/web\(running #0\)$/);
  });

  it('K412 K422 only a change of the result is written, at the instant of the probe', () => {
    const pod = webPod(
      { readinessProbe: http('/ready', { periodSeconds: 5 }) },
      { http: [{ path: '/ready', status: 500, from: '20s', until: '40s' }] },
    );
    const writes = podWrites(watchPod(pod, 60)).filter((write) => write.includes('running'));
    expect(writes.map((write) => write.includes('ready #0'))).toEqual([false, true, false, true]);
  });

  it('K423 while a container is not ready each sync asks at once and starts its ticks anew', () => {
    const pod = webPod(
      { readinessProbe: http('/ready', { periodSeconds: 30 }) },
      { http: [{ path: '/ready', status: 500, until: '10s' }] },
    );
    const cluster = watchPod(pod, 60);
    const failures = secondsOf(rowsOf(cluster, 'Unhealthy'));
    expect(failures).toEqual([2.005, 3.005]);
    expect(podWrites(cluster).find((write) => write.includes('ready #0'))).toMatch(/^33\.005 /);
  });

  it('K428 K431 liveness and readiness wait for startup, and readiness follows at the next relist', () => {
    const pod = webPod({
      startupProbe: http('/', { periodSeconds: 3 }),
      livenessProbe: http('/health?code=500', { periodSeconds: 3, failureThreshold: 100 }),
    });
    const cluster = watchPod(pod, 12);
    const writes = podWrites(cluster).filter((write) => write.includes('running'));
    expect(writes.map((write) => write.replace(/ .*web/, ' web'))).toEqual([
      '1 web(running #0)',
      '3.305 web(running started #0)',
      '4 web(running started ready #0)',
    ]);
    expect(secondsOf(rowsOf(cluster, 'Unhealthy'))[0]).toBe(6.305);
  });
});

describe('the handlers', () => {
  const unhealthy = (container: JsonObject, behavior: JsonObject): string | undefined =>
    rowsOf(watchPod(webPod(container, behavior), 12), 'Unhealthy')[0]?.replace(/^[\d.]+ Warning Unhealthy /, '');

  it('K432 each failure says which probe failed and how', () => {
    expect(unhealthy({ livenessProbe: http('/health?code=404') }, {})).toBe(
      'Liveness probe failed: HTTP probe failed with statuscode: 404',
    );
    expect(unhealthy({ readinessProbe: http('/health?code=503') }, {})).toBe(
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
    expect(
      unhealthy({ startupProbe: { exec: { command: ['check'] } } }, { exec: [{ command: 'check', exitCode: 1, output: 'no luck' }] }),
    ).toBe('Startup probe failed: no luck');
  });

  it('K433 redirects to the same host are followed, to another they are a warning that counts as success', () => {
    const pod = webPod(
      { readinessProbe: http('/away') },
      { http: [{ path: '/away', status: 302, location: 'http://elsewhere.example/' }] },
    );
    const cluster = watchPod(pod, 12);
    expect(rowsOf(cluster, 'ProbeWarning')[0]).toContain('Warning ProbeWarning Readiness probe warning: Probe terminated redirects');
    expect(podWrites(cluster).at(-1)).toContain('ready #0');
    const home = webPod({ readinessProbe: http('/home') }, { http: [{ path: '/home', status: 302, location: '/' }] });
    expect(podWrites(watchPod(home, 12)).at(-1)).toContain('ready #0');
    const round = webPod({ readinessProbe: http('/round') }, { http: [{ path: '/round', status: 302, location: '/round' }] });
    expect(rowsOf(watchPod(round, 12), 'Unhealthy')[0]).toContain('stopped after 10 redirects');
  });

  it('K434 probes ask the address of the pod: one container may answer for another', () => {
    const asked = presentContainer('asked', { readinessProbe: { httpGet: { path: '/', port: 9000 } } });
    const answering = { ...presentContainer('answering'), ports: [{ containerPort: 9000 }] };
    const cluster = watchPod(podWithBehaviors({ containers: [asked, answering] }), 12);
    expect(podWrites(cluster).at(-1)).toMatch(/answering\(running started ready #0\) asked\(running started ready #0\)$/);
  });

  it('K430 K435 a probe that errs, here because its container has just ended, counts as nothing', () => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 5, failureThreshold: 1 };
    const cluster = watchPod(
      webPod({ livenessProbe }, { run: { for: '9.3s', exitCode: 1 }, exec: [{ command: 'check', exitCode: 0 }] }),
      13,
    );
    expect(rowsOf(cluster, 'Unhealthy')).toEqual([
      expect.stringMatching(
        /^10\.3\d* Warning Unhealthy Liveness probe errored and resulted in unknown state: rpc error: code = NotFound desc = /,
      ),
    ]);
    expect(rowsOf(cluster, 'Killing')).toEqual([]);
  });

  it('K435 K432 a probe that errs again and again, here for a port that nobody names, kills nobody and makes nobody ready', () => {
    const probe = { httpGet: { path: '/', port: 'nobody' }, periodSeconds: 5, failureThreshold: 1 };
    const alive = watchPod(webPod({ livenessProbe: probe }), 60);
    expect(rowsOf(alive, 'Unhealthy')[0]).toMatch(/Warning Unhealthy Liveness probe errored and resulted in unknown state: /);
    expect(rowsOf(alive, 'Killing')).toEqual([]);
    expect(alive.podRows().at(-1)).toMatch(/ 1\/1 Running 0$/);
    const unready = watchPod(webPod({ readinessProbe: probe }), 60);
    expect(unready.podRows().at(-1)).toMatch(/ 0\/1 Running 0$/);
  });

  it('K436 the grace of a probe is that of its kill, unless the pod is deleted', () => {
    const livenessProbe = http('/health?code=500', { periodSeconds: 5, failureThreshold: 1, terminationGracePeriodSeconds: 3 });
    const cluster = watchPod(webPod({ livenessProbe }, { sigterm: 'ignore' }, { terminationGracePeriodSeconds: 25 }), 15);
    const [killed = 0] = secondsOf(rowsOf(cluster, 'Killing'));
    const restarted = secondsOf(rowsOf(cluster, 'Started'))[1] ?? 0;
    expect(restarted - killed).toBeCloseTo(3.1, 2);
    const deleted = watchPod(
      webPod(
        { livenessProbe: { ...livenessProbe, initialDelaySeconds: 500 } },
        { sigterm: 'ignore' },
        { terminationGracePeriodSeconds: 25 },
      ),
      10,
    );
    deleted.remove('web');
    deleted.advanceTo(60);
    const gone = Number(podWrites(deleted).at(-1)?.split(' ')[0]);
    expect(gone).toBeGreaterThan(35);
  });
});

describe('around restarts and the end', () => {
  it('K440 a container in back-off is not probed', () => {
    const livenessProbe = http('/', { periodSeconds: 2, failureThreshold: 1 });
    const cluster = watchPod(
      webPod({ livenessProbe, readinessProbe: http('/', { periodSeconds: 2 }) }, { run: { for: '50ms', exitCode: 1 } }),
      120,
    );
    expect(rowsOf(cluster, 'Unhealthy')).toEqual([]);
    expect(rowsOf(cluster, 'Killing')).toEqual([]);
  });

  it('K441 a container that ends by itself is not killed for it', () => {
    const livenessProbe = http('/', { periodSeconds: 2, failureThreshold: 1 });
    const cluster = watchPod(webPod({ livenessProbe }, { run: { for: '7s', exitCode: 1 } }), 60);
    expect(rowsOf(cluster, 'Killing')).toEqual([]);
    expect(lastPod(cluster).status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
  });

  it('K442 while a pod goes, readiness is asked on and liveness is not', () => {
    const pod = webPod(
      { livenessProbe: http('/live', { periodSeconds: 2, failureThreshold: 100 }), readinessProbe: http('/ready', { periodSeconds: 2 }) },
      {
        sigterm: 'ignore',
        http: [
          { path: '/live', status: 500, from: '10s' },
          { path: '/ready', status: 500, from: '10s' },
        ],
      },
    );
    const cluster = watchPod(pod, 8);
    cluster.remove('web');
    cluster.advanceTo(30);
    const kinds = new Set(rowsOf(cluster, 'Unhealthy').map((row) => row.split(' ')[3]));
    expect([...kinds]).toEqual(['Readiness']);
  });
});
