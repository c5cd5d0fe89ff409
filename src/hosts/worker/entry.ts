// How a worker thread begins: with the compiled program as it is. Sources, which only tests run, are compiled as they are loaded, by the tool that is
// installed for that.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { WorkerOptions } from 'node:worker_threads';

/** The module of a worker thread, and how to start it; `sources` is one to run instead, compiled or not. */
export function workerEntry(sources?: URL): { readonly url: URL; readonly options: WorkerOptions } {
  if (sources !== undefined && !sources.pathname.endsWith('.ts')) return { url: sources, options: { execArgv: [] } };
  // The build puts all modules into one folder.
  if (!import.meta.url.endsWith('.ts')) return { url: new URL('./main.js', import.meta.url), options: {} };
  const compiler = createRequire(import.meta.url)
    .resolve('tsx/package.json')
    .replace(/package\.json$/, 'dist/esm/api/index.mjs');
  const main = (sources ?? new URL('./main.ts', import.meta.url)).href;
  const code = `import { register } from ${quoted(pathToFileURL(compiler).href)}; register(); await import(${quoted(main)});`;
  // Flags of the process are those of the test runner.
  return { url: new URL(`data:text/javascript,${encodeURIComponent(code)}`), options: { execArgv: [] } };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
