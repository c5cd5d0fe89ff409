// Every generated file of the repository: `write` makes them anew, `verify` fails when one would change. See the table for what they are.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** npm scripts that write files, and what they write. */
const GENERATORS = [
  { script: 'db:generate', outputs: ['migrations'] },
  { script: 'examples', outputs: ['src/http/rest/examples/answers.generated.ts'] },
  { script: 'openapi', outputs: ['openapi/service.json'] },
  { script: 'client', outputs: ['src/client/service-api.generated.ts'] },
  { script: 'scenario-schema', outputs: ['openapi/scenario.schema.json'] },
  { script: 'fields', outputs: ['src/engine/kinds/fields'] },
];

const isVerify = process.argv[2] === 'verify';
const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
const stale = [];
for (const { script, outputs } of GENERATORS) {
  if (scripts[script] === undefined) {
    console.error(`package.json has no script ${script}, which writes ${outputs.join(', ')}`);
    process.exit(1);
  }
  const before = contentsOf(outputs);
  const run = spawnSync('npm', ['run', '--silent', script], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    console.error(`npm run ${script} failed:\n${run.stdout}${run.stderr}`);
    process.exit(1);
  }
  const after = contentsOf(outputs);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  if (isVerify) restore(before, changed);
  for (const path of changed) stale.push(`${path} (npm run ${script})`);
}
if (isVerify && stale.length > 0) {
  console.error(`Generated files are not up to date:\n${stale.map((line) => `  ${line}`).join('\n')}`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'generated files are up to date' : `written: ${stale.join(', ')}`);

/** Text of every file of the given files and folders, by path. */
function contentsOf(paths) {
  return new Map(paths.flatMap(filesOf).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

function filesOf(path) {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isDirectory() ? readdirSync(join(ROOT, path)).flatMap((name) => filesOf(join(path, name))) : [path];
}

/** Puts the files back as they were, so that verifying changes nothing. */
function restore(before, paths) {
  for (const path of paths) {
    const text = before.get(path);
    if (text === undefined) {
      rmSync(join(ROOT, path), { force: true });
      continue;
    }
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
}
