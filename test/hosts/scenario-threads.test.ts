// The threads that run scenarios: of commands, which share work out, and of the service, which keeps them warm.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { diskFiles } from '../../src/hosts/scenario-files.ts';
import { scenarioRunner } from '../../src/hosts/scenario-runner.ts';
import { jobsOf, ScenarioThreads } from '../../src/hosts/scenario-threads.ts';
import { shareOut } from '../../src/hosts/share-out.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';
import { buildScenario, readSource } from '../../src/scenario/scenario.ts';
import { variantsOf } from '../../src/scenario/variants.ts';

const HEAD = 'apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: x}\n';
const FILE = 'test.yaml';

async function variants(text: string) {
  const read = readSource(FILE, { ...diskFiles, read: () => text });
  if (!read.ok) throw new Error('it cannot be read');
  return Promise.all(
    variantsOf(read.source).map(async ({ source }) => {
      const built = await buildScenario(FILE, source, read.place, diskFiles);
      if (!built.ok) throw new Error('it has mistakes');
      return { scenario: built.scenario, job: { file: FILE, text, source } };
    }),
  );
}

describe('work that is shared out', () => {
  const busy = (ms: number): void => {
    for (const endMs = performance.now() + ms; performance.now() < endMs; );
  };
  const TASKS = Array.from({ length: 20 }, (_, index) => index);

  it('is done by this thread and by others, and given in the order of the tasks', async () => {
    const doers = new Set<string>();
    const results = await Promise.all(
      shareOut(TASKS, {
        count: 2,
        begin: () => sleep(20),
        here: (task) => {
          doers.add('here');
          busy(40);
          return task * 2;
        },
        there: async (task) => {
          doers.add('there');
          await sleep((20 - task) * 3);
          return task * 2;
        },
      }),
    );
    expect(results).toEqual(TASKS.map((task) => task * 2));
    expect([...doers]).toEqual(['here', 'there']);
  });

  it('is done here when it is little, or when no other thread can begin', async () => {
    const there = (): Promise<number> => Promise.reject(new Error('there is nobody'));
    const begin = (): Promise<void> => Promise.reject(new Error('there are no threads'));
    const here = (task: number): number => {
      busy(30);
      return task;
    };
    expect(await Promise.all(shareOut(TASKS, { count: 2, begin, here, there }))).toEqual(TASKS);
    const few = shareOut(TASKS.slice(0, 3), { count: 2, begin: () => Promise.resolve(), here, there });
    expect(await Promise.all(few)).toEqual([0, 1, 2]);
  });

  it('fails for the task that fails', async () => {
    const results = shareOut([1, 2, 3], {
      count: 0,
      begin: () => Promise.resolve(),
      here: (task) => {
        if (task === 2) throw new Error('two');
        return task;
      },
      there: (task) => Promise.resolve(task),
    });
    expect(await Promise.allSettled(results)).toMatchObject([{ value: 1 }, { reason: new Error('two') }, { value: 3 }]);
  });
});

describe('threads of a command', () => {
  const threads = new ScenarioThreads(2);
  afterAll(() => threads.close());

  it('run what this one runs, to the byte, more than there are threads', { timeout: 60_000 }, async () => {
    const manifest = `manifests: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: nginx}]}}\n`;
    const steps = 'steps: [{advance: 30s}, {expect: {phase: pod/p, equals: Failed}}]\nmatrix: {seed: [1, 2, 3, 4, 5]}\n';
    const made = await variants(HEAD + manifest + steps);
    const done = await Promise.all(made.map(({ job }) => threads.do({ ...job, kind: 'run' })));
    const here = made.map(({ scenario }) => ({ kind: 'ran', result: runScenario(scenario) }));
    expect(JSON.stringify(done)).toBe(JSON.stringify(here));
    expect(new Set(here.map(({ result }) => result.digest)).size).toBe(5);
  });

  it('are as many as are asked for', () => {
    expect(jobsOf('3')).toBe(3);
    expect(jobsOf(undefined)).toBeGreaterThan(0);
    expect(() => jobsOf('0')).toThrow('--jobs is a whole number from 1 on.');
  });
});

describe('threads of the service', () => {
  const options = { signal: new AbortController().signal, onProgress: () => {} };

  it('are kept for the next text, whether it is refused or runs, and end when nobody comes', { timeout: 60_000 }, async () => {
    let begun = 0;
    const run = scenarioRunner({ onThread: () => (begun += 1), idleMsMax: 100 });
    const refused = await run({ kind: 'run', text: 'kind: nonsense' }, options);
    expect(refused.kind).toBe('mistakes');
    expect((await run({ kind: 'run', text: `${HEAD}steps: [{advance: 1m}]` }, options)).kind).toBe('runs');
    expect((await run({ kind: 'run', text: '[}' }, options)).kind).toBe('mistakes');
    expect(begun).toBe(1);
    await sleep(300);
    await run({ kind: 'run', text: '[}' }, options);
    expect(begun).toBe(2);
  });

  it('end with the work that nobody waits for, and others take their place', { timeout: 60_000 }, async () => {
    let begun = 0;
    const run = scenarioRunner({ onThread: () => (begun += 1) });
    const leaving = new AbortController();
    const left = run({ kind: 'run', text: `${HEAD}steps: [{advance: 1m}]` }, { ...options, signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow('nobody waits for the scenario any more');
    expect((await run({ kind: 'run', text: `${HEAD}steps: [{advance: 1m}]` }, options)).kind).toBe('runs');
    expect(begun).toBe(2);
  });
});
