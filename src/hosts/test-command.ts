// `orrery test`: runs scenario files and says what does not hold.

import { watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mistake } from '../scenario/document.ts';
import { isGood, jsonOf, junitOf, type Report, textOf } from '../scenario/report.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import { buildScenario, readSource, type Scenario } from '../scenario/scenario.ts';
import { variantsOf, withValueAt } from '../scenario/variants.ts';
import { FLAGS } from './commands.ts';
import { readSetting } from './read-scenario.ts';
import { ConfigError } from './config.ts';
import { diskFiles, findScenarios } from './scenario-files.ts';
import type { JobSource } from './scenario-jobs.ts';
import { jobsOf, ScenarioThreads } from './scenario-threads.ts';
import { shareOut } from './share-out.ts';

/** Wall time in which several writes are one. */
const SAVED_MS = 50;

/** Runs the command; the exit code: 0 when everything holds, 1 when something does not, 2 when there is nothing to run. */
export async function runTest(args: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = readFlags(args);
  const files = findScenarios(positionals.length === 0 ? ['.'] : positionals);
  if (files.length === 0) throw new ConfigError('There is no scenario here: name a file, or a folder with files of the kind Scenario.');
  const threads = new ScenarioThreads(jobsOf(values.jobs));
  const code = await testAll(files, values, threads);
  if (values.watch !== true) {
    threads.close();
    return code;
  }
  watchAll(files, () => testAll(files, values, threads));
  return undefined;
}

type Flags = ReturnType<typeof readFlags>['values'];

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS.test });
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

async function testAll(files: readonly string[], { report = [], output, set = [] }: Flags, threads: ScenarioThreads): Promise<number> {
  const startedMs = performance.now();
  const tasks: Task[] = [];
  for (const file of files) tasks.push(...(await tasksOf(file, set)));
  const reports: Report[] = [];
  // All at once, and said in the order of the files.
  const workers = {
    count: threads.count > 1 ? threads.count : 0,
    begin: () => threads.begin(),
    here: runHere,
    there: (task: Task) => runIn(threads, task),
  };
  for (const report of shareOut(tasks, workers)) {
    const one = await report;
    reports.push(one);
    if (output !== 'json') console.log(textOf(one).join('\n'));
  }
  for (const path of report) writeFileSync(path, path.endsWith('.json') ? jsonOf(reports) : junitOf(reports));
  const bad = reports.filter((one) => !isGood(one)).length;
  if (output === 'json') process.stdout.write(jsonOf(reports));
  else console.log(`\n${summary(reports.length, bad)}, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return bad === 0 ? 0 : 1;
}

function summary(count: number, bad: number): string {
  const all = `${count} ${count === 1 ? 'scenario' : 'scenarios'}`;
  return bad === 0 ? `${all}, everything holds` : `${all}, ${bad} with something that does not hold`;
}

/** One combination of a file, or what is wrong with the file. */
interface Task {
  readonly title: Pick<Report, 'file' | 'name' | 'variant'>;
  readonly made:
    | { readonly scenario: Scenario; readonly job: JobSource; readonly mistakes?: undefined }
    | { readonly mistakes: readonly Mistake[] };
}

/** All combinations of a file. */
async function tasksOf(file: string, settings: readonly string[]): Promise<Task[]> {
  const read = readSource(file, diskFiles);
  const whole = read.ok ? await buildScenario(file, read.source, read.place, diskFiles) : read;
  if (!read.ok || !whole.ok) {
    const mistakes = whole.ok ? [] : whole.mistakes;
    return [{ title: { file, name: file, variant: undefined }, made: { mistakes } }];
  }
  const { name } = whole.scenario;
  const changed = settings.map(readSetting).reduce((made, [path, value]) => withValueAt(made, path, value), read.source);
  const tasks: Task[] = [];
  for (const { source, name: variant } of variantsOf(changed)) {
    const built = source === read.source ? whole : await buildScenario(file, source, read.place, diskFiles);
    const made = built.ok ? { scenario: built.scenario, job: { file, text: read.text, source } } : { mistakes: built.mistakes };
    tasks.push({ title: { file, name, variant: variant === '' ? undefined : variant }, made });
  }
  return tasks;
}

function runHere({ title, made }: Task): Report {
  if (made.mistakes !== undefined) return { ...title, mistakes: made.mistakes, result: undefined };
  return { ...title, mistakes: [], result: runScenario(made.scenario) };
}

async function runIn(threads: ScenarioThreads, task: Task): Promise<Report> {
  const { title, made } = task;
  if (made.mistakes !== undefined) return runHere(task);
  const done = await threads.do({ ...made.job, kind: 'run' });
  if (done.kind === 'mistakes') return { ...title, mistakes: done.mistakes, result: undefined };
  if (done.kind !== 'ran') throw new Error(`a run was answered with ${done.kind}`);
  return { ...title, mistakes: [], result: done.result };
}

/** Runs again when something beside a scenario is saved. */
function watchAll(files: readonly string[], again: () => Promise<unknown>): void {
  let waiting: NodeJS.Timeout | undefined;
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    watch(folder, { recursive: true }, () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        console.log('');
        void again();
      }, SAVED_MS);
    });
  }
}
