// Faults of pods and of what they reach: sandboxes and containers that cannot be made, a network that is slow, names that nobody answers.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import type { Fault, PodsTarget } from '../../src/engine/cluster/fault-spec.ts';
import { readPodLog } from '../../src/engine/cluster/index.ts';
import { listFaults } from '../../src/engine/cluster/faults.ts';
import { explainObject } from '../../src/engine/history/explain/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { serviceKind } from '../../src/engine/kinds/service/index.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const ALL: PodsTarget = { node: null, namespace: null, pod: null };

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

function pod(name: string, spec: object = {}, container: object = {}): JsonObject {
  const own = { name: 'c', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never', ports: [{ containerPort: 8080 }], ...container };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { containers: [own], ...spec },
  } as unknown as JsonObject;
}

const script = (text: string): object => ({
  image: 'busybox:1.36',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', text],
  ports: [],
});

function strike(cluster: PodCluster, fault: Fault, forSeconds: number | null = null): void {
  const { outcome } = cluster.run({ type: 'fault', fault, afterMs: 0, forMs: forSeconds === null ? null : forSeconds * 1000 });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

const podOf = (cluster: PodCluster, name: string): Pod => getObject(cluster.state, podKind, 'default', name) as Pod;
const waiting = (cluster: PodCluster, name: string): string => {
  const [status] = podOf(cluster, name).status.containerStatuses ?? [];
  return `${status?.state.waiting?.reason ?? 'none'}: ${status?.state.waiting?.message ?? ''}`;
};
function logsOf(cluster: PodCluster, name: string): readonly string[] {
  const log = readPodLog(cluster.state, { namespace: 'default', name, container: '', isPrevious: false });
  if (!log.ok) throw new Error(log.status.message);
  return log.value.lines.map(({ text }) => text);
}
const isReady = (cluster: PodCluster, name: string): string | undefined =>
  podOf(cluster, name).status.conditions?.find(({ type }) => type === 'Ready')?.status;

describe('sandbox-fail', () => {
  it('K217 a pod stays at ContainerCreating, with an event at each try, and comes up at the next try after the end', () => {
    const cluster = createPodCluster({ nodes: 1 });
    strike(cluster, { type: 'sandbox-fail', message: 'no network', ...ALL }, 60);
    cluster.apply(pod('web'));
    cluster.advanceTo(59);
    expect([podOf(cluster, 'web').status.phase, waiting(cluster, 'web')]).toEqual(['Pending', 'ContainerCreating: ']);
    const conditions = podOf(cluster, 'web').status.conditions ?? [];
    expect(conditions.find(({ type }) => type === 'PodReadyToStartContainers')?.status).toBe('False');
    const [row = ''] = cluster.eventRows('FailedCreatePodSandBox');
    expect(row).toContain('Failed to create pod sandbox: no network');
    // K121: every 10 to 15 s, from the first second on.
    expect(cluster.eventRows('FailedCreatePodSandBox').length).toBeGreaterThanOrEqual(4);
    expect(cluster.eventRows('FailedCreatePodSandBox').length).toBeLessThanOrEqual(6);
    const [finding] = explainObject(cluster.state, podKind, podOf(cluster, 'web'));
    expect([finding?.code, finding?.sentence]).toEqual([
      'sandbox-not-created',
      expect.stringContaining('cannot be made on node-1: no network.'),
    ]);
    cluster.advanceTo(80);
    expect([podOf(cluster, 'web').status.phase, cluster.eventRows('SandboxChanged')]).toEqual(['Running', []]);
  });

  it('says without a message what a network plugin says, and spares pods on the network of their node', () => {
    const cluster = createPodCluster({ nodes: 1 });
    strike(cluster, { type: 'sandbox-fail', message: null, ...ALL });
    cluster.apply(pod('web'));
    cluster.apply(pod('agent', { hostNetwork: true }));
    cluster.advanceTo(30);
    expect([podOf(cluster, 'web').status.phase, podOf(cluster, 'agent').status.phase]).toEqual(['Pending', 'Running']);
    expect(cluster.eventRows('FailedCreatePodSandBox')[0]).toMatch(
      /Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="ptp" failed \(add\): failed to allocate for range 0: no IP addresses available in range set/,
    );
  });

  it('concerns the pods that its target names', () => {
    const cluster = createPodCluster({ nodes: 2 });
    strike(cluster, { type: 'sandbox-fail', message: null, node: 'node-2', namespace: null, pod: null });
    strike(cluster, { type: 'sandbox-fail', message: null, node: null, namespace: 'default', pod: 'web' });
    strike(cluster, { type: 'sandbox-fail', message: null, node: null, namespace: 'other', pod: null });
    for (const [name, node] of [
      ['a', 'node-1'],
      ['b', 'node-2'],
      ['web', 'node-1'],
    ] as const)
      cluster.apply(pod(name, { nodeName: node }));
    cluster.advanceTo(30);
    expect(['a', 'b', 'web'].map((name) => podOf(cluster, name).status.phase)).toEqual(['Running', 'Pending', 'Pending']);
  });
});

describe('container-create-fail', () => {
  it('K231 the container waits with CreateContainerError, tried again without back-off, and starts when it is over', () => {
    const cluster = createPodCluster({ nodes: 1 });
    strike(cluster, { type: 'container-create-fail', container: null, message: 'context deadline exceeded', ...ALL }, 40);
    cluster.apply(pod('web'));
    cluster.advanceTo(20);
    expect(waiting(cluster, 'web')).toBe('CreateContainerError: context deadline exceeded');
    expect(cluster.eventRows('Failed')[0]).toContain('Error: context deadline exceeded');
    cluster.advanceTo(60);
    expect([podOf(cluster, 'web').status.phase, podOf(cluster, 'web').status.containerStatuses?.[0]?.restartCount]).toEqual(['Running', 0]);
  });

  it('leaves containers alone that it does not name, and those that run', () => {
    const cluster = createPodCluster({ nodes: 1 });
    const second = { name: 'd', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never' };
    cluster.apply(pod('before'));
    cluster.advanceTo(10);
    strike(cluster, { type: 'container-create-fail', container: 'd', message: null, ...ALL });
    const both = pod('both') as unknown as { spec: { containers: object[] } };
    both.spec.containers.push(second);
    cluster.apply(both as unknown as JsonObject);
    cluster.advanceTo(40);
    expect(podOf(cluster, 'before').status.containerStatuses?.[0]?.restartCount).toBe(0);
    const states = podOf(cluster, 'both').status.containerStatuses?.map(
      ({ name, state }) => `${name} ${Object.keys(state).join()} ${state.waiting?.reason ?? ''}`,
    );
    expect(states).toEqual(['c running ', 'd waiting CreateContainerError']);
    expect(podOf(cluster, 'both').status.containerStatuses?.[1]?.state.waiting?.message).toContain(
      'failed to create containerd container: ',
    );
  });
});

describe('network-delay', () => {
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 1 };
  const delay = (delayMs: number, target: Partial<PodsTarget> = {}): Fault => ({ type: 'network-delay', delayMs, ...ALL, ...target });

  it('probes wait for it, twice over HTTP and once over TCP, and time out', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('http', {}, { readinessProbe: probe }));
    cluster.apply(pod('tcp', {}, { readinessProbe: { ...probe, httpGet: undefined, tcpSocket: { port: 8080 } } }));
    cluster.advanceTo(20);
    expect([isReady(cluster, 'http'), isReady(cluster, 'tcp')]).toEqual(['True', 'True']);
    strike(cluster, delay(600), 60);
    cluster.advanceTo(40);
    expect([isReady(cluster, 'http'), isReady(cluster, 'tcp')]).toEqual(['False', 'True']);
    expect(cluster.eventRows('Unhealthy')[0]).toContain('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    cluster.advanceTo(100);
    expect(isReady(cluster, 'http')).toBe('True');
    strike(cluster, delay(1_500));
    cluster.advanceTo(120);
    expect(isReady(cluster, 'tcp')).toBe('False');
    expect(cluster.eventRows('Unhealthy').join()).toContain(':8080: i/o timeout');
  });

  it('clients wait for their own delay and that of the server, but not for themselves', () => {
    const timed = 'a=$(date +%s); wget -q -O- $1 >/dev/null; echo $1 $(( $(date +%s) - a ))';
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(SERVICE as unknown as JsonObject);
    cluster.apply(pod('web'));
    cluster.advanceTo(10);
    strike(cluster, delay(1_000, { namespace: 'default', pod: 'web' }));
    strike(cluster, delay(2_000, { namespace: 'default', pod: 'client' }));
    cluster.apply(
      pod('client', {}, script(`t() { ${timed}; }; nc -lk -p 9000 -e true & t web; t example.com; t localhost:9000; sleep 1h`)),
    );
    cluster.advanceTo(60);
    const lines = logsOf(cluster, 'client').filter((line) => /^(?:web|example|localhost)/.test(line));
    expect(lines).toEqual(['web 6', 'example.com 4', 'localhost:9000 0']);
  });
});

