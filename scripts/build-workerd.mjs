// Bundles what workerd runs: one module, in which the migrations, the OpenAPI document and the page stand as text, because an object has no files.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundlePage } from './build-page.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const WORKER = join(ROOT, 'dist', 'workerd', 'worker.js');

/** Bundles an entry that exports the classes of the objects. */
export async function bundleWorker({ outfile = WORKER, entry = 'src/hosts/workerd/worker.ts', hasPage = true } = {}) {
  mkdirSync(join(outfile, '..'), { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['workerd', 'worker'],
    target: 'es2023',
    external: ['cloudflare:workers'],
    define: {
      __VERSION__: JSON.stringify(JSON.parse(read('package.json')).version),
      __DOCUMENT__: JSON.stringify(JSON.stringify(JSON.parse(read('openapi/service.json')))),
      __PAGE__: JSON.stringify(hasPage ? await readPage() : {}),
      __MIGRATIONS__: JSON.stringify({ cluster: migrationsOf('cluster'), directory: migrationsOf('directory') }),
    },
    // Packages that are CommonJS ask for Node's modules by this name.
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf('file:///worker.js');" },
    logLevel: 'error',
  });
}

/** The files of the page, as base64 by their names. */
async function readPage() {
  const files = [...(await bundlePage())];
  return Object.fromEntries(files.map(([name, content]) => [name, Buffer.from(content).toString('base64')]));
}

/** As the migrator for objects takes them. */
function migrationsOf(schema) {
  const names = readdirSync(join(ROOT, 'migrations', schema)).filter((name) => name.endsWith('.sql'));
  return {
    journal: JSON.parse(read(`migrations/${schema}/meta/_journal.json`)),
    migrations: Object.fromEntries(names.map((name) => [`m${name.slice(0, 4)}`, read(`migrations/${schema}/${name}`)])),
  };
}

function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundleWorker();
