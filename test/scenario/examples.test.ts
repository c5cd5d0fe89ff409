// The worked examples: each holds with its mended manifest, and is caught with the one it began with.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore, type ExploreOptions, runUndisturbed, type Trial } from '../../src/scenario/explore.ts';
import { shrink } from '../../src/scenario/counterexample.ts';
import { diskFiles } from '../../src/hosts/scenario-files.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';
import { buildScenario, type Scenario } from '../../src/scenario/scenario.ts';
import { exampleOf } from './files.ts';

const EXAMPLES = readdirSync(new URL('../../examples', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'site-controller')
  .map(({ name }) => name);

/** What a plain run of the first manifest violates, and what exploring it finds. */
const FOUND: Readonly<Record<string, { readonly run: readonly string[]; readonly explored: readonly string[] }>> = {
  'blocked-drain': { run: [], explored: ['node node-1 is drained', 'node node-2 is drained', 'node node-3 is drained'] },
  'flapping-autoscaler': {
    run: ['events.filter(e, e.reason == "SuccessfulRescale").map(e, has(e.count) ? int(e.count) : 1).sum() <= 2'],
    explored: [],
  },
  'impatient-job': {
    run: ['events("BackoffLimitExceeded") == 0', 'condition=Complete on job/import by 2025-01-01T00:30:00Z'],
    explored: [],
  },
  'lost-quorum': { run: [], explored: ['ready("statefulset/store") >= 2'] },
  'one-node': { run: [], explored: ['endpoints("service/shop") >= 1', 'ready("deployment/shop") == 2'] },
  'rolling-update': { run: ['http("service/shop", "/") == 200'], explored: [] },
  'slow-starter': { run: ['restarts("deployment/api") == 0', 'ready("deployment/api") == 2'], explored: [] },
  'waiting-init': { run: ['condition=Available on deployment/peers by 2025-01-01T00:05:00Z'], explored: [] },
};

const optionsOf = ({ body }: Scenario, share = { index: 0, count: 1 }): ExploreOptions => ({
  types: body.explore?.faults ?? [],
  forMs: body.explore?.for ?? 600_000,
  lastsMs: null,
  depth: 1,
  share,
  isSpent: () => false,
});

function trialsOf(scenario: Scenario, share?: ExploreOptions['share']): Trial[] {
  const options = optionsOf(scenario, share);
  const trials: Trial[] = [];
  explore(scenario, runUndisturbed(scenario, options.forMs), options, (trial) => trials.push(trial));
  return trials;
}

const expectedOf = (trials: readonly Trial[]) => [
  ...new Set(trials.flatMap(({ violations }) => violations.map(({ expected }) => expected))),
];

it('every example is in the table', () => {
  expect(EXAMPLES.sort()).toEqual(Object.keys(FOUND).sort());
});

describe.each(Object.entries(FOUND))('%s', (name, { run, explored }) => {
  it('holds when it is mended, whatever strikes', async () => {
    const scenario = await exampleOf(name);
    expect(runScenario(scenario).violations).toEqual([]);
    const disturbed = trialsOf(scenario).flatMap(({ violations }) => violations);
    // A container that is killed during a rollout is one too many; nothing in a manifest mends that.
    expect(disturbed.map(({ expected }) => expected)).toEqual(name === 'rolling-update' ? expect.any(Array) : []);
  });

  it('is caught as it was', async () => {
    const scenario = await exampleOf(name, 'before.yaml');
    expect(runScenario(scenario).violations.map(({ expected }) => expected)).toEqual(run);
    if (run.length === 0) expect(expectedOf(trialsOf(scenario))).toEqual(explored);
  });
});

describe('exploration', () => {
  it('finds the same in shares', async () => {
    const scenario = await exampleOf('lost-quorum', 'before.yaml');
    const whole = trialsOf(scenario);
    const shared = [0, 1, 2].flatMap((index) => trialsOf(scenario, { index, count: 3 }));
    const byIndex = (trials: readonly Trial[]) =>
      trials.map(({ index, violations, result }) => ({ index, result, violations })).sort((a, b) => (a.index[0] ?? 0) - (b.index[0] ?? 0));
    expect(byIndex(shared)).toEqual(byIndex(whole));
    expect(whole.length).toBeGreaterThan(5);
  });

  it('makes of a violation a scenario of its own, as small as it can, that fails for the same reason', async () => {
    const scenario = await exampleOf('one-node', 'before.yaml');
    const trial = trialsOf(scenario).find(({ violations }) => violations.length > 0) as Trial;
    const [violation] = trial.violations;
    if (violation === undefined) throw new Error('nothing was found');
    const small = await shrink(scenario, trial, violation, diskFiles);
    const source = small?.source as { steps: object[]; manifests: { kind: string; spec: { replicas?: number } }[] };
    expect(source.manifests.map(({ kind, spec }) => [kind, spec.replicas])).toEqual([
      ['Service', undefined],
      ['Deployment', 2],
    ]);
    const built = await buildScenario('found.yaml', small?.source ?? {}, () => violation.place, diskFiles);
    if (!built.ok) throw new Error('it cannot be read');
    expect(runScenario(built.scenario).violations.map(({ expected }) => expected)).toContain(violation.expected);
    const undisturbed = { ...source, steps: source.steps.filter((step) => !('fault' in step)) };
    const calm = await buildScenario('found.yaml', undisturbed as never, () => violation.place, diskFiles);
    expect(calm.ok && runScenario(calm.scenario).violations).toEqual([]);
  });
});
