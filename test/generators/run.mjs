// `npm run test:generators`: public generators make clients from the OpenAPI document; each is compiled and drives the same session with a service. Names of
// generators after it run only those.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildIfNeeded } from '../../scripts/build.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..', '..');
const DOCUMENT = '../../openapi/service.json';

const execute = promisify(execFile);

/** How each client is made. Its driver is the file of its name. */
const GENERATORS = {
  'openapi-fetch': ['openapi-typescript', [DOCUMENT, '-o', 'out/openapi-typescript.ts']],
  'hey-api': ['openapi-ts', ['-i', DOCUMENT, '-o', 'out/hey-api', '--no-log-file']],
  'swagger-typescript-api': ['swagger-typescript-api', ['generate', '-p', DOCUMENT, '-o', 'out/swagger-typescript-api', '-n', 'api.ts']],
  orval: ['orval', ['--input', DOCUMENT, '--output', 'out/orval/api.ts', '--client', 'fetch']],
  kubb: ['kubb', ['generate', '--config', 'kubb.config.mjs']],
  zodios: ['openapi-zod-client', [DOCUMENT, '-o', 'out/zodios/api.ts', '--export-schemas', '--with-alias']],
};

if (!existsSync(join(HERE, 'node_modules'))) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: 'inherit' });
rmSync(join(HERE, 'out'), { recursive: true, force: true });
mkdirSync(join(HERE, 'out', 'zodios'), { recursive: true });
await buildIfNeeded();
const { startOrrery } = await import(join(ROOT, 'dist', 'hosts', 'library.js'));
const orrery = await startOrrery({ workers: 1 });
const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(GENERATORS) : asked;
let failed = 0;
for (const name of names) {
  const problem = await run(name);
  if (problem === undefined) console.log(`ok      ${name}`);
  else console.log(`FAILED  ${name}\n${problem}`);
  if (problem !== undefined) failed += 1;
}
await orrery.close();
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Generates, compiles and drives; what went wrong, or undefined. */
async function run(name) {
  const [tool, args] = GENERATORS[name];
  const program = `out/${name}.mjs`;
  const steps = [
    [tool, args],
    ['tsc', compile(name)],
    [join(ROOT, 'node_modules', '.bin', 'esbuild'), [`drivers/${name}.ts`, '--bundle', '--platform=node', '--format=esm', '--packages=external', `--outfile=${program}`]],
    [process.execPath, [program]],
  ];
  const options = { cwd: HERE, timeout: 120_000, env: { ...process.env, ORRERY_URL: orrery.url, CI: 'true' } };
  for (const [command, given] of steps) {
    const path = command.includes('/') ? command : join(HERE, 'node_modules', '.bin', command);
    // Not synchronously: the service is in this process.
    const problem = await execute(path, given, options).then(
      () => undefined,
      ({ stdout, stderr, message }) => `${message}\n${stdout}${stderr}`.slice(-6_000),
    );
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function compile(name) {
  const flags = 'noEmit strict skipLibCheck allowImportingTsExtensions'.split(' ').map((flag) => `--${flag}`);
  const types = ['--types', 'node', '--typeRoots', '../../node_modules/@types'];
  return [`drivers/${name}.ts`, ...flags, '--target', 'ES2023', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'ES2023,DOM,DOM.Iterable', ...types];
}
