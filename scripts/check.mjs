// `npm run check`: everything that must hold before a commit. Runs all steps, prints what failed, and ends with 1 when something did.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = ['node', 'node_modules/typescript7/bin/tsc'];

/** Quick steps, which run side by side. */
const STATIC_STEPS = [
  { name: 'format', command: ['npx', 'biome', 'format', '.'] },
  { name: 'lint', command: ['npx', 'oxlint', '--deny-warnings'] },
  { name: 'types', command: [...TSC, '-p', 'tsconfig.json'] },
  { name: 'types of the engine', command: [...TSC, '-p', 'src/engine/tsconfig.json'] },
  { name: 'types of the page', command: [...TSC, '-p', 'src/web/tsconfig.json'] },
  { name: 'import ladder', command: ['npx', 'depcruise', 'src', '--output-type', 'err-long'] },
  { name: 'generated files', command: ['node', 'scripts/generated.mjs', 'verify'] },
];
const TESTS = { name: 'tests', command: ['npx', 'vitest', 'run'] };

const failed = [];
const waiting = [...STATIC_STEPS];
await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, runNext));
await run(TESTS);
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log('\nall checks passed');

async function runNext() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(step);
}

async function run({ name, command: [program, ...args] }) {
  const startedMs = performance.now();
  const { code, output } = await collect(program, args);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) return;
  failed.push(name);
  console.error(output);
}

function collect(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const append = (chunk) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
