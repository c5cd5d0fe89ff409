// Makes folders one by one. `mkdirSync` with `recursive` never returns where the system refuses to make one that it says is missing (as below /proc).

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes a folder, with those above it, unless it is there. Fails: as the file system fails, and with ENOTDIR when something else is there. */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let above = resolve(path);
  while (statSync(above, { throwIfNoEntry: false }) === undefined) {
    missing.push(above);
    above = dirname(above);
  }
  if (!statSync(above).isDirectory()) throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${path}'`), { code: 'ENOTDIR' });
  for (const folder of missing.reverse()) makeOne(folder);
}

/** Somebody else may make it at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
