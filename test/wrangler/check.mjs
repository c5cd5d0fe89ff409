// `npm run check:wrangler`: Cloudflare's own program takes wrangler.jsonc and the built worker as far as it goes without an account, and says no warning.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorker } from '../../scripts/build-workerd.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..', '..');

/** Bytes of the worker that Cloudflare takes, compressed, of who pays. */
const GZIP_KIB_MAX = 10 * 1024;

/** What the service needs to be given. */
const BINDINGS = ['env.CLUSTERS (ClusterObject)', 'env.FRONTS (FrontObject)', 'env.SCENARIOS (ScenarioObject)', 'env.FRONT_COUNT ("48")'];

if (!existsSync(join(HERE, 'node_modules'))) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: 'inherit' });
await bundleWorker();
const args = ['deploy', '--dry-run', '--outdir', join(HERE, 'out')];
const env = { ...process.env, CI: 'true', NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' };
const { status, stdout, stderr } = spawnSync(join(HERE, 'node_modules', '.bin', 'wrangler'), args, { cwd: ROOT, env, encoding: 'utf8' });
const gzipKib = Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1] ?? Number.NaN);
const problems = [
  ...(status === 0 ? [] : [`it ends with ${status}`]),
  ...(stderr.trim() === '' && !/warning/i.test(stdout) ? [] : ['it warns']),
  ...BINDINGS.filter((binding) => !stdout.includes(binding)).map((binding) => `it does not bind ${binding}`),
  ...(gzipKib <= GZIP_KIB_MAX ? [] : [`the worker has ${gzipKib} KiB, compressed`]),
];
console.log(
  problems.length === 0 ? `ok      wrangler (${gzipKib} KiB, compressed)` : `FAILED  wrangler: ${problems.join('; ')}\n${stdout}${stderr}`,
);
process.exit(problems.length === 0 ? 0 : 1);
