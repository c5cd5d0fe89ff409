import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two files at a time: the tests start real servers and real clients, and time only what they must.
    maxWorkers: 2,
    // Most of a run would be importing the engine anew for every file; no file changes a module or leaves anything behind in one.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
