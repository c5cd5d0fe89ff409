// Who ends npm ends what npm has started.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const MODULE = new URL('../../scripts/end-with-npm.mjs', import.meta.url).href;
/** As `npm start` is made; without the call nobody hears of the signal. */
const PROGRAM = `
import { endWithNpm } from ${JSON.stringify(MODULE)};
endWithNpm();
process.on('SIGTERM', () => { console.log('ended'); process.exit(0); });
setTimeout(() => { console.log('forgotten'); process.exit(1); }, 10_000);
console.log('started');
`;

it('a signal to npm reaches the program, though the shell between them passes nothing on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-npm-'));
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: 'node program.mjs' } }));
  const npm = spawn('npm', ['start', '--silent'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const output = createInterface({ input: npm.stdout });
  output.on('line', (line) => {
    lines.push(line);
    if (line === 'started') npm.kill('SIGTERM');
  });
  await once(output, 'close');
  rmSync(folder, { recursive: true, force: true });
  expect(lines).toEqual(['started', 'ended']);
});
