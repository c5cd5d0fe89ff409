import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** Files that take longest, which begin first, so that no worker is left alone with one of them at the end. */
const LONGEST = [
  'test/wire/wire.test.ts',
  'test/web/accessibility.test.ts',
  'test/docs/pages.test.ts',
  'test/kinds/optional-members.test.ts',
  'test/wire/sessions.test.ts',
  'test/web/session.test.ts',
  'test/crash/kill.test.ts',
  'test/torture/torture.test.ts',
  'test/package/package.test.ts',
  'test/property/reference-clock.test.ts',
  'test/workerd/cluster.test.ts',
  'test/workerd/cut-off.test.ts',
  'test/hosts/scenario-commands.test.ts',
  'test/hosts/worker/sick.test.ts',
  'test/hosts/contract.test.ts',
  'test/http/fuzz-documents.test.ts',
  'test/service/turns.test.ts',
  'test/service/damage.test.ts',
  'test/property/node-clock.test.ts',
  'test/http/kube/recorded.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Several instances of workerd that share a bucket need an S3 server, which a stranger does not have: `npm run test:machines`. */
const MACHINES = 'test/workerd/cluster*.test.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', ...(process.env['ORRERY_TEST_MACHINES'] === undefined ? [MACHINES] : [])],
    // Three files at a time: a third of the time of a file it waits for a browser, a client or a clock. More would make those late that are timed.
    maxWorkers: 3,
    // Most of a run would be importing the engine anew for every file; no file changes a module or leaves anything behind in one.
    isolate: false,
    // A fifth less CPU: most code runs a few times only, so that compiling it all with the baseline compiler, and little of it with the optimizing one, costs least.
    // Nothing about the heap: such a flag overrides the limits of the service's threads, and one that has used up its memory ends the process.
    execArgv: ['--always-sparkplug', '--interrupt-budget=400000'],
    globalSetup: ['test/support/built-program.ts', 'test/support/memory-folder.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
  },
});
