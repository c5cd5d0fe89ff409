// Mutation tests: Stryker changes one expression of the engine at a time, and the tests of that room must fail.
//
//   npm run mutate -- src/engine/kernel src/engine/controllers/job/backoff.ts    folders or files; each a row of its own
//   npm run mutate -- --write …      records the scores in docs/mutation.md
//   npm run mutate -- --check …      fails where a score is below the recorded one
//
// Only the tests that mirror a room are run (`test/controllers/job` for `src/engine/controllers/job`): a mutant that only some far scenario notices counts as
// a survivor, because nobody who works in that room would learn of it in time.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const PAGE = new URL('../docs/mutation.md', import.meta.url);
const ENGINE = 'src/engine/';

/** Tests of rooms that have no folder of the same name. */
const TESTS = {
  'controllers/shared': ['test/controllers/**/*.test.ts'],
  'controllers/endpointslice': ['test/controllers/endpoints/*.test.ts'],
  'controllers/endpointslicemirroring': ['test/controllers/endpoints/*.test.ts'],
  kernel: ['test/kernel/*.test.ts', 'test/cluster/*.test.ts'],
};

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error(`npm run mutate -- [--write] [--check] ${ENGINE}<folder or file> …`);
  process.exit(2);
}

/** @type {Map<string, string>} */
const rows = new Map(
  readFileSync(PAGE, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, room] = /^\| `([^`]+)` \|/.exec(line) ?? [];
      return room === undefined ? [] : [/** @type {const} */ ([room, line])];
    }),
);

let isBelow = false;
for (const room of positionals.map((path) => path.replace(/\/$/, ''))) {
  if (!room.startsWith(ENGINE) || !existsSync(room)) {
    console.error(`${room} is no folder or file below ${ENGINE}`);
    process.exit(2);
  }
  const score = await mutate(room);
  console.log(row(room, score));
  const recorded = Number(/\| (\d+) % \|/.exec(rows.get(room) ?? '')?.[1] ?? '0');
  if (values.check && percentOf(score) < recorded) {
    console.error(`${room}: ${percentOf(score)} % of its mutants fail a test, ${recorded} % did when docs/mutation.md was written`);
    isBelow = true;
  }
  rows.set(room, row(room, score));
  if (values.write) writeRows();
}
process.exit(isBelow ? 1 : 0);

/**
 * @typedef {{ detected: number, survived: readonly string[], unseen: number, all: number }} Score
 *
 * @param {string} room
 * @returns {Promise<Score>}
 */
async function mutate(room) {
  process.env['ORRERY_MUTATION_TESTS'] = testsOf(room.slice(ENGINE.length)).join(',');
  const stryker = new Stryker({
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', related: false },
    mutate: [statSync(room).isFile() ? room : `${room}/**/*.ts`],
    coverageAnalysis: 'perTest',
    // A mutant of what a module computes once would need every test from the start.
    ignoreStatic: true,
    concurrency: 1,
    reporters: ['progress-append-only'],
    tempDirName: '.mutation',
    ignorePatterns: ['dist', 'examples', 'kits', 'docs', 'data', 'test/clients', 'test/web', 'test/wire'],
    disableTypeChecks: false,
    allowConsoleColors: false,
    logLevel: 'warn',
  });
  const results = await stryker.runMutationTest();
  /** @param {string} status */
  const count = (status) => results.filter((result) => result.status === status).length;
  const survived = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(describeMutant);
  for (const line of survived) console.log(line);
  const detected = count('Killed') + count('Timeout');
  return { detected, survived, unseen: count('NoCoverage'), all: detected + survived.length };
}

/**
 * @param {string} room below src/engine
 * @returns {readonly string[]}
 */
function testsOf(room) {
  const known = TESTS[/** @type {keyof typeof TESTS} */ (room)];
  if (known !== undefined) return known;
  const folder = `test/${room.replace(/\.ts$/, '')}`;
  if (existsSync(`${folder}.test.ts`)) return [`${folder}.test.ts`];
  if (existsSync(folder)) return [`${folder}/**/*.test.ts`];
  const parent = room.split('/').slice(0, -1).join('/');
  return testsOf(parent === '' ? 'kernel' : parent);
}

/** @param {import('@stryker-mutator/api/core').MutantResult} mutant */
function describeMutant({ fileName, location, mutatorName, replacement, status }) {
  const path = fileName.slice(fileName.indexOf(ENGINE));
  const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80);
  return `  ${path}:${location.start.line}:${location.start.column} ${mutatorName} → ${text}${status === 'NoCoverage' ? ' (no test comes here)' : ''}`;
}

/** @param {Score} score */
function percentOf({ detected, all }) {
  return all === 0 ? 100 : Math.floor((100 * detected) / all);
}

/**
 * @param {string} room
 * @param {Score} score
 */
function row(room, score) {
  const date = new Date().toISOString().slice(0, 10);
  return `| \`${room}\` | ${score.all} | ${score.detected} | ${score.unseen} | ${percentOf(score)} % | ${date} |`;
}

function writeRows() {
  const page = readFileSync(PAGE, 'utf8');
  const table = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const head = page.indexOf('|---|');
  const start = page.indexOf('\n', head) + 1;
  const end = page.indexOf('\n\n', start);
  writeFileSync(PAGE, `${page.slice(0, start)}${table.join('\n')}${end === -1 ? '\n' : page.slice(end)}`);
}
