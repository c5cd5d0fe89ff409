// better-sqlite3 in the version that this Node runs: 13 segfaults on Node 20, and 12 aborts when the garbage collector frees a statement on Node
// 24.19 and newer. Both have the same API. See docs/decisions/0005-two-drivers.md.

import { createRequire } from 'node:module';
import type Driver from 'better-sqlite3';

const require = createRequire(import.meta.url);

/** The first Node for which version 13 is made; npm leaves it out below. */
const NODE_OF_13 = 22;

/** Opens SQLite files. */
export const Database: typeof Driver = load();

function load(): typeof Driver {
  if (Number(process.versions.node.split('.')[0]) >= NODE_OF_13) {
    try {
      return require('better-sqlite3-13') as typeof Driver;
    } catch (error) {
      // An optional dependency may be left out, for instance with `npm ci --omit=optional`.
      if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return require('better-sqlite3') as typeof Driver;
}
