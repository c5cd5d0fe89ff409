import { defineConfig } from 'vitest/config';

/** The tests that mutants must fail; `scripts/mutate.mjs` names them. */
export default defineConfig({
  test: {
    include: (process.env['ORRERY_MUTATION_TESTS'] ?? 'test/kernel/**/*.test.ts').split(','),
    isolate: false,
    testTimeout: 20_000,
  },
});
