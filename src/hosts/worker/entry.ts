// How a worker thread begins: with the compiled program as it is. Where the sources run, as in tests, it begins with a program that was built of them if there
// is one; else they are compiled as they are loaded, by the tool that is installed for that, which takes seconds of each thread.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkerOptions } from 'node:worker_threads';

export interface Entry {
  readonly url: URL;
  readonly options: WorkerOptions;
}

/**
 * Megabytes for young objects in a thread that turns clocks: twice what Node gives. What one instant makes is mostly dead at the next one, and is not moved
 * about before; CPU of 1 500 pods that become ready 1.2 times less. More gains nothing.
 */
export const YOUNG_MEGABYTES = 96;

/** The module of a worker thread that has clusters, and how to start it; `sources` is one to run instead, compiled or not. */
export function workerEntry(sources?: URL): Entry {
  if (sources !== undefined && !sources.pathname.endsWith('.ts')) return { url: sources, options: { execArgv: [] } };
  return entryOf(sources ?? new URL('./main.ts', import.meta.url), 'main.js');
}

/** That of a worker thread which works on scenarios for a command. */
export function scenarioJobsEntry(): Entry {
  return entryOf(new URL('../scenario-jobs.ts', import.meta.url), 'scenario-jobs.js');
}

/** That of a worker thread which runs scenarios for the service. */
export function scenarioEntry(): Entry {
  return entryOf(new URL('../scenario-worker.ts', import.meta.url), 'scenario-worker.js');
}

function entryOf(source: URL, built: string): Entry {
  // The build puts all modules into one folder.
  if (!import.meta.url.endsWith('.ts')) return { url: new URL(`./${built}`, import.meta.url), options: {} };
  // Flags of the process are those of the test runner.
  const options = { execArgv: [] };
  const program = process.env['ORRERY_TEST_PROGRAM'];
  if (program !== undefined) return { url: pathToFileURL(join(program, 'hosts', built)), options };
  const compiler = createRequire(import.meta.url)
    .resolve('tsx/package.json')
    .replace(/package\.json$/, 'dist/esm/api/index.mjs');
  const code = `import { register } from ${quoted(pathToFileURL(compiler).href)}; register(); await import(${quoted(source.href)});`;
  return { url: new URL(`data:text/javascript,${encodeURIComponent(code)}`), options };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
