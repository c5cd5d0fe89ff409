// `npm run test:generators`: public generators make clients from the OpenAPI document; each is compiled and drives the same session with a service. Names of
// generators after it run only those.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildIfNeeded } from '../../scripts/build.mjs';
import { openapiGenerator } from './openapi-generator.mjs';
import { HERE, ROOT } from './places.mjs';
import { typescript } from './typescript.mjs';

/** For each generator what gives the steps that make, compile and drive its client: commands, or functions that may give one. */
const GENERATORS = { ...typescript, ...openapiGenerator };

/** A compiler may first have to fetch what it needs. */
const STEP_MS_MAX = 300_000;

const execute = promisify(execFile);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(GENERATORS, name));
if (unknown.length > 0) {
  console.error(`No such generator: ${unknown.join(', ')}. There are: ${Object.keys(GENERATORS).join(', ')}.`);
  process.exit(1);
}
if (!existsSync(join(HERE, 'node_modules'))) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: 'inherit' });
rmSync(join(HERE, 'out'), { recursive: true, force: true });
mkdirSync(join(HERE, 'out', 'zodios'), { recursive: true });
await buildIfNeeded();
const { startOrrery } = await import(join(ROOT, 'dist', 'hosts', 'library.js'));
const orrery = await startOrrery({ workers: 1 });
const names = asked.length === 0 ? Object.keys(GENERATORS) : asked;
let failed = 0;
for (const name of names) {
  const startedMs = Date.now();
  const problem = await runSteps(GENERATORS[name]).catch((error) => `${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`.slice(-6_000));
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  if (problem === undefined) console.log(`ok      ${name} in ${seconds} s`);
  else console.log(`FAILED  ${name}\n${problem}`);
  if (problem !== undefined) failed += 1;
}
await orrery.close();
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function runSteps(stepsOf) {
  for (const step of await stepsOf()) {
    const found = typeof step === 'function' ? step() : step;
    if (found === undefined) continue;
    const [command, args, environment] = found;
    const env = { ...process.env, ORRERY_URL: orrery.url, CI: 'true', ...environment };
    // Not synchronously: the service is in this process.
    await execute(command, args, { cwd: HERE, timeout: STEP_MS_MAX, maxBuffer: 64 * 1024 * 1024, env });
  }
}
