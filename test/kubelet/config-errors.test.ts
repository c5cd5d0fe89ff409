// Pods whose ConfigMaps and Secrets are missing: what they wait for, what events say, and when they start. On both clocks.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { createPodCluster, type PodCluster, webPod } from '../support/pods.ts';

const BEGIN = ['0 0/1 Pending 0', '0 0/1 Pending 0', '0 0/1 ContainerCreating 0'];

const configMap = (data: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });
const secret = (stringData: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData });
const variable = (valueFrom: JsonObject): JsonObject => ({ env: [{ name: 'A', valueFrom }] });
/** A pod whose container mounts a volume `v` of this source at `/v`. */
const podWithVolume = (source: JsonObject, more: readonly JsonObject[] = []): JsonObject =>
  webPod({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, undefined, { volumes: [{ name: 'v', ...source }, ...more] });

function waitingOf(cluster: PodCluster): unknown {
  const pod = getObject(cluster.state, podKind, 'default', 'web') as Pod;
  return pod.status.containerStatuses?.[0]?.state.waiting;
}

function removeObject(cluster: PodCluster, resource: string, name: string): void {
  cluster.run({ type: 'request', request: { verb: 'delete', resource, namespace: 'default', name, options: {} } });
}

describe.each(['exact', 'reference'] as const)('CreateContainerConfigError (%s clock)', (clockMode) => {
  it.each<[string, JsonObject, JsonObject | undefined]>([
    ['configmap "settings" not found', { envFrom: [{ configMapRef: { name: 'settings' } }] }, undefined],
    ['configmap "settings" not found', variable({ configMapKeyRef: { name: 'settings', key: 'color' } }), undefined],
    [
      "couldn't find key color in ConfigMap default/settings",
      variable({ configMapKeyRef: { name: 'settings', key: 'color' } }),
      configMap({}),
    ],
    ['secret "keys" not found', variable({ secretKeyRef: { name: 'keys', key: 'token' } }), undefined],
    ["couldn't find key token in Secret default/keys", variable({ secretKeyRef: { name: 'keys', key: 'token' } }), secret({ a: 'b' })],
    ['missing value for NAME', { volumeMounts: [{ name: 'v', mountPath: '/v', subPathExpr: '$(NAME)' }] }, undefined],
  ])('K233 %s', (message, container, object) => {
    const cluster = createPodCluster({ clockMode });
    if (object !== undefined) cluster.apply(object);
    cluster.apply(webPod(container, undefined, { volumes: [{ name: 'v', emptyDir: {} }] }));
    cluster.advanceTo(2);
    expect(waitingOf(cluster)).toEqual({ reason: 'CreateContainerConfigError', message });
    expect(cluster.eventRows('Failed')).toEqual([`0.7 Warning Failed Error: ${message} x1`, `1 Warning Failed Error: ${message} x2`]);
    expect(cluster.podRows()).toEqual([...BEGIN, '1 0/1 CreateContainerConfigError 0']);
  });

  it('K233 K123 is retried after 10 to 15 seconds and starts at the first retry that finds the object', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(webPod({ envFrom: [{ configMapRef: { name: 'settings' } }] }));
    cluster.advanceTo(20);
    cluster.apply(configMap({ color: 'blue' }));
    cluster.advanceTo(60);
    expect(cluster.eventRows().filter((row) => /Pulled|Failed|Created|Started/.test(row))).toEqual([
      '0.7 Normal Pulled Container image "c1t1d0s7/myweb" already present on machine x1',
      '0.7 Warning Failed Error: configmap "settings" not found x1',
      '1 Normal Pulled Container image "c1t1d0s7/myweb" already present on machine x2',
      '1 Warning Failed Error: configmap "settings" not found x2',
      '14.5 Normal Pulled Container image "c1t1d0s7/myweb" already present on machine x3',
      '14.5 Warning Failed Error: configmap "settings" not found x3',
      '27.5 Normal Pulled Container image "c1t1d0s7/myweb" already present on machine x4',
      '27.6 Normal Created Created container: web x1',
      '27.6 Normal Started Started container web x1',
    ]);
    expect(cluster.podRows()).toEqual([...BEGIN, '1 0/1 CreateContainerConfigError 0', '28 1/1 Running 0']);
  });

  it('K233 optional references are skipped', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(webPod({ envFrom: [{ secretRef: { name: 'keys', optional: true } }] }));
    cluster.advanceTo(2);
    expect(cluster.podRows()).toEqual([...BEGIN, '1 1/1 Running 0']);
  });

  it('K514 K516 a deleted pod that never started goes with the next relist', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(webPod({ envFrom: [{ configMapRef: { name: 'settings' } }] }));
    cluster.advanceTo(5);
    cluster.remove('web');
    cluster.advanceTo(10);
    expect(cluster.podRows().at(-1)).toBe('6.3 DELETED');
    expect(cluster.eventRows('Failed').at(-1)).toMatch(/^1 /);
  });
});

