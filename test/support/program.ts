// The program `orrery` for tests that start it: bundled as a build bundles it, once for all files of a worker. Started from its sources it would compile a
// thousand modules each time.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleService } from '../../scripts/build.mjs';

/** As deep as dist/, so that it finds what a build finds. */
const FOLDER = fileURLToPath(new URL(`../../.program-${process.pid}`, import.meta.url));

let isBundled = false;

/** The folder that a build calls dist/. */
export function programFolder(): string {
  if (!isBundled) {
    bundleService(FOLDER);
    isBundled = true;
    process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }));
  }
  return FOLDER;
}

/** The module to start, behind which the arguments of `orrery` come. */
export function programFile(): string {
  return join(programFolder(), 'hosts', 'cli.js');
}
