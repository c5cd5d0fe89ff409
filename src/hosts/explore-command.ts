// `orrery explore`: strikes a scenario with faults at every instant at which something changes, and says what does not hold then.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import type { KubeObject } from '../engine/apimachinery/meta.ts';
import { formatDuration, formatInstant, parseDuration } from '../engine/apimachinery/time.ts';
import type { Counterexample } from '../scenario/counterexample.ts';
import { distinctStates, FAULTS_DEFAULT, FOR_MS_DEFAULT, runUndisturbed, type Trial, type Undisturbed } from '../scenario/explore.ts';
import { type Failure, failuresOf, heldInAll } from '../scenario/failures.ts';
import { placeText, violationText } from '../scenario/report.ts';
import type { Violation } from '../scenario/run.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import { buildScenario, type Scenario } from '../scenario/scenario.ts';
import { FAULT_TYPES } from '../scenario/schema.ts';
import { strikeText, type StrikeType } from '../scenario/strikes.ts';
import { withValueAt } from '../scenario/variants.ts';
import { FLAGS } from './commands.ts';
import { ConfigError } from './config.ts';
import { readScenario } from './read-scenario.ts';
import { diskFiles } from './scenario-files.ts';
import type { JobSource } from './scenario-jobs.ts';
import { jobsOf, ScenarioThreads } from './scenario-threads.ts';

/** Wall time for pairs of faults when nothing else is said. */
const BUDGET_MS = 60_000;
const PROGRESS_MS = 500;

const HELP = 'orrery explore --help says how it is called';

/** Runs the command; the exit code: 0 when everything holds, 1 when something does not, 2 when nothing can be explored. */
export async function runExplore(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new ConfigError(`One scenario is explored at a time; ${HELP}.`);
  const { scenario, text } = await readScenario(file, values.set);
  if (values.bisect !== undefined) return bisect(scenario, values.bisect, values.from, values.to);
  const settings = settingsOf(scenario, values);
  const startedMs = performance.now();
  const threads = new ScenarioThreads(settings.jobs);
  try {
    // They begin while the undisturbed run is made.
    for (let index = 0; index < settings.jobs; index += 1) void threads.begin().catch(() => {});
    return await exploreWith(threads, scenario, text, settings, startedMs);
  } finally {
    threads.close();
  }
}

async function exploreWith(
  threads: ScenarioThreads,
  scenario: Scenario,
  text: string,
  settings: Settings,
  startedMs: number,
): Promise<number> {
  const undisturbed = runUndisturbed(scenario, settings.forMs);
  const { violations, startMs } = undisturbed.result;
  if (violations.length > 0) {
    reportCalm(scenario, violations, startMs, settings.isJson);
    return 1;
  }
  const job = { file: scenario.file, text, source: scenario.source };
  const trials = await exploreAll(job, undisturbed, settings, threads);
  const exploredMs = performance.now() - startedMs;
  const groups = await shrinkAll(job, failuresOf(trials), threads);
  return report(scenario, undisturbed, trials, groups, settings, exploredMs);
}

