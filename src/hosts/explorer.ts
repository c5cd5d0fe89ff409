// A worker thread of `orrery explore`: its share of the disturbed runs.

import { parentPort, workerData } from 'node:worker_threads';
import { explore, type ExploreOptions, runUndisturbed } from '../scenario/explore.ts';
import { buildScenario, readSource } from '../scenario/scenario.ts';
import type { JsonObject } from '../engine/apimachinery/meta.ts';
import { diskFiles } from './scenario-files.ts';

/** What a worker is told. */
export interface ExplorerStart {
  readonly file: string;
  readonly source: JsonObject;
  readonly options: Omit<ExploreOptions, 'isSpent'>;
  /** Wall time for second strikes, milliseconds. */
  readonly budgetMs: number;
}

const { file, source, options, budgetMs } = workerData as ExplorerStart;
const read = readSource(file, diskFiles);
const built = read.ok ? await buildScenario(file, source, read.place, diskFiles) : read;
if (!built.ok) throw new Error(`${file} could be read a moment ago`);
const { scenario } = built;
const endMs = performance.now() + budgetMs;
const isSpent = (): boolean => performance.now() >= endMs;
explore(scenario, runUndisturbed(scenario, options.forMs), { ...options, isSpent }, (trial) => parentPort?.postMessage(trial, []));
