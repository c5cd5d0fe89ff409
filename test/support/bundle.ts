// Programs for processes and threads of tests in one file of JavaScript each: what starts with sources compiles the whole engine anew each time.

import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** As deep as src/db, whose migrations are found from where the code is. */
const FOLDER = new URL('../.bundles/', import.meta.url);

/** Bundles a module with all that it imports but packages. */
export async function bundle(entry: URL): Promise<URL> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = new URL(`${basename(entry.pathname, '.ts')}-${process.pid}.mjs`, FOLDER);
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: fileURLToPath(outfile),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}
