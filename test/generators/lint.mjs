// `npm run check:openapi`: the linters of Redocly and Stoplight find nothing to say of the OpenAPI document, no warning either.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DOCUMENT = '../../openapi/service.json';

if (!existsSync(join(HERE, 'node_modules'))) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: 'inherit' });
const linters = [
  ['redocly', ['lint', DOCUMENT, '--config', 'redocly.yaml', '--format', 'json'], (output) => JSON.parse(output).totals],
  ['spectral', ['lint', DOCUMENT, '--ruleset', '.spectral.yaml', '--fail-severity', 'hint', '--format', 'json'], () => 0],
];
let failed = 0;
for (const [program, args, count] of linters) {
  const { status, stdout, stderr } = spawnSync(join(HERE, 'node_modules', '.bin', program), args, { cwd: HERE, encoding: 'utf8' });
  const found = readCount(stdout, count);
  const isClean = status === 0 && JSON.stringify(found).match(/[1-9]/) === null;
  console.log(`${isClean ? 'ok     ' : 'FAILED '} ${program}`);
  if (!isClean) console.log(stdout, stderr);
  failed += isClean ? 0 : 1;
}
process.exit(failed === 0 ? 0 : 1);

function readCount(output, count) {
  try {
    return count(output);
  } catch {
    return 'unreadable 1';
  }
}
