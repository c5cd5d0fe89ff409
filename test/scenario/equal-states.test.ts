// States that are equal are explored once, and what is said of them is what running each would say.

import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../src/scenario/equal-states.ts';
import { sourceOf } from '../../src/scenario/counterexample.ts';
import { distinctStates, explore, type ExploreOptions, runUndisturbed, type Struck, type Trial } from '../../src/scenario/explore.ts';
import { type Failure, failuresOf } from '../../src/scenario/failures.ts';
import { Run } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { strikeText } from '../../src/scenario/strikes.ts';
import { scenarioOf } from './files.ts';

/** Containers end by themselves, and the kubelet hears of it a moment later: who kills one meanwhile changes nothing. */
const ENDING = `cluster: {nodes: 2}
manifests:
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 3
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers: [{name: web, image: busybox, command: [sh, -c, 'sleep 20; exit 1']}]
steps: [{advance: 18s}, {mark: ending}, {advance: 22s}]
always: [{restarts: deployment/web, atMost: 1}]
eventually: [{ready: deployment/web, equals: 3, within: 30s}]
explore: {from: ending}
`;

const options = (changed: Partial<ExploreOptions>): ExploreOptions => ({
  types: ['container-kill', 'drain', 'node-down'],
  forMs: 28_000,
  lastsMs: null,
  depth: 1,
  share: { index: 0, count: 1 },
  isSpent: () => false,
  ...changed,
});

function trialsOf(scenario: Scenario, changed: Partial<ExploreOptions> = {}): Trial[] {
  const trials: Trial[] = [];
  const { forMs } = options(changed);
  explore(scenario, runUndisturbed(scenario, forMs), options(changed), (trial) => trials.push(trial));
  return inOrder(trials);
}

function inOrder(trials: readonly Trial[]): Trial[] {
  return [...trials].sort((a, b) => (a.index[0] ?? 0) - (b.index[0] ?? 0) || (a.index[1] ?? 0) - (b.index[1] ?? 0));
}

/** The same in as many shares as there are containers: those that are killed at an instant, which may be equal, are in different ones. */
function apart(scenario: Scenario, changed: Partial<ExploreOptions> = {}): Trial[][] {
  return [0, 1, 2].map((index) => trialsOf(scenario, { ...changed, share: { index, count: 3 } }));
}

describe('equal states', { timeout: 60_000 }, () => {
  it('are run once, and what is said is the same as of each alone', async () => {
    const scenario = await scenarioOf(ENDING);
    const trials = trialsOf(scenario);
    const states = distinctStates(trials);
    expect(states).toBeLessThan(trials.length);
    const alone = apart(scenario);
    for (const one of alone) expect(distinctStates(one)).toBe(one.length);
    expect(JSON.stringify(inOrder(alone.flat()))).toBe(JSON.stringify(trials));
  });

  it('are so with what strikes next', async () => {
    const scenario = await scenarioOf(ENDING);
    const changed = { types: ['container-kill'], depth: 2, forMs: 8_000 } as const;
    const trials = trialsOf(scenario, changed);
    const firsts = trials.filter(({ struck }) => struck.length === 1).length;
    expect(trials.length).toBeGreaterThan(firsts * 2);
    expect(distinctStates(trials)).toBeLessThan(trials.length);
    expect(JSON.stringify(inOrder(apart(scenario, changed).flat()))).toBe(JSON.stringify(trials));
  });

  it('of nodes end when they are to, and containers are killed all the same', async () => {
    const scenario = await scenarioOf(ENDING);
    const [forEver, aWhile] = [trialsOf(scenario), trialsOf(scenario, { lastsMs: 1_000 })];
    const byType = (trials: readonly Trial[], type: string) =>
      trials
        .filter(({ struck }) => struck[0]?.strike.type === 'fault' && struck[0].strike.fault.type === type)
        .map(({ state, result }) => ({ state, result }));
    expect(byType(aWhile, 'container-kill')).toEqual(byType(forEver, 'container-kill'));
    expect(byType(aWhile, 'node-down')).not.toEqual(byType(forEver, 'node-down'));
    const [kill, down] = ['container-kill', 'node-down'].map((type) =>
      aWhile.find(({ struck }) => strikeText((struck[0] as Struck).strike).startsWith(type)),
    );
    expect([kill?.struck[0]?.lastsMs, down?.struck[0]?.lastsMs]).toEqual([null, 1_000]);
    const { violation, first } = failuresOf(aWhile).find(({ first: { struck } }) => struck[0]?.lastsMs === 1_000) as Failure;
    expect(sourceOf(scenario, first, violation)['steps']).toContainEqual({ fault: { type: 'node-down', node: 'node-1', for: '1s' } });
  });

  it('differ in whatever the future can depend on, and not in history', async () => {
    const run = Run.begin(await scenarioOf(ENDING));
    run.finishSteps();
    const [one, two, three, four] = [run.fork(), run.fork(), run.fork(), run.fork()];
    const pods = [...(run.state.tables.get('objects/pods')?.rows ?? new Map<string, unknown>()).keys()];
    expect(pods).toHaveLength(3);
    expect(differenceOf(run.state, one.state)).toBe(differenceOf(run.state, two.state));
    one.perform({ type: 'fault', fault: { type: 'node-down', node: 'node-2' }, afterMs: 0, forMs: null });
    two.perform({ type: 'fault', fault: { type: 'node-down', node: 'node-1' }, afterMs: 0, forMs: null });
    expect(differenceOf(run.state, one.state)).not.toBe(differenceOf(run.state, two.state));
    three.passTo(run.state.nowMs + 1);
    expect(differenceOf(run.state, three.state)).not.toBe(differenceOf(run.state, four.state));
  });
});
