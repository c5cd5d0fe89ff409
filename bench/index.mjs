// `npm run bench`: what the service costs, as figures and ratios from one run. Machines are noisy: compare ratios, not seconds.
// It is bundled with the service to dist/hosts/bench.js. See docs/performance.md.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENGINE_GROUPS } from './engine.mjs';
import { HTTP_GROUPS } from './http.mjs';
import { pageGroups } from './page.mjs';
import { begin, compare, writeFigures, writeTable } from './report.mjs';
import { folders } from './samples.mjs';
import { STORAGE_GROUPS } from './storage.mjs';

const USAGE = `npm run bench [-- [WORD ...] [flags]]

Runs the groups whose name contains one of the words; without words all but those that take many minutes.

  --json FILE      writes the figures as JSON
  --write          writes them into docs/performance.md
  --compare FILE   measures another build beside this one: FILE is its dist/hosts/bench.js
  --pairs N        how often, with --compare (3)
  --minutes N      how long pageMemory watches (1)
`;

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    compare: { type: 'string' },
    pairs: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const GROUPS = { ...ENGINE_GROUPS, ...STORAGE_GROUPS, ...HTTP_GROUPS, ...pageGroups(Number(flags.minutes)) };
/** Only when they are asked for. */
const LONG = new Set(['huge']);

async function run() {
  if (flags.help) return process.stdout.write(`${USAGE}\nGroups: ${Object.keys(GROUPS).join(', ')}\n`);
  if (flags.compare !== undefined) return compare(fileURLToPath(import.meta.url), flags.compare, wanted, Number(flags.pairs));
  for (const [name, measure] of Object.entries(GROUPS)) {
    if (wanted.length === 0 ? LONG.has(name) : !wanted.some((word) => name.includes(word))) continue;
    begin(name);
    await measure();
  }
  for (const path of folders) rmSync(path, { recursive: true, force: true });
  if (flags.json !== undefined) writeFigures(flags.json);
  if (flags.write) writeTable('docs/performance.md');
}

await run();
