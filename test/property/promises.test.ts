// Promises of determinism over random workloads, faults and spans: time may be cut anywhere, a snapshot taken anywhere, and one more random choice in
// one place changes none in another. ORRERY_PROPERTY_RUNS sets how many lives each is tried with.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type Command, stateHash } from '../../src/engine/cluster/index.ts';
import { drawBelow } from '../../src/engine/kernel/random.ts';
import { forkState, tableData } from '../../src/engine/kernel/state.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';
import { daemonSet, job, loaded, statefulSet } from '../support/workloads.ts';

const RUNS = Number(process.env['ORRERY_PROPERTY_RUNS'] ?? 12);
const OPTIONS = { numRuns: RUNS, interruptAfterTimeLimit: RUNS * 1_000 };
const TIMEOUT_MS = 60_000 + RUNS * 2_000;

const crashing = { run: { for: '7s', exitCode: 1 } };
const manifest = fc.constantFrom<() => JsonObject>(
  () => loaded('web', 3, {}),
  () => loaded('crash', 2, crashing),
  () => replicaSet('set', 2),
  () => statefulSet('db', 2),
  () => daemonSet('agent'),
  () => job('task', { completions: 2 }),
);
const node = fc.integer({ min: 1, max: 3 }).map((number) => `node-${number}`);
const span = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 400_000 }));

const step = fc.oneof(
  fc.record({ does: fc.constant('apply' as const), manifest }),
  fc.record({ does: fc.constant('scale' as const), replicas: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ does: fc.constantFrom('node-down' as const, 'node-partition' as const), node, forMs: fc.option(span) }),
  fc.record({ does: fc.constant('delete' as const) }),
);
const life = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  steps: fc.array(fc.tuple(step, span), { minLength: 1, maxLength: 5 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

function commandOf(one: Step): Command {
  const web = { resource: 'deployments.apps', namespace: 'default', name: 'web', options: {} } as const;
  switch (one.does) {
    case 'apply':
      return { type: 'manifests', mode: 'apply', namespace: 'default', objects: [one.manifest()] };
    case 'scale':
      return { type: 'request', request: { ...web, verb: 'patch', patchType: 'merge', body: { spec: { replicas: one.replicas } } } };
    case 'delete':
      return { type: 'request', request: { verb: 'deletecollection', resource: 'pods', namespace: 'default', options: {} } };
    default:
      return { type: 'fault', fault: { type: one.does, node: one.node }, afterMs: 0, forMs: one.forMs };
  }
}

/** Lives; time passes as `pass` has it. */
function live({ seed, steps }: Life, pass: (cluster: TestCluster, ms: number, index: number) => void): TestCluster {
  const cluster = createTestCluster({ seed, nodes: 3 });
  for (const [index, [one, ms]] of steps.entries()) {
    cluster.execute(commandOf(one));
    pass(cluster, ms, index);
  }
  cluster.advance(60_000);
  return cluster;
}

const whole = (cluster: TestCluster, ms: number): void => cluster.advance(ms);

function expectSame(one: TestCluster, other: TestCluster): void {
  expect(one.changes.map(({ json }) => json)).toEqual(other.changes.map(({ json }) => json));
  expect(stateHash(one.state)).toBe(stateHash(other.state));
}

describe('whatever a cluster lives through', () => {
  it('an advance in parts is the advance as a whole', { timeout: TIMEOUT_MS }, () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(life, cuts, (given, shares) => {
        const parts = live(given, (cluster, ms) => {
          const from = cluster.state.nowMs;
          for (const share of shares.toSorted((a, b) => a - b)) cluster.execute({ type: 'advance', toMs: from + Math.round(ms * share) });
          cluster.execute({ type: 'advance', toMs: from + ms });
        });
        expectSame(parts, live(given, whole));
      }),
      OPTIONS,
    );
  });

  it('a snapshot that is taken and restored changes nothing of what comes', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(life, fc.nat(4), fc.double({ min: 0, max: 1, noNaN: true }), (given, at, share) => {
        const restored = live(given, (cluster, ms, index) => {
          const until = cluster.state.nowMs + ms;
          if (index === at % given.steps.length) {
            cluster.advance(Math.floor(ms * share));
            cluster.reopen();
          }
          cluster.execute({ type: 'advance', toMs: until });
        });
        expectSame(restored, live(given, whole));
      }),
      OPTIONS,
    );
  });

  it('one more random choice in one place changes none in any other', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(life, fc.nat(), (given, choice) => {
        const { state } = live(given, whole);
        const purposes = [...tableData(state, 'random').rows.keys()];
        expect(purposes.length).toBeGreaterThan(2);
        const more = purposes[choice % purposes.length] as string;
        const [touched, spared] = [forkState(state), forkState(state)];
        drawBelow(touched, more, 1_000_003);
        const next = (of: typeof state, purpose: string): number[] => [1, 2, 3].map(() => drawBelow(of, purpose, 1_000_003));
        for (const purpose of purposes) {
          if (purpose === more) expect(next(touched, purpose)).not.toEqual(next(spared, purpose));
          else expect(next(touched, purpose)).toEqual(next(spared, purpose));
        }
      }),
      OPTIONS,
    );
  });
});
