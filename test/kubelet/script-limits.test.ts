// Scripts in containers that want too much: what becomes of the container, of the clock, and of the others.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import {
  type AdvanceGoal,
  allRecords,
  executeSlice,
  markStored,
  restoreState,
  snapshotHeader,
  stateHash,
} from '../../src/engine/cluster/index.ts';
import { CLUSTER_MEMORY_MAX, WORK_PER_INSTANT_MAX, WORK_PER_SLICE_MAX } from '../../src/engine/kernel/limits.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { readExec } from '../../src/engine/kubelet/clients/exec-sessions.ts';
import { podWorkers } from '../../src/engine/kubelet/model.ts';
import { readLog } from '../../src/engine/containers/processes/logs.ts';
import { createPodCluster, type PodCluster, START_MS } from '../support/pods.ts';

function script(name: string, text: string, container: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  const main: JsonObject = { name: 'main', image: 'busybox:1.36', command: ['sh', '-c', text], ...container };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [main], ...spec } };
}

const never: JsonObject = { restartPolicy: 'Never' };

function podOf(state: ClusterState, name: string): Pod {
  const pod = getObject(state, podKind, 'default', name);
  if (pod === undefined) throw new Error(`no pod ${name}`);
  return pod;
}

const endOf = (cluster: PodCluster, name: string) => podOf(cluster.state, name).status.containerStatuses?.[0]?.state.terminated;

function logOf(cluster: PodCluster, name: string): string[] {
  const instance = podWorkers.get(cluster.state, podOf(cluster.state, name).metadata.uid)?.runtime.instances.at(-1);
  return instance === undefined ? [] : readLog(cluster.state, instance).map(({ text }) => text);
}

function started(seconds: number, ...objects: readonly JsonObject[]): PodCluster {
  const cluster = createPodCluster({ timing: { workerJitter: 0.5, imagePull: '1s' } });
  cluster.apply(...objects);
  cluster.advanceTo(seconds);
  return cluster;
}

/** A chain of variables, each twice as long as the one before. */
function doubled(count: number): JsonObject[] {
  const chain = Array.from({ length: count }, (_, index) => ({ name: `E${index + 1}`, value: `$(E${index})$(E${index})` }));
  return [{ name: 'E0', value: 'x' }, ...chain];
}

describe('memory', () => {
  const DOUBLING = 'x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done';

  it('K611 a script that uses up the memory is OOMKilled with 137, restarted, and the clock goes on', () => {
    const cluster = started(600, script('greedy', DOUBLING), script('once', DOUBLING, {}, never));
    expect(endOf(cluster, 'once')).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    const status = podOf(cluster.state, 'greedy').status.containerStatuses?.[0];
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(status?.restartCount).toBeGreaterThan(3);
  });

  it('K611 the memory limit of the container counts', () => {
    const text = 'x=$(printf "%01500000d" 0); y=$x; z=$y; echo held';
    const limits = { resources: { limits: { memory: '2Mi' } } };
    const cluster = started(30, script('small', text, limits, never), script('large', text, {}, never));
    expect(endOf(cluster, 'small')).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(endOf(cluster, 'large')).toMatchObject({ exitCode: 0 });
  });

  it('all scripts and files of a cluster together have a bound', () => {
    const text = 'printf "%01000000d" 0 > /tmp/0; for i in 1 2 3 4 5 6 7 8; do cp /tmp/0 /tmp/$i || exit 7; done; sleep 3600';
    const count = 40;
    const cluster = started(60, ...Array.from({ length: count }, (_, index) => script(`p${index}`, text, {}, never)));
    const stored = allRecords(cluster.state).reduce((sum, record) => sum + record.json.length, 0);
    expect(stored).toBeLessThan(CLUSTER_MEMORY_MAX * 1.1);
    const failed = Array.from({ length: count }, (_, index) => endOf(cluster, `p${index}`)?.exitCode).filter((code) => code === 7);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(count);
  });
});

