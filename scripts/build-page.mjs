// Bundles the page of src/web: names carry hashes, so that a browser keeps a file for ever. The build writes it to dist/web; tests take it from memory.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Returns every file of the page by its name: index.html, and what it loads. */
export async function bundlePage() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { app: 'src/web/main.tsx' },
    outdir: join(ROOT, 'dist', 'web'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    sourcemap: 'linked',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const nameOf = (pattern) => [...files.keys()].find((name) => pattern.test(name));
  const html = readFileSync(join(ROOT, 'src/web/index.html'), 'utf8')
    .replace('{{script}}', `assets/${nameOf(/^app-.*\.js$/)}`)
    .replace('{{style}}', `assets/${nameOf(/^app-.*\.css$/)}`);
  files.set('index.html', new TextEncoder().encode(html));
  return files;
}