/** What does not hold before anything strikes. */
function reportCalm({ name }: Scenario, violations: readonly Violation[], startMs: number, isJson: boolean): void {
  if (isJson) {
    const shown = violations.map((one) => ({ ...jsonOfViolation(one), runs: 1, strikes: [], explanation: one.explanation }));
    writeJson({ name, runs: 0, states: 0, ok: false, held: [], violations: shown });
    return;
  }
  console.log(`${name} fails before anything strikes:`);
  for (const violation of violations) console.log(violationText(violation, startMs).join('\n'));
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS.explore });
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n${HELP}.`);
  }
}

type Flags = ReturnType<typeof readFlags>['values'];

interface Settings {
  readonly types: readonly StrikeType[];
  readonly forMs: number;
  readonly lastsMs: number | null;
  readonly depth: 1 | 2;
  readonly budgetMs: number;
  readonly jobs: number;
  readonly folder: string | undefined;
  readonly isJson: boolean;
}

function settingsOf({ body }: Scenario, flags: Flags): Settings {
  const said = body.explore ?? {};
  const types = flags.faults?.split(',').map((type) => type.trim()) ?? said.faults ?? FAULTS_DEFAULT;
  const known: readonly string[] = FAULT_TYPES;
  for (const type of types)
    if (!known.includes(type)) throw new ConfigError(`${JSON.stringify(type)} cannot be explored; known are ${known.join(', ')}`);
  const depth = flags.depth ?? '1';
  if (depth !== '1' && depth !== '2') throw new ConfigError('--depth is 1 or 2.');
  return {
    types: types as readonly StrikeType[],
    forMs: durationOf('--for', flags.for) ?? said.for ?? FOR_MS_DEFAULT,
    lastsMs: durationOf('--lasts', flags.lasts) ?? said.lasts ?? null,
    depth: depth === '2' ? 2 : 1,
    budgetMs: durationOf('--budget', flags.budget) ?? BUDGET_MS,
    jobs: jobsOf(flags.jobs),
    folder: flags.save,
    isJson: flags.output === 'json',
  };
}

function durationOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms < 0) throw new ConfigError(`${flag} takes a duration such as 90s or 10m, not ${JSON.stringify(text)}.`);
  return ms;
}

/** All trials of all threads, in the order in which one would have made them. */
async function exploreAll(
  job: JobSource,
  undisturbed: Undisturbed,
  { types, forMs, lastsMs, depth, budgetMs, jobs, isJson }: Settings,
  threads: ScenarioThreads,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  const shows = process.stderr.isTTY && !isJson;
  const progress = shows ? setInterval(() => process.stderr.write(`\r${trials.length} runs`), PROGRESS_MS) : undefined;
  await Promise.all(
    Array.from({ length: jobs }, (_, index) => {
      const options = { types, forMs, lastsMs, depth, share: { index, count: jobs } };
      return threads.do({ ...job, kind: 'explore', undisturbed, options, budgetMs }, (trial) => trials.push(trial));
    }),
  );
  clearInterval(progress);
  if (shows) process.stderr.write('\r\u001b[K');
  return trials.sort((a, b) => compareIndexes(a.index, b.index));
}

/** Makes the scenario of each way to fail as small as it can be. */
function shrinkAll(job: JobSource, failures: readonly Failure[], threads: ScenarioThreads): Promise<Group[]> {
  return Promise.all(
    failures.map(async (failure) => {
      const done = await threads.do({ ...job, kind: 'shrink', trial: failure.first, violation: failure.violation });
      return { ...failure, counterexample: done.kind === 'shrunk' ? done.counterexample : undefined };
    }),
  );
}

function compareIndexes(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
}

interface Group extends Failure {
  readonly counterexample: Counterexample | undefined;
}

function report(
  scenario: Scenario,
  { instants, result }: Undisturbed,
  trials: readonly Trial[],
  groups: readonly Group[],
  settings: Settings,
  ms: number,
): number {
  if (settings.isJson) printJson(scenario, trials, groups);
  else printText(scenario, instants.length, trials, groups, settings, ms, result.startMs);
  if (settings.folder !== undefined) save(scenario, groups, settings.folder);
  return groups.length === 0 ? 0 : 1;
}

function printText(
  scenario: Scenario,
  instants: number,
  trials: readonly Trial[],
  groups: readonly Group[],
  { types, depth, jobs }: Settings,
  ms: number,
  startMs: number,
): void {
  for (const [index, { violation, first, count, counterexample }] of groups.entries()) {
    const strikes = first.struck.map(
      ({ strike, atMs }) => `${strikeText(strike)} at ${formatInstant(atMs)} (${formatDuration(atMs - startMs)} after the start)`,
    );
    console.log(`✗ ${index + 1}. ${violation.expected}`);
    console.log(`    in ${count} of ${trials.length} runs, first with ${strikes.join(', then ')}`);
    for (const line of violationText(violation, startMs)) console.log(`    ${line}`);
    if (counterexample !== undefined)
      console.log(`    the shortest that still fails (${counterexample.tries} tries):\n${indented(stepsText(counterexample))}`);
    console.log('');
  }
  const firsts = trials.filter(({ struck }) => struck.length === 1).length;
  const kinds = `${counted(types.length, 'type')}: ${types.join(', ')}`;
  const pairs = depth === 2 ? `, and ${trials.length - firsts} pairs, as many as the budget allowed` : '';
  const seconds = ms / 1000;
  const states = distinctStates(trials);
  const equal = states === trials.length ? '' : ` from ${counted(states, 'distinct state')}`;
  console.log(
    `${scenario.name}: ${counted(trials.length, 'run')}${equal}, all single faults of ${kinds}, at ${counted(instants, 'instant')}${pairs}; ${groups.length === 0 ? 'everything holds' : `${counted(groups.length, 'way')} to fail`}`,
  );
  console.log(`${seconds.toFixed(1)} s, ${Math.round(trials.length / seconds)} runs a second with ${counted(jobs, 'worker')}`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What is left of the scenario; of its objects their names, the whole of it is saved with `--save`. */
function stepsText({ source }: Counterexample): string {
  const { cluster, steps, manifests = [] } = source as { cluster?: unknown; steps?: unknown; manifests?: KubeObject[] };
  const names = manifests.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  return stringify({ ...(cluster === undefined ? {} : { cluster }), manifests: names, steps }).trimEnd();
}

const indented = (text: string): string => text.replace(/^/gm, '      ');

function printJson(scenario: Scenario, trials: readonly Trial[], groups: readonly Group[]): void {
  const violations = groups.map(({ violation, first, count, counterexample }) => ({
    ...jsonOfViolation(violation),
    runs: count,
    strikes: first.struck.map(({ strike, atMs }) => ({ what: strikeText(strike), at: formatInstant(atMs) })),
    explanation: violation.explanation,
    ...(counterexample === undefined ? {} : { scenario: counterexample.source }),
  }));
  const held = heldInAll(scenario, trials).map(({ kind, expected, because, place }) => ({
    kind,
    expected,
    ...(because === undefined ? {} : { because }),
    place: placeText(place),
  }));
  writeJson({ name: scenario.name, runs: trials.length, states: distinctStates(trials), ok: violations.length === 0, held, violations });
}

function jsonOfViolation({ expected, found, place, atMs }: Violation): object {
  return { expected, found, place: placeText(place), at: formatInstant(atMs) };
}

function writeJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes each counterexample as a scenario that `orrery test` runs. */
function save(scenario: Scenario, groups: readonly Group[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [index, { counterexample, first }] of groups.entries()) {
    if (counterexample === undefined) continue;
    const file = join(folder, `${scenario.name}-${index + 1}.yaml`);
    const head = `# Found by exploration of ${scenario.file}: ${first.struck.map(({ strike }) => strikeText(strike)).join(', then ')}.\n`;
    writeFileSync(file, head + stringify({ ...counterexample.source, metadata: { name: `${scenario.name}-${index + 1}` } }));
    console.error(`wrote ${file}`);
  }
}

