// A worker thread of `orrery test` and `orrery explore`: it runs scenarios, makes its share of the disturbed runs, and makes counterexamples smaller.

import { parentPort } from 'node:worker_threads';
import type { JsonObject } from '../engine/apimachinery/meta.ts';
import { type Counterexample, shrink } from '../scenario/counterexample.ts';
import { type Mistake, parseText } from '../scenario/document.ts';
import { explore, type ExploreOptions, type Trial, type Undisturbed } from '../scenario/explore.ts';
import type { RunResult, Violation } from '../scenario/run.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import { buildScenario, type Scenario } from '../scenario/scenario.ts';
import { diskFiles } from './scenario-files.ts';
import { serveThread } from './warm-thread.ts';

/** The scenario that a job is about: a file as it was read, and what is run of it. */
export interface JobSource {
  readonly file: string;
  readonly text: string;
  /** The file with the values that flags and a matrix set. */
  readonly source: JsonObject;
}

/** What a thread is told. */
export type ScenarioJob = JobSource &
  (
    | { readonly kind: 'run' }
    | {
        readonly kind: 'explore';
        readonly undisturbed: Undisturbed;
        readonly options: Omit<ExploreOptions, 'isSpent'>;
        /** Wall time for second strikes, milliseconds. */
        readonly budgetMs: number;
      }
    | { readonly kind: 'shrink'; readonly trial: Trial; readonly violation: Violation }
  );

/** What comes of a job; the trials of an exploration come one by one before it. */
export type ScenarioJobResult =
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] }
  | { readonly kind: 'ran'; readonly result: RunResult }
  | { readonly kind: 'explored' }
  | { readonly kind: 'shrunk'; readonly counterexample: Counterexample | undefined };

serveThread<ScenarioJob, Trial, ScenarioJobResult>(parentPort, async (job, tell) => {
  const built = await buildScenario(job.file, job.source, parseText(job.file, job.text).place, diskFiles);
  return built.ok ? perform(built.scenario, job, tell) : { kind: 'mistakes', mistakes: built.mistakes };
});

async function perform(scenario: Scenario, job: ScenarioJob, tell: (trial: Trial) => void): Promise<ScenarioJobResult> {
  if (job.kind === 'run') return { kind: 'ran', result: runScenario(scenario) };
  if (job.kind === 'shrink') return { kind: 'shrunk', counterexample: await shrink(scenario, job.trial, job.violation, diskFiles) };
  const endMs = performance.now() + job.budgetMs;
  explore(scenario, job.undisturbed, { ...job.options, isSpent: () => performance.now() >= endMs }, tell);
  return { kind: 'explored' };
}
