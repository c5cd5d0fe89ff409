// Which nodes refuse a pod, and in which words. Recorded texts are replayed in test/differential.

import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';
import { clusterOf, place, placeOf, podOf } from '../support/scheduling.ts';

const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NO_HELP = 'Preemption is not helpful for scheduling';

const HEAVY_CLASS = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'heavy' },
  handler: 'heavy',
  overhead: { podFixed: { cpu: '600m' } },
};

describe('one node: the first plugin that refuses ends the check', () => {
  const preferred = (node: string): string =>
    `nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${node}]}}`;

  it.each<[string, string, string, string, string | undefined]>([
    ['C812 cpu', 'cpu=2', '', '{cpu: 3}', 'Insufficient cpu'],
    ['C811 C820 both shortages are told', 'cpu=2 memory=1Gi', '', '{cpu: 3, memory: 2Gi}', 'Insufficient cpu, 1 Insufficient memory'],
    [
      'C811 extended resource',
      '',
      '',
      '{containers: [{name: c, image: x, resources: {limits: {example.com/gpu: 1}}}]}',
      'Insufficient example.com/gpu',
    ],
    [
      'C811 storage',
      'ephemeral-storage=1Gi',
      '',
      '{containers: [{name: c, image: x, resources: {requests: {ephemeral-storage: 2Gi}}}]}',
      'Insufficient ephemeral-storage',
    ],
    ['C811 pods', 'pods=0', '', '{}', 'Too many pods'],
    ['C812 a pod without requests needs a place only', 'cpu=1m memory=1', '', '{}', undefined],
    [
      'C812 an init container that needs more counts',
      'cpu=2',
      '',
      '{cpu: 1, initContainers: [{name: i, image: x, resources: {requests: {cpu: "3"}}}]}',
      'Insufficient cpu',
    ],
    [
      'C812 a sidecar is added',
      'cpu=2',
      '',
      '{cpu: 1, initContainers: [{name: i, image: x, restartPolicy: Always, resources: {requests: {cpu: 1500m}}}]}',
      'Insufficient cpu',
    ],
    ['C812 overhead is added', 'cpu=2', '', '{cpu: 1500m, runtimeClassName: heavy}', 'Insufficient cpu'],
    ['C811 taint', '', 'dedicated=gpu:NoSchedule', '{}', 'node(s) had untolerated taint {dedicated: gpu}'],
    ['C811 taint without value', '', 'dedicated:NoExecute', '{}', 'node(s) had untolerated taint {dedicated: }'],
    [
      'C811 the first taint that is not tolerated',
      '',
      'a:NoSchedule b=1:NoSchedule',
      '{tolerations: [{key: a, operator: Exists}]}',
      'node(s) had untolerated taint {b: 1}',
    ],
    ['C1025 tolerated', '', 'dedicated=gpu:NoSchedule', '{tolerations: [{key: dedicated, value: gpu, effect: NoSchedule}]}', undefined],
    ['C814 a soft taint refuses nothing', '', 'dedicated=gpu:PreferNoSchedule', '{}', undefined],
    ['C810 a taint comes before resources', 'cpu=1', 'a:NoSchedule', '{cpu: 2}', 'node(s) had untolerated taint {a: }'],
    ['C811 selector', '', '', '{nodeSelector: {disk: ssd}}', "node(s) didn't match Pod's node affinity/selector"],
    [
      'C1026 affinity',
      '',
      '',
      `{affinity: {${preferred('{matchExpressions: [{key: disk, operator: Exists}]}')}}}`,
      "node(s) didn't match Pod's node affinity/selector",
    ],
    ['C1026 absence', '', '', `{affinity: {${preferred('{matchExpressions: [{key: disk, operator: DoesNotExist}]}')}}}`, undefined],
    [
      'C1026 an empty term matches nothing',
      '',
      '',
      `{affinity: {${preferred('{}')}}}`,
      "node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'C811 another name',
      '',
      '',
      `{affinity: {${preferred('{matchFields: [{key: metadata.name, operator: In, values: [z]}]}')}}}`,
      "node(s) didn't satisfy plugin(s) [NodeAffinity]",
    ],
    [
      'C810 affinity comes before ports and resources',
      'cpu=1',
      '',
      '{cpu: 2, nodeSelector: {disk: ssd}}',
      "node(s) didn't match Pod's node affinity/selector",
    ],
  ])('%s', (_title, capacity, taints, pod, reason) => {
    const cluster = clusterOf(`name | capacity | taints\n n | ${capacity} | ${taints}`);
    cluster.create({ ...HEAVY_CLASS });
    const seen = place(cluster, 'p', pod);
    if (reason === undefined) expect(seen).toBe('n');
    else expect(seen.startsWith(`0/1 nodes are available: 1 ${reason}. preemption: `), seen).toBe(true);
  });
});

describe('C811 host ports', () => {
  it.each<[string, string, boolean]>([
    ['the same port', '[{containerPort: 1, hostPort: 80}]', false],
    ['another port', '[{containerPort: 1, hostPort: 81}]', true],
    ['another protocol', '[{containerPort: 1, hostPort: 80, protocol: UDP}]', true],
    ['one address of all', '[{containerPort: 1, hostPort: 80, hostIP: 127.0.0.1}]', false],
  ])('%s', (_title, ports, fits) => {
    const cluster = clusterOf('name\n n');
    expect(place(cluster, 'a', '{hostPort: 80}')).toBe('n');
    const text = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
    const seen = place(cluster, 'b', `{containers: [{name: c, image: x, ports: ${ports}}]}`);
    expect(fits ? seen : seen.startsWith(text)).toBe(fits ? 'n' : true);
  });
});

