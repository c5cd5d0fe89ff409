// Before the first test: the program as a build bundles it. Processes and threads that tests start begin with it, instead of compiling a thousand modules each.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundleService } from '../../scripts/build.mjs';

/** As deep as dist/, so that it finds what a build finds. */
const FOLDER = fileURLToPath(new URL(`../../.program-${process.pid}`, import.meta.url));

export function setup(project: TestProject): void {
  bundleService(FOLDER);
  project.onTestsRerun(() => bundleService(FOLDER));
  process.env['ORRERY_TEST_PROGRAM'] = FOLDER;
}

export function teardown(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}
