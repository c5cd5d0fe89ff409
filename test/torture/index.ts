// `npm run torture`: kills, damages and generated requests in numbers that take an hour. Options: --kills, --damages, --requests (about), --seed.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { damageAgainAndAgain } from './damage.ts';
import { killDuringHistory } from './history-kills.ts';
import { killAgainAndAgain } from './kills.ts';

/** Requests that one run of each generated operation comes to. */
const REQUESTS_A_RUN = 620;
const FUZZ = ['test/http/fuzz-documents.test.ts', 'test/http/kube/fuzz.test.ts', 'test/http/rest/fuzz.test.ts', 'test/http/memory.test.ts'];

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    damages: { type: 'string', default: '200' },
    requests: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
  },
});
const [kills, damages, requests, seed] = [values.kills, values.damages, values.requests, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];

console.log(`seed ${seed}`);
const killed = await killAgainAndAgain(kills, seed, console.log);
const history = await killDuringHistory(Math.ceil(kills / 3), seed);
const damaged = await damageAgainAndAgain(damages, seed, console.log);
const runs = Math.ceil(requests / REQUESTS_A_RUN);
const fuzz =
  requests === 0
    ? 0
    : spawnSync('npx', ['vitest', 'run', '--testTimeout', '3600000', ...FUZZ], {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { ...process.env, ORRERY_FUZZ_RUNS: String(runs) },
        stdio: 'inherit',
      }).status;
for (const line of [...killed.wrong, ...history.wrong, ...damaged.wrong]) console.error(line);
console.log(`kills ${killed.kills}, acknowledged ${killed.acknowledged}, wrong after a kill ${killed.wrong.length}`);
console.log(
  `kills during forks and rewinds ${history.kills}, forks ${history.forks}, rewinds ${history.rewinds}, wrong after a kill ${history.wrong.length}`,
);
console.log(`damages ${damaged.damages}, said ${damaged.said}, silently wrong ${damaged.wrong.length}`);
console.log(`generated requests about ${requests}, ${fuzz === 0 ? 'all answered as they must' : 'see above'}`);
process.exitCode = killed.wrong.length + history.wrong.length + damaged.wrong.length > 0 || fuzz !== 0 ? 1 : 0;