describe('environment', () => {
  it('variables that double cannot be executed', () => {
    const cluster = started(
      30,
      script('env', 'echo never', { env: doubled(40) }, never),
      script('small', 'echo ${#E10}', { env: doubled(10) }, never),
    );
    expect(endOf(cluster, 'env')).toMatchObject({ exitCode: 255, reason: 'Error' });
    expect(logOf(cluster, 'env')).toEqual(['exec sh: argument list too long']);
    expect(logOf(cluster, 'small')).toEqual(['1024']);
  });

  it.each<[string, JsonObject]>([
    ['arguments that expand', { args: ['$(E16)$(E16)'], env: doubled(16) }],
    [
      'many variables together',
      { env: [...doubled(16), ...Array.from({ length: 40 }, (_, index) => ({ name: `F${index}`, value: '$(E16)' }))] },
    ],
    ['one value of many references', { env: [...doubled(16), { name: 'F', value: '$(E16)'.repeat(20_000) }] }],
    ['references without an end', { env: [{ name: 'A', value: '$('.repeat(200_000) }] }],
    ['a program of the image', { command: ['nginx'], image: 'nginx', env: doubled(40) }],
  ])('%s too', (_, container) => {
    expect(endOf(started(60, script('long', 'echo never', container, never)), 'long')).toMatchObject({ exitCode: 255, reason: 'Error' });
  });
});

describe('work', () => {
  const goal = (seconds: number): AdvanceGoal => ({ kind: 'to', toMs: START_MS + seconds * 1_000 });

  /** Advances in slices; the most work that one of them did. */
  function slices(cluster: PodCluster, seconds: number): number {
    let most = 0;
    for (;;) {
      const before = cluster.state.workCount;
      const { commit, slice } = executeSlice(cluster.state, goal(seconds));
      cluster.changes.push(...commit.changes);
      most = Math.max(most, cluster.state.workCount - before);
      if (slice.done) return most;
    }
  }

  const BUSY = [
    'while true; do :; done',
    'yes > /dev/null',
    'while true; do yes | head -c 65536 > /dev/null; done',
    'while true; do x=$(echo a); done',
  ];

  it('a slice ends after a share of work, however many scripts are busy', () => {
    const cluster = createPodCluster({ timing: { workerJitter: 0.5, imagePull: '1s' } });
    cluster.apply(...Array.from({ length: 8 }, (_, index) => script(`p${index}`, BUSY[index % BUSY.length] as string)));
    expect(slices(cluster, 120)).toBeLessThan(WORK_PER_SLICE_MAX + WORK_PER_INSTANT_MAX * 1.5);
    expect(podOf(cluster.state, 'p7').status.phase).toBe('Running');
  });

  it('a busy script costs next to nothing once its credit is used up', () => {
    const cluster = started(600, script('busy', 'while true; do :; done'));
    const before = cluster.state.workCount;
    cluster.advanceTo(1_200);
    expect(cluster.state.workCount - before).toBeLessThan(10 * 5_000);
  });

  it('a probe whose command never ends costs little', () => {
    const probe = { exec: { command: ['sh', '-c', 'while true; do :; done'] }, periodSeconds: 10, failureThreshold: 1_000 };
    const cluster = started(600, script('probed', 'sleep 36000', { livenessProbe: probe }));
    expect(cluster.state.workCount).toBeLessThan(60 * 12_000);
  });

  it('S6 commands of clients end while the clock stands, however many', () => {
    const cluster = started(30, script('idle', 'sleep 36000'));
    const text = 'printf "%0900000d" 0 > /tmp/a; cat /tmp/a; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; echo $i';
    for (let time = 0; time < 10; time += 1) {
      const request = { namespace: 'default', pod: 'idle', container: 'main', command: ['sh', '-c', text], stdin: false, tty: false };
      const { outcome } = cluster.run({ type: 'exec-start', request });
      const session = outcome.ok ? (outcome.session ?? '') : '';
      expect(readExec(cluster.state, session, 0)).toMatchObject({ exitCode: 0 });
      cluster.run({ type: 'exec-close', session });
    }
  });

  it('many scripts that begin at one instant all do their part', () => {
    const text = 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; echo $i';
    const cluster = started(60, ...Array.from({ length: 20 }, (_, index) => script(`p${index}`, text, {}, never)));
    for (let index = 0; index < 20; index += 1) expect(logOf(cluster, `p${index}`)).toEqual(['300']);
  });

  it('slices and one advance write the same history, and a cluster opened between them too', () => {
    const pods = BUSY.slice(1, 3).map((text, index) => script(`p${index}`, text));
    const inSlices = createPodCluster({ timing: { workerJitter: 0.5, imagePull: '1s' } });
    inSlices.apply(...pods);
    slices(inSlices, 90);
    const atOnce = started(90, ...pods);
    expect(stateHash(inSlices.state)).toBe(stateHash(atOnce.state));
    const half = started(3, ...pods);
    markStored(half.state);
    const opened = restoreState(snapshotHeader(half.state), allRecords(half.state));
    executeAll(opened, goal(90));
    expect(stateHash(opened)).toBe(stateHash(atOnce.state));
  });

  function executeAll(state: ClusterState, to: AdvanceGoal): void {
    while (!executeSlice(state, to).slice.done);
  }
});
