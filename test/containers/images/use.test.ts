// What a cluster says of an image leaves the rest to the catalogue (K929).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../../src/engine/apiserver/api.ts';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import { podKind } from '../../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { usageOfPod } from '../../../src/engine/kubelet/node/usage.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

function podOf(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', ...container }], ...spec } };
}

/** A cluster with one pod of an image, of which it says something. */
function open(image: string, behavior: JsonObject, more: JsonObject = {}): PodCluster {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.run({ type: 'image', reference: image, behavior });
  cluster.apply(podOf('p', { image, ...more }));
  cluster.advanceTo(20);
  return cluster;
}

function podNamed(cluster: PodCluster): Pod {
  const pod = getObject(cluster.state, podKind, 'default', 'p');
  if (pod === undefined) throw new Error('no pod');
  return pod;
}

/** What a script in another pod prints; `$IP` is the pod's address. */
function asked(cluster: PodCluster, script: string): string {
  const env = [{ name: 'IP', value: podNamed(cluster).status.podIP ?? '' }];
  const restartPolicy = 'Never';
  cluster.apply({
    ...podOf('asker', { image: 'registry.k8s.io/busybox', command: ['sh', '-c', script], env }, { restartPolicy }),
  });
  cluster.advanceTo(60);
  const log = readPodLog(cluster.state, { namespace: 'default', name: 'asker', container: 'c', isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text).join(' ') : (log.status.message ?? '');
}

describe('K929 what a cluster says that an image uses', () => {
  it('is used by what the image is known for', () => {
    const cluster = open('nginx', { cpu: '300m', memory: '50Mi' });
    expect(usageOfPod(cluster.state, podNamed(cluster))?.containers).toMatchObject([
      { cpuNano: 300_000_000, memoryBytes: 50 * 1024 * 1024 },
    ]);
    expect(asked(cluster, 'wget -qO- http://$IP/ | grep -c Welcome; nc -z $IP 81 || echo closed')).toBe('2 closed');
  });

  it('changes nothing of a script', () => {
    const cluster = open('busybox', { cpu: '1' }, { command: ['sh', '-c', 'sleep 5; exit 3'] });
    expect(podNamed(cluster).status.containerStatuses?.[0]?.lastState.terminated?.exitCode).toBe(3);
  });

  it('is for all that is not said otherwise: the ports of the catalogue', () => {
    expect(asked(open('redis', { startup: '1s' }), 'nc -z $IP 6379 && echo open')).toBe('open');
    const other = open('redis', { startup: '1s', ports: [7000] });
    expect(asked(other, 'nc -z $IP 6379 || echo closed; nc -z $IP 7000 && echo open')).toBe('closed open');
  });

  it('is forgotten where the pod says what its container does', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.run({ type: 'image', reference: 'nginx', behavior: { cpu: '300m' } });
    const pod = podOf('p', { image: 'nginx' });
    const annotations = { 'orrery.sim/behavior.c': '{"cpu": "20m"}' };
    cluster.apply({ ...pod, metadata: { name: 'p', annotations } } as unknown as JsonObject);
    cluster.advanceTo(20);
    expect(usageOfPod(cluster.state, podNamed(cluster))?.containers).toMatchObject([{ cpuNano: 20_000_000 }]);
  });
});
