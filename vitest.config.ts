import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Recordings of real clusters lie beside the repository, not in it. Where they are missing, the tests that replay them do not exist. */
const RECORDINGS = process.env['ORRERY_RECORDINGS'] ?? new URL('../shared/golden', import.meta.url).pathname;
const exclude = [...configDefaults.exclude, ...(existsSync(RECORDINGS) ? [] : ['test/**/recorded*.test.ts'])];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude,
    // Two files at a time: the tests start real servers and real clients, and time only what they must.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
