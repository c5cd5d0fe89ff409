// `npm run test:kits`: each kit does with the built service what its users do, with the clients of Kubernetes in its language. Names after it run only those.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../../scripts/build.mjs';
import { CLIENTS, cached, run } from '../clients/support/tools.mjs';

const KITS = fileURLToPath(new URL('../../kits/', import.meta.url));
const MS_MAX = 600_000;

const SUITES = { python: testPython, go: testGo };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`No such kit: ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(', ')}.`);
  process.exit(1);
}
await buildIfNeeded();
const env = { ...process.env, ORRERY_COMMAND: `${process.execPath} ${join(KITS, '..', 'dist', 'hosts', 'cli.js')}` };
let failed = 0;
for (const name of asked.length === 0 ? Object.keys(SUITES) : asked) {
  const startedMs = Date.now();
  const problem = await SUITES[name]().then(
    (said) => void console.log(`ok      ${name}: ${said} in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`),
    (error) => error,
  );
  if (problem === undefined) continue;
  failed += 1;
  console.log(`FAILED  ${name}\n${problem.message}`);
}
process.exit(failed === 0 ? 0 : 1);

async function testPython() {
  const folder = join(KITS, 'python');
  const requirements = join('..', '..', 'kits', 'python', 'tests', 'requirements.txt');
  const make = async (place) => {
    await run('python3', ['-m', 'venv', place]);
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '-r', join(CLIENTS, requirements)];
    await run(join(place, 'bin', 'python'), ['-m', 'pip', 'install', ...options]);
  };
  const python = join(await cached('kit-python', [requirements], make, await run('python3', ['--version'])), 'bin', 'python');
  await run(python, ['-m', 'mypy', '--cache-dir', '/dev/null', 'orrery'], { cwd: folder, timeout: MS_MAX });
  const paths = { PYTHONPATH: `${folder}:${join(folder, 'examples')}`, PYTHONDONTWRITEBYTECODE: '1' };
  // unittest writes to standard error.
  const program = `import sys, unittest
made = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(unittest.defaultTestLoader.discover('tests'))
sys.exit(0 if made.wasSuccessful() and made.testsRun > 0 else 1)`;
  const said = await run(python, ['-c', program], { cwd: folder, env: { ...env, ...paths }, timeout: MS_MAX });
  return /Ran (\d+ tests)/.exec(said)?.[1] ?? 'no tests';
}

async function testGo() {
  const options = { env: { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly -buildvcs=false' }, timeout: MS_MAX };
  const unformatted = await run('gofmt', ['-l', join(KITS, 'go')]);
  if (unformatted !== '') throw new Error(`gofmt would change ${unformatted}`);
  await run('go', ['vet', './...'], { ...options, cwd: join(KITS, 'go') });
  const said = await run('go', ['test', '-count=1', '-v', './...'], { ...options, cwd: join(KITS, 'go', 'test') });
  return `${said.match(/^--- PASS: /gm)?.length ?? 0} tests`;
}