describe.each(['exact', 'reference'] as const)('FailedMount (%s clock)', (clockMode) => {
  const MISSING = 'MountVolume.SetUp failed for volume "v" : secret "keys" not found';

  it('K211 is repeated after 0.5 seconds, doubling to 122, while the pod stays ContainerCreating', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(podWithVolume({ secret: { secretName: 'keys' } }));
    cluster.advanceTo(510);
    expect(cluster.eventRows('FailedMount')).toEqual(
      [0.3, 0.8, 1.8, 3.8, 7.8, 15.8, 31.8, 63.8, 127.8, 249.8, 371.8, 493.8].map(
        (second, index) => `${second} Warning FailedMount ${MISSING} x${index + 1}`,
      ),
    );
    expect(cluster.podRows()).toEqual(BEGIN);
    expect(cluster.eventRows().filter((row) => /Pull|Failed /.test(row))).toEqual([]);
  });

  it('K210 the sync that waits goes on at the next look after the mount succeeded', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(podWithVolume({ secret: { secretName: 'keys' } }));
    cluster.advanceTo(5);
    cluster.apply(secret({ token: 'x' }));
    cluster.advanceTo(20);
    // Mounted at 7.8, which is a multiple of 0.3; sandbox and container take half a second.
    expect(cluster.eventRows('Started')).toEqual(['8.3 Normal Started Started container web x1']);
    expect(cluster.podRows()).toEqual([...BEGIN, '9 1/1 Running 0']);
  });

  it('K210 after 123 seconds the sync fails silently, and the next one finds what was mounted meanwhile', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(podWithVolume({ secret: { secretName: 'keys' } }));
    cluster.advanceTo(125);
    cluster.apply(secret({ token: 'x' }));
    cluster.advanceTo(200);
    // The mount succeeds at 127.8; the retry comes 12.5 s after 123, with the next tick.
    expect(cluster.eventRows('Started')).toEqual(['137 Normal Started Started container web x1']);
  });

  it('K114 a deletion interrupts the wait', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(podWithVolume({ secret: { secretName: 'keys' } }));
    cluster.advanceTo(10);
    cluster.remove('web');
    cluster.advanceTo(13);
    expect(cluster.podRows().at(-1)).toBe('12.3 DELETED');
    expect(cluster.eventRows('FailedMount').at(-1)).toMatch(/^7.8 /);
  });

  it.each<[string, JsonObject, JsonObject | undefined]>([
    ['configmap "settings" not found', { configMap: { name: 'settings' } }, undefined],
    [
      'configmap references non-existent config key: color',
      { configMap: { name: 'settings', items: [{ key: 'color', path: 'c' }] } },
      configMap({}),
    ],
    [
      'references non-existent secret key: token',
      { secret: { secretName: 'keys', items: [{ key: 'token', path: 't' }] } },
      secret({ a: 'b' }),
    ],
    [
      '[configmap "settings" not found, secret "keys" not found]',
      { projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'keys' } }] } },
      undefined,
    ],
    ['hostPath type check failed: /data is not a directory', { hostPath: { path: '/data', type: 'Directory' } }, undefined],
    ['hostPath type check failed: /etc is not a file', { hostPath: { path: '/etc', type: 'File' } }, undefined],
  ])('K211 %s', (error, source, object) => {
    const cluster = createPodCluster({ clockMode });
    if (object !== undefined) cluster.apply(object);
    cluster.apply(podWithVolume(source));
    cluster.advanceTo(0.5);
    expect(cluster.eventRows('FailedMount')).toEqual([`0.3 Warning FailedMount MountVolume.SetUp failed for volume "v" : ${error} x1`]);
  });

  it('K211 a volume that no container mounts is not set up', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(podWithVolume({ emptyDir: {} }, [{ name: 'unused', secret: { secretName: 'keys' } }]));
    cluster.advanceTo(2);
    expect(cluster.podRows()).toEqual([...BEGIN, '1 1/1 Running 0']);
  });

  it('K211 a running pod goes on when its source is deleted, and says so from its next resync on', () => {
    const cluster = createPodCluster({ clockMode });
    cluster.apply(secret({ token: 'x' }), podWithVolume({ secret: { secretName: 'keys' } }));
    cluster.advanceTo(100);
    expect(cluster.eventRows('FailedMount')).toEqual([]);
    removeObject(cluster, 'secrets', 'keys');
    cluster.advanceTo(155);
    expect(cluster.eventRows('FailedMount')).toEqual([
      `153.5 Warning FailedMount ${MISSING} x1`,
      `154 Warning FailedMount ${MISSING} x2`,
      `155 Warning FailedMount ${MISSING} x3`,
    ]);
    expect(cluster.podRows()).toEqual([...BEGIN, '1 1/1 Running 0']);
  });
});
