// `npm start`: builds when needed, then `orrery serve` with the given flags, in this process so that signals reach it.

import { buildIfNeeded } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';

endWithNpm();
try {
  await buildIfNeeded();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.argv.splice(2, 0, 'serve');
await import('../dist/hosts/cli.js');
