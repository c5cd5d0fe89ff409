// Containers that share their processes (K935).

import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

const IMAGES = { imagePull: '0s', workerJitter: 0.5 };

function open(spec: JsonObject, ...containers: readonly JsonObject[]): PodCluster {
  const cluster = createPodCluster({ timing: IMAGES });
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...spec, containers: [...containers] } });
  cluster.advanceTo(60);
  return cluster;
}

function logged({ state }: PodCluster, container: string): readonly string[] {
  const log = readPodLog(state, { namespace: 'default', name: 'p', container, isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text) : [];
}

const SERVER = { name: 'web', image: 'nginx' };
const shell = (script: string, name = 'shell'): JsonObject => ({ name, image: 'busybox', command: ['sh', '-c', script] });

it('K935 each sees those of all, behind that of the sandbox', () => {
  const cluster = open({ shareProcessNamespace: true }, SERVER, shell('sleep 5; ps; pidof pause; pgrep -o nginx; exec sleep 1000'));
  const lines = logged(cluster, 'shell').map((line) => line.replace(/\s+/g, ' ').trim());
  expect(lines.slice(0, 4)).toEqual([
    'PID USER TIME COMMAND',
    '1 root 0:00 /pause',
    '7 root 0:00 nginx: master process nginx -g daemon off;',
    expect.stringMatching(/^13 root 0:00 sh -c sleep 5; ps/),
  ]);
  expect(lines.slice(-2)).toEqual(['1', '7']);
});

it('K935 and may send it signals, by the numbers that are shown', () => {
  const cluster = open(
    { shareProcessNamespace: true },
    SERVER,
    shell('sleep 20; kill -HUP 7; echo $?; kill -0 99; kill $(pgrep -o nginx); sleep 1000 & kill $!; exec sleep 1000'),
  );
  expect(logged(cluster, 'shell')).toEqual(['0', "kill: can't kill pid 99: No such process"]);
  expect(cluster.podRows().some((row) => row.includes('2/2 Running 1'))).toBe(true);
});

it('K935 a container that debugs another sees its processes, by their own numbers', () => {
  const cluster = open({}, SERVER, shell('exec sleep 1000', 'other'));
  const debug = { name: 'debug', targetContainerName: 'web', ...shell('ps; kill 1; exec sleep 1000', 'debug') };
  cluster.run({
    type: 'request',
    request: {
      verb: 'patch',
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      subresource: 'ephemeralcontainers',
      patchType: 'strategic',
      body: { spec: { ephemeralContainers: [debug] } },
      options: {},
    },
  });
  cluster.advanceTo(120);
  const lines = logged(cluster, 'debug').map((line) => line.replace(/\s+/g, ' ').trim());
  expect(lines.slice(1)).toEqual([
    '1 root 0:00 nginx: master process nginx -g daemon off;',
    expect.stringMatching(/^7 root 0:00 sh -c ps/),
    expect.stringMatching(/ ps$/),
  ]);
  expect(cluster.podRows().some((row) => row.includes('2/2 Running 1'))).toBe(true);
});

it('K935 others see their own alone', () => {
  const cluster = open({}, SERVER, shell('sleep 5; ps | tail -n +2; exec sleep 1000'));
  expect(logged(cluster, 'shell').join('\n')).not.toContain('nginx');
});
