// Before the first test: temporary folders lie in memory where there is room for them. Files of clusters are opened, synced and removed some ten thousand
// times, which on a disk is half of the work of tests that store. Whoever has chosen TMPDIR keeps it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES_MIN = 4 * 1024 ** 3;

let folder: string | undefined;

export function setup(): void {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return;
  removeForgotten();
  folder = mkdtempSync(join(MEMORY, `orrery-tests-${process.pid}-`));
  if (runsPrograms(folder)) process.env['TMPDIR'] = folder;
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

/** What runs have left that were killed: memory is not given back by itself. */
function removeForgotten(): void {
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = /^orrery-tests-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM_BYTES_MIN;
  } catch {
    // Not every system has it.
    return false;
  }
}

/** Tests lay out programs, which containers often forbid there. */
function runsPrograms(place: string): boolean {
  const program = join(place, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  try {
    execFileSync(program);
    return true;
  } catch {
    return false;
  }
}