/** The greatest value with which a scenario holds. */
async function bisect(scenario: Scenario, path: string, from: string | undefined, to: string | undefined): Promise<number> {
  if (from === undefined || to === undefined) throw new ConfigError('--bisect needs --from and --to.');
  const isCount = /^\d+$/.test(from) && /^\d+$/.test(to);
  const unit = isCount ? 1 : 1000;
  const read = (text: string): number => (isCount ? Number(text) : (durationOf('--from and --to', text) ?? 0) / unit);
  const write = (value: number): number | string => (isCount ? value : formatDuration(value * unit));
  const holds = async (value: number): Promise<boolean> => {
    const built = await buildScenario(scenario.file, withValueAt(scenario.source, path, write(value)), () => scenario.place, diskFiles);
    if (!built.ok) throw new ConfigError(built.mistakes.map((mistake) => `${path}=${write(value)}: ${mistake.message}`).join('\n'));
    return runScenario(built.scenario).violations.length === 0;
  };
  let [low, high] = [read(from), read(to)];
  const isGood = await holds(low);
  if (!isGood) return tell(`${path}: it fails with ${write(low)} already`, 1);
  if (await holds(high)) return tell(`${path}: it holds even with ${write(high)}`, 0);
  let runs = 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    runs += 1;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return tell(`${path}: it holds up to ${write(low)}, and fails from ${write(high)} on (${runs} runs)`, 0);
}

function tell(text: string, code: number): number {
  console.log(text);
  return code;
}
