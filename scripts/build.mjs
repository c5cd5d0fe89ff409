// Builds dist/ from src/, unless dist/ is newer than everything it is made from. `npm start` and `npm run build` use it.
//
// The service is bundled: starting it reads a few files instead of two thousand. Everything lies in dist/hosts/, so that what finds its files from where it
// stands (migrations, package.json, the module of the workers) finds them in src/hosts/ and here. Types are what the compiler makes of the sources.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { bundlePage } from './build-page.mjs';
import { needsObjectShapes, withObjectShapes } from './object-shapes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'src',
  'bench',
  'examples',
  'scripts/build.mjs',
  'scripts/build-page.mjs',
  'scripts/object-shapes.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];
const DIST = join(ROOT, 'dist');
const [NEW, OLD] = [`${DIST}.new`, `${DIST}.old`];
const STAMP = join(DIST, '.built');
const COMPILER = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
const ENTRIES = {
  'hosts/cli': 'src/hosts/cli.ts',
  'hosts/library': 'src/hosts/library.ts',
  // Beside the others, where workerEntry looks for it.
  'hosts/main': 'src/hosts/worker/main.ts',
  'hosts/scenario-worker': 'src/hosts/scenario-worker.ts',
  'hosts/scenario-jobs': 'src/hosts/scenario-jobs.ts',
  'hosts/bench': 'bench/index.mjs',
};

/** Builds when needed; returns whether it did. Fails: when the sources do not compile. */
export async function buildIfNeeded() {
  const builtMs = modifiedMs(STAMP);
  if (builtMs !== undefined && SOURCES.every((path) => newestMs(join(ROOT, path)) <= builtMs)) return false;
  await build();
  return true;
}

async function build() {
  const startedMs = Date.now();
  console.error('Building dist/ from src/: types, the service, the page ...');
  rmSync(NEW, { recursive: true, force: true });
  const compile = [COMPILER, '-p', 'tsconfig.build.json', '--outDir', NEW, '--emitDeclarationOnly'];
  const run = spawnSync(process.execPath, compile, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error('The sources do not compile; see above.');
  bundleService(NEW);
  await writePage();
  writeFileSync(join(NEW, '.built'), `${new Date(startedMs).toISOString()}\n`);
  // The time of the start: what changes while the compiler runs is compiled the next time.
  utimesSync(join(NEW, '.built'), new Date(startedMs), new Date(startedMs));
  // A service that runs from dist/ goes on finding its modules.
  rmSync(OLD, { recursive: true, force: true });
  if (existsSync(DIST)) renameSync(DIST, OLD);
  renameSync(NEW, DIST);
  rmSync(OLD, { recursive: true, force: true });
  console.error(`Built dist/ in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
}

/** Bundles what runs, below a folder of the repository's root. */
export function bundleService(outdir) {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir,
    chunkNames: 'hosts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.20',
    sourcemap: true,
    logLevel: 'error',
    // Native modules are found by their path; the browser that bench looks through is a development package.
    external: ['better-sqlite3', 'better-sqlite3-13', 'playwright-core'],
    // Packages that are CommonJS ask for Node's modules by this name.
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  });
  if (needsObjectShapes) shareShapes(join(outdir, 'hosts'));
}

/** Source maps stay as they are: lines are the same. */
function shareShapes(folder) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name);
    writeFileSync(path, withObjectShapes(readFileSync(path, 'utf8')));
  }
}

/** The page, as `hosts/page-files.ts` looks for it: `page.json` says that the folder is a whole one. */
async function writePage() {
  const files = await bundlePage();
  mkdirSync(join(NEW, 'web'));
  for (const [name, content] of files) writeFileSync(join(NEW, 'web', name), content);
  writeFileSync(join(NEW, 'web', 'page.json'), `${JSON.stringify({ files: [...files.keys()].sort() })}\n`);
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
  if (process.argv.includes('--force')) await build();
  else if (!(await buildIfNeeded())) console.error('dist/ is up to date');
}
