// The program `orrery` for tests that start it. Under vitest it is built before the first test; `npm run torture` builds it when it is asked for.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleService } from '../../scripts/build.mjs';

/** The folder that a build calls dist/. */
export function programFolder(): string {
  return (process.env['ORRERY_TEST_PROGRAM'] ??= build());
}

/** The module to start, behind which the arguments of `orrery` come. */
export function programFile(): string {
  return join(programFolder(), 'hosts', 'cli.js');
}

/** As deep as dist/, so that it finds what a build finds. */
function build(): string {
  const folder = fileURLToPath(new URL(`../../.program-${process.pid}`, import.meta.url));
  bundleService(folder);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
