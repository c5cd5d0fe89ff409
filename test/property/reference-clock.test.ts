// The exact clock sleeps through ticks that cannot matter; the reference clock fires every one. Both must write the same history, to the byte.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import {
  type Command,
  restoreState,
  snapshotHeader,
  allRecords,
  stateHash,
  execute,
  executeSteps,
} from '../../src/engine/cluster/index.ts';
import { forkState } from '../../src/engine/kernel/state.ts';
import { createPodCluster, type PodCluster, type PodClusterOptions, START_MS } from '../support/pods.ts';

const seconds = (max: number) => fc.integer({ min: 0, max: max * 4 }).map((quarters) => `${quarters * 250}ms`);

const handler = fc.constantFrom<JsonObject>(
  { httpGet: { path: '/', port: 8080 } },
  { httpGet: { path: '/health', port: 8080 } },
  { httpGet: { path: '/health?code=404', port: 8080 } },
  { tcpSocket: { port: 8080 } },
  { tcpSocket: { port: 81 } },
  { exec: { command: ['cat', '/tmp/ok'] } },
);

const probe = (isReadiness: boolean) =>
  fc
    .record({
      handler,
      initialDelaySeconds: fc.integer({ min: 0, max: 12 }),
      periodSeconds: fc.integer({ min: 1, max: 13 }),
      failureThreshold: fc.integer({ min: 1, max: 4 }),
      successThreshold: isReadiness ? fc.integer({ min: 1, max: 3 }) : fc.constant(1),
      timeoutSeconds: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ handler: given, ...numbers }) => ({ ...given, ...numbers }));

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

const behavior = fc.record(
  {
    startup: seconds(20),
    run: fc.oneof(fc.constant('forever'), fc.record({ for: seconds(90), exitCode: fc.integer({ min: 0, max: 2 }) })),
    http: fc.array(
      fc.record({
        path: fc.constant('/health'),
        status: fc.constantFrom(200, 500),
        from: seconds(60),
        latency: fc.constantFrom('0s', '400ms', '1500ms'),
      }),
      { maxLength: 2 },
    ),
    exec: fc.array(fc.record({ exitCode: fc.integer({ min: 0, max: 1 }), from: seconds(50) }), { maxLength: 2 }),
    sigterm: fc.oneof(fc.constant('ignore'), fc.record({ after: seconds(8), exitCode: fc.constantFrom(0, 143) })),
  },
  { requiredKeys: [] },
);

const container = fc.record({
  behavior,
  liveness: maybe(probe(false)),
  readiness: maybe(probe(true)),
  startup: maybe(probe(false)),
  pulls: fc.boolean(),
  /** How the container uses the ConfigMap `settings`, which comes and goes. */
  settings: fc.option(fc.constantFrom('variable', 'variables', 'volume', 'file'), { nil: undefined, freq: 3 }),
});

/** Needs the ConfigMap's key `color`, or all of it. */
const SETTINGS: Readonly<Record<string, JsonObject>> = {
  variable: { env: [{ name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } }] },
  variables: { envFrom: [{ configMapRef: { name: 'settings' } }] },
  volume: { volumeMounts: [{ name: 'all', mountPath: '/settings' }] },
  file: { volumeMounts: [{ name: 'color', mountPath: '/color', subPath: 'color' }] },
};

const VOLUMES = [
  { name: 'all', configMap: { name: 'settings' } },
  { name: 'color', configMap: { name: 'settings', items: [{ key: 'color', path: 'color' }] } },
];

const pod = fc.record({
  containers: fc.array(container, { minLength: 1, maxLength: 3 }),
  restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
  grace: fc.integer({ min: 0, max: 12 }),
  deadline: maybe(fc.integer({ min: 5, max: 120 })),
});

type PodShape = typeof pod extends fc.Arbitrary<infer T> ? T : never;

