// `orrery test`: runs scenario files and says what does not hold.

import { watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { isGood, jsonOf, junitOf, type Report, textOf } from '../scenario/report.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import { buildScenario, readSource } from '../scenario/scenario.ts';
import { variantsOf, withValueAt } from '../scenario/variants.ts';
import { readSetting } from './read-scenario.ts';
import { ConfigError } from './config.ts';
import { diskFiles, findScenarios } from './scenario-files.ts';

/** Wall time in which several writes are one. */
const SAVED_MS = 50;

/** Runs the command; the exit code: 0 when everything holds, 1 when something does not, 2 when there is nothing to run. */
export async function runTest(args: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = readFlags(args);
  const files = findScenarios(positionals.length === 0 ? ['.'] : positionals);
  if (files.length === 0) throw new ConfigError('There is no scenario here: name a file, or a folder with files of the kind Scenario.');
  const code = await testAll(files, values);
  if (values.watch !== true) return code;
  watchAll(files, () => testAll(files, values));
  return undefined;
}

type Flags = ReturnType<typeof readFlags>['values'];

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        report: { type: 'string', multiple: true },
        output: { type: 'string', short: 'o' },
        set: { type: 'string', multiple: true },
        watch: { type: 'boolean', short: 'w' },
      },
    });
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

async function testAll(files: readonly string[], { report = [], output, set = [] }: Flags): Promise<number> {
  const startedMs = performance.now();
  const reports: Report[] = [];
  for (const file of files) {
    const found = await testFile(file, set);
    reports.push(...found);
    if (output !== 'json') for (const one of found) console.log(textOf(one).join('\n'));
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

/** All combinations of a file. */
async function testFile(file: string, settings: readonly string[]): Promise<Report[]> {
  const read = readSource(file, diskFiles);
  const whole = read.ok ? await buildScenario(file, read.source, read.place, diskFiles) : read;
  if (!read.ok || !whole.ok) return [{ file, name: file, variant: undefined, mistakes: whole.ok ? [] : whole.mistakes, result: undefined }];
  const { name } = whole.scenario;
  const changed = settings.map(readSetting).reduce((made, [path, value]) => withValueAt(made, path, value), read.source);
  const reports: Report[] = [];
  for (const variant of variantsOf(changed)) {
    const built = variant.source === read.source ? whole : await buildScenario(file, variant.source, read.place, diskFiles);
    const label = variant.name === '' ? undefined : variant.name;
    if (built.ok) reports.push({ file, name, variant: label, mistakes: [], result: runScenario(built.scenario) });
    else reports.push({ file, name, variant: label, mistakes: built.mistakes, result: undefined });
  }
  return reports;
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