describe('C812 what counts on a node', () => {
  const cluster = (): TestCluster => clusterOf('name | capacity\n n | cpu=2');

  it('pods that are bound, until their objects are gone', () => {
    const test = cluster();
    place(test, 'a', '{cpu: 2}');
    test.advance(10_000);
    expect(place(test, 'b', '{cpu: 1}')).toContain('Insufficient cpu');
    test.remove('pods/a');
    expect(placeOf(test, 'b')).toContain('Insufficient cpu');
    test.advance(40_000);
    expect(test.find('pods/a')).toBeUndefined();
    expect(placeOf(test, 'b')).toBe('n');
  });

  it('not pods that have ended', () => {
    const test = cluster();
    place(
      test,
      'a',
      '{cpu: 2, restartPolicy: Never, containers: [{name: c, image: x, command: ["true"], resources: {requests: {cpu: "2"}}}]}',
    );
    expect(place(test, 'b', '{cpu: 1}')).toContain('Insufficient cpu');
    test.advance(60_000);
    expect(test.get<Pod>('pods/a').status.phase).toBe('Succeeded');
    expect(placeOf(test, 'b')).toBe('n');
  });

  it('C815 pods with a node of their own, which ask nobody', () => {
    const test = cluster();
    test.patch('nodes/n', { spec: { unschedulable: true } });
    test.create(podOf('a', '{cpu: 2, nodeName: n}'));
    test.patch('nodes/n', { spec: { unschedulable: false } });
    expect(test.get<Pod>('pods/a').spec.nodeName).toBe('n');
    expect(test.events('pods/a').filter((text) => text.includes('Schedul'))).toEqual([]);
    expect(place(test, 'b', '{cpu: 1}')).toContain('Insufficient cpu');
  });
});

describe('C813 cordon', () => {
  it('is told as such, and not as a taint', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
    cluster.patch('nodes/node-1', { spec: { unschedulable: true, taints } });
    expect(place(cluster, 'p')).toBe(
      `0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 ${NO_HELP}.`,
    );
    expect(place(cluster, 'q', '{tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists}]}')).toBe('node-1');
  });
});

describe('C820 C821 C824 the whole message', () => {
  const THREE = `
    name | capacity | labels | taints
    a    | cpu=1    |        | node-role.kubernetes.io/control-plane:NoSchedule
    b    | cpu=1    | disk=ssd |
    c    | cpu=1    | disk=ssd |`;

  it.each<[string, string, string]>([
    [
      'nothing to preempt',
      '{cpu: 2, tolerations: [{operator: Exists}]}',
      `0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 ${NO_VICTIMS}.`,
    ],
    [
      'nothing that preemption could cure',
      '{nodeSelector: {zone: x}}',
      "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) didn't match Pod's node affinity/selector. " +
        `preemption: 0/3 nodes are available: 3 ${NO_HELP}.`,
    ],
    [
      'both',
      '{cpu: 2}',
      '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. ' +
        `preemption: 0/3 nodes are available: 1 ${NO_HELP}, 2 ${NO_VICTIMS}.`,
    ],
  ])('%s', (_title, pod, message) => {
    expect(place(clusterOf(THREE), 'p', pod)).toBe(message);
  });

  it('pieces are sorted as texts, so that 10 comes before 2', () => {
    const rows = Array.from({ length: 12 }, (_, i) => `n${i} | cpu=1 | ${i < 2 ? 'a:NoSchedule' : ''}`);
    const cluster = clusterOf(['name | capacity | taints', ...rows].join('\n'));
    expect(place(cluster, 'p', '{cpu: 2}')).toContain(': 10 Insufficient cpu, 2 node(s) had untolerated taint {a: }.');
  });

  it('C821 a pod whose class never preempts', () => {
    const cluster = clusterOf('name | capacity\n n | cpu=1');
    const metadata = { name: 'meek' };
    cluster.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value: 5, preemptionPolicy: 'Never' });
    place(cluster, 'a', '{cpu: 1}');
    expect(place(cluster, 'p', '{cpu: 1, priorityClassName: meek}')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    );
  });

  it('C821 when even without the lower pods there is no room, the reasons are told again', () => {
    const cluster = clusterOf('name | capacity\n n | cpu=2');
    cluster.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 5 });
    place(cluster, 'a', '{cpu: 1}');
    expect(place(cluster, 'p', '{cpu: 3, priorityClassName: high}')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Insufficient cpu.',
    );
  });

  it('C823 no node at all', () => {
    expect(place(createTestCluster(), 'p')).toBe('no nodes available to schedule pods');
  });
});

describe('C822 C825 what is written', () => {
  it('a failure is an Event and a condition, and the phase stays', () => {
    const cluster = clusterOf('name | capacity\n n | cpu=1');
    const message = place(cluster, 'p', '{cpu: 2}');
    const { status } = cluster.get<Pod>('pods/p');
    expect(status.phase).toBe('Pending');
    expect(status.conditions?.find(({ type }) => type === 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message,
    });
    expect(cluster.events('pods/p')).toEqual([`Warning FailedScheduling "${message}"`]);
  });

  it('the same text again writes nothing but the series of the Event', () => {
    const cluster = clusterOf('name | capacity\n n | cpu=1');
    place(cluster, 'p', '{cpu: 2}');
    const changes = cluster.during('pods', () => cluster.advance(331_000));
    expect(changes).toEqual([]);
  });

  it('success is one write of node and condition, and an Event', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const changes = cluster.during('pods', () => cluster.create(podOf('p')));
    const bound = changes[1]?.object as unknown as Pod;
    expect(bound.spec.nodeName).toBe('node-1');
    expect(bound.status.conditions?.find(({ type }) => type === 'PodScheduled')).toMatchObject({ status: 'True' });
    expect(cluster.events('pods/p')[0]).toBe('Normal Scheduled "Successfully assigned default/p to node-1"');
  });
});