function podManifest(shape: PodShape, index: number): JsonObject {
  const annotations = Object.fromEntries(
    shape.containers.map((item, position) => [`orrery.sim/behavior.c${position}`, JSON.stringify(item.behavior)]),
  );
  const containers = shape.containers.map((item, position) => ({
    name: `c${position}`,
    image: item.pulls ? 'example.com/app:1' : 'c1t1d0s7/myweb',
    imagePullPolicy: item.pulls ? 'IfNotPresent' : 'Never',
    ports: [{ containerPort: position === 0 ? 8080 : 9000 + position }],
    ...(item.liveness === undefined ? {} : { livenessProbe: item.liveness }),
    ...(item.readiness === undefined ? {} : { readinessProbe: item.readiness }),
    ...(item.startup === undefined ? {} : { startupProbe: item.startup }),
    ...(item.settings === undefined ? {} : SETTINGS[item.settings]),
  }));
  const deadline = shape.deadline === undefined ? {} : { activeDeadlineSeconds: shape.deadline };
  const spec = {
    restartPolicy: shape.restartPolicy,
    terminationGracePeriodSeconds: shape.grace,
    ...deadline,
    volumes: VOLUMES,
    containers,
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${index}`, annotations }, spec } as unknown as JsonObject;
}

const scenario = fc.record({
  pods: fc.array(pod, { minLength: 1, maxLength: 2 }),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  /** Milliseconds to the step, whether the first pod is deleted there, and what becomes of the ConfigMap. */
  steps: fc.array(
    fc.record({
      ms: fc.integer({ min: 1, max: 150_000 }),
      deletes: fc.boolean(),
      settings: fc.constantFrom('red', 'blue', 'empty', 'removed', 'as it is'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function play({ pods, seed, steps }: Scenario, options: PodClusterOptions): PodCluster {
  const cluster = createPodCluster({ ...options, seed, nodes: 2, timing: {} });
  cluster.apply(...pods.map(podManifest));
  let nowMs = START_MS;
  for (const step of steps) {
    nowMs += step.ms;
    cluster.run({ type: 'advance', toMs: nowMs });
    changeSettings(cluster, step.settings);
    if (step.deletes) cluster.remove('p0');
  }
  cluster.run({ type: 'advance', toMs: nowMs + 100_000 });
  return cluster;
}

/** Creates, replaces or deletes the ConfigMap. */
function changeSettings(cluster: PodCluster, wanted: string): void {
  if (wanted === 'as it is') return;
  const target = { resource: 'configmaps', namespace: 'default', options: {} } as const;
  cluster.run({ type: 'request', request: { ...target, verb: 'delete', name: 'settings' } });
  if (wanted === 'removed') return;
  const data: JsonObject = wanted === 'empty' ? {} : { color: wanted };
  const body: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data };
  cluster.run({ type: 'request', request: { ...target, verb: 'create', body } });
}

function history(cluster: PodCluster): string[] {
  return cluster.changes.map((change) => `${(change.timeMs - START_MS) / 1000} ${change.type} ${change.resource} ${change.json}`);
}

function deployment(replicas: number): JsonObject {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c1t1d0s7/myweb' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

/** Commands that keep many controllers busy. */
function* busyLife(): Generator<Command, void> {
  for (let round = 1; ; round += 1) {
    yield { type: 'manifests', mode: 'apply', namespace: 'default', objects: [deployment(20 + (round % 7))] };
    yield { type: 'advance', toMs: START_MS + round * 61_000 };
    const target = { resource: 'deployments', namespace: 'default', name: 'web', options: {} } as const;
    if (round % 3 === 0) yield { type: 'request', request: { ...target, verb: 'delete' } };
  }
}

/** Executes in the smallest steps, and between any two of them another cluster has one of its own. */
function interrupted(): { readonly execute: typeof execute; readonly stopCount: () => number } {
  let stopCount = 0;
  const other = otherLife();
  return {
    execute: (state, command) => {
      const steps = executeSteps(state, command);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        stopCount += 1;
        other.next();
      }
    },
    stopCount: () => stopCount,
  };
}

function* otherLife(): Generator<undefined, void> {
  const { state } = createPodCluster({ seed: 7 });
  for (const command of busyLife()) yield* executeSteps(state, command);
}

describe('steps', () => {
  it('write the same history as one piece, whatever other clusters do between them', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const whole = play(given, {});
        const { execute: inSteps, stopCount } = interrupted();
        const stepped = play(given, { execute: inSteps });
        expect(stopCount()).toBeGreaterThan(0);
        expect(history(stepped)).toEqual(history(whole));
        expect(stateHash(stepped.state)).toBe(stateHash(whole.state));
      }),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 },
    );
  }, 40_000);

  it('write the same history of workloads', () => {
    const whole = createPodCluster({ seed: 3, nodes: 3 });
    const stepped = createPodCluster({ seed: 3, nodes: 3, execute: interrupted().execute });
    let left = 20;
    for (const command of busyLife()) {
      whole.run(command);
      stepped.run(command);
      left -= 1;
      if (left === 0) break;
    }
    expect(history(stepped)).toEqual(history(whole));
    expect(stateHash(stepped.state)).toBe(stateHash(whole.state));
  });
});

describe('clocks', () => {
  it('K001 K122 K211 K410 write the same history whether idle ticks are skipped or fired', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const exact = play(given, { clockMode: 'exact' });
        const reference = play(given, { clockMode: 'reference' });
        expect(history(exact)).toEqual(history(reference));
        expect(exact.state.digest).toEqual(reference.state.digest);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 25_000 },
    );
  }, 60_000);

  it('K310 K315 a back-off that follows a start which failed for another reason is found, and told', () => {
    const container = { behavior: {}, liveness: undefined, readiness: undefined, startup: undefined, pulls: false, settings: undefined };
    const crashing = { ...container, behavior: { run: { for: '41250ms', exitCode: 0 } }, settings: 'variable' as const };
    const pods = [container, crashing].map((item) => ({
      containers: [item],
      restartPolicy: 'Always' as const,
      grace: 0,
      deadline: undefined,
    }));
    const steps = [
      { ms: 141_821, deletes: false, settings: 'removed' as const },
      { ms: 48_306, deletes: true, settings: 'blue' as const },
      { ms: 49_153, deletes: true, settings: 'removed' as const },
      { ms: 104_979, deletes: true, settings: 'empty' as const },
    ];
    const given = { pods, seed: 992_172, steps } as unknown as Scenario;
    expect(history(play(given, { clockMode: 'exact' }))).toEqual(history(play(given, { clockMode: 'reference' })));
  });

  it('advance in parts as in one piece', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 }), (given, cuts) => {
        const whole = play({ ...given, steps: [] }, {});
        const parts = createPodCluster({ seed: given.seed, nodes: 2, timing: {} });
        parts.apply(...given.pods.map(podManifest));
        for (const cut of cuts.sort((a, b) => a - b)) parts.run({ type: 'advance', toMs: START_MS + cut });
        parts.run({ type: 'advance', toMs: START_MS + 100_000 });
        expect(history(parts)).toEqual(history(whole));
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  }, 40_000);

  it('go on the same after the state was stored and restored anywhere', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 0, max: 90_000 }), (given, cut) => {
        const cluster = createPodCluster({ seed: given.seed, nodes: 2, timing: {} });
        cluster.apply(...given.pods.map(podManifest));
        cluster.run({ type: 'advance', toMs: START_MS + cut });
        const copy = restoreState(snapshotHeader(cluster.state), JSON.parse(JSON.stringify(allRecords(cluster.state))));
        expect(stateHash(copy)).toBe(stateHash(cluster.state));
        const later = START_MS + cut + 200_000;
        const original = cluster.run({ type: 'advance', toMs: later });
        const restored = execute(copy, { type: 'advance', toMs: later });
        expect(restored.changes.map((change) => change.json)).toEqual(original.changes.map((change) => change.json));
        expect(restored.digest).toBe(original.digest);
        expect(stateHash(copy)).toBe(stateHash(cluster.state));
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  }, 40_000);

  it('go on the same in a fork, whatever the other one does', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 3 }), (given, spans) => {
        const start = () => {
          const cluster = createPodCluster({ seed: given.seed, nodes: 2, timing: {} });
          cluster.apply(...given.pods.map(podManifest));
          return cluster.state;
        };
        const deletion: Command = {
          type: 'request',
          request: { verb: 'deletecollection', resource: 'pods', namespace: 'default', options: { gracePeriodSeconds: 1 } },
        };
        const [alone, other] = [start(), start()];
        let forked = start();
        for (const span of spans) {
          const advance: Command = { type: 'advance', toMs: alone.nowMs + span };
          const fork = forkState(forked);
          expect(stateHash(fork)).toBe(stateHash(alone));
          // One goes another way first, the other one goes on: now this, now that.
          execute(forked, deletion);
          execute(forked, { type: 'advance', toMs: forked.nowMs + 30_000 });
          expect(execute(fork, advance).digest).toBe(execute(alone, advance).digest);
          execute(other, deletion);
          execute(other, { type: 'advance', toMs: other.nowMs + 30_000 });
          expect(stateHash(forked)).toBe(stateHash(other));
          expect(stateHash(fork)).toBe(stateHash(alone));
          forked = fork;
          Object.assign(other, restoreState(snapshotHeader(alone), JSON.parse(JSON.stringify(allRecords(alone)))));
        }
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  }, 40_000);
});
