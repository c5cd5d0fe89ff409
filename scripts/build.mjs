// Compiles src/ to dist/, unless dist/ is newer than everything it is made from. `npm start` and `npm run build` use it.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const STAMP = join(ROOT, 'dist', '.built');
const COMPILER = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');

/** Builds when needed; returns whether it did. Fails: when the sources do not compile. */
export function buildIfNeeded() {
  const builtMs = modifiedMs(STAMP);
  if (builtMs !== undefined && SOURCES.every((path) => newestMs(join(ROOT, path)) <= builtMs)) return false;
  build();
  return true;
}

function build() {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const startedMs = Date.now();
  const run = spawnSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error('The sources do not compile; see above.');
  // The time of the start: what changes while the compiler runs is compiled the next time.
  writeFileSync(STAMP, `${new Date(startedMs).toISOString()}\n`);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** The latest modification of a file, or of anything in a folder. */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), stat.mtimeMs);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--force')) build();
  else if (!buildIfNeeded()) console.error('dist/ is up to date');
}