describe('dns-fail', () => {
  const ask = (text: string): object => script(`${text}; sleep 1h`);
  const dns = (answer: 'timeout' | 'nxdomain', name: string | null = null): Fault => ({ type: 'dns-fail', answer, name, ...ALL });
  const took = 'a=$(date +%s); "$@" 2>&1; echo "code $? after $(( $(date +%s) - a ))"';

  function logsUnder(fault: Fault, text: string, spec: object = {}): readonly string[] {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(SERVICE as unknown as JsonObject);
    cluster.apply(pod('web'));
    cluster.advanceTo(10);
    strike(cluster, fault);
    cluster.apply(pod('client', spec, ask(`t() { ${took}; }; ${text}`)));
    cluster.advanceTo(120);
    return logsOf(cluster, 'client').filter((line) => line !== '');
  }

  it('names have no address after ten seconds; addresses, the own name and the hosts file need no DNS', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(SERVICE as unknown as JsonObject);
    cluster.advanceTo(1);
    const ip = getObject(cluster.state, serviceKind, 'default', 'web')?.spec.clusterIP;
    expect(logsUnder(dns('timeout'), 't wget -q -O- http://web')).toEqual(["wget: bad address 'web'", 'code 1 after 10']);
    expect(logsUnder(dns('timeout'), `t wget -q -O /dev/null http://${ip}`)).toEqual(['code 0 after 0']);
    expect(logsUnder(dns('timeout'), 't ping -c1 db', { hostAliases: [{ ip: '10.9.8.7', hostnames: ['db'] }] })[0]).toContain(
      'PING db (10.9.8.7)',
    );
    expect(logsUnder(dns('timeout'), 't nslookup web')).toEqual([
      ';; connection timed out; no servers could be reached',
      'code 1 after 10',
    ]);
  });

  it('or there is no such name, at once, and only of those that are meant', () => {
    expect(logsUnder(dns('nxdomain', 'web'), 't wget -q -O- http://web')).toEqual(["wget: bad address 'web'", 'code 1 after 0']);
    expect(logsUnder(dns('nxdomain', 'web'), 't wget -q -O- http://web.default.svc')[0]).toBe("wget: bad address 'web.default.svc'");
    expect(logsUnder(dns('nxdomain', 'db'), 't wget -q -O /dev/null http://web')).toEqual(['code 0 after 0']);
  });

  it('a probe that asks for a name fails with it, and recovers', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(SERVICE as unknown as JsonObject);
    cluster.apply(pod('web'));
    const readinessProbe = {
      exec: { command: ['wget', '-q', '-O', '/dev/null', 'http://web'] },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 1,
    };
    cluster.apply(pod('client', {}, { ...script('sleep 1h'), readinessProbe }));
    cluster.advanceTo(20);
    expect(isReady(cluster, 'client')).toBe('True');
    strike(cluster, dns('timeout'), 30);
    cluster.advanceTo(40);
    expect(isReady(cluster, 'client')).toBe('False');
    cluster.advanceTo(70);
    expect(isReady(cluster, 'client')).toBe('True');
  });
});

it('an outage does not end with a fault of another kind on its node', () => {
  const cluster = createPodCluster({ nodes: 2 });
  strike(cluster, { type: 'network-delay', delayMs: 10, node: 'node-1', namespace: null, pod: null });
  strike(cluster, { type: 'node-down', node: 'node-1' }, 60);
  cluster.advanceTo(200);
  expect(listFaults(cluster.state).map(({ state }) => state)).toEqual(['active', 'over']);
  const { outcome } = cluster.run({
    type: 'fault',
    fault: { type: 'sandbox-fail', message: null, node: 'none', namespace: null, pod: null },
    afterMs: 0,
    forMs: null,
  });
  expect(outcome).toMatchObject({ ok: false, status: { code: 404 } });
});
