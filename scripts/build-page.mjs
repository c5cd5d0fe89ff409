// Bundles the page of src/web: names carry hashes, so that a browser keeps a file for ever. The build writes it to dist/web; tests take it from memory.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A style sheet that is imported as `….css?text` is its text: chunks that are loaded later bring their styles along. */
const TEXTS = {
  name: 'texts',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /\.css\?text$/ }, async ({ path, resolveDir, kind }) => {
      const found = await resolve(path.replace(/\?text$/, ''), { resolveDir, kind });
      return { path: found.path, errors: found.errors, namespace: 'text' };
    });
    onLoad({ filter: /./, namespace: 'text' }, ({ path }) => ({ contents: readFileSync(path), loader: 'text' }));
  },
};

/** xterm.js sees a document that keeps to the policy of the page, wherever it takes one from. */
const STRICT_XTERM = {
  name: 'strict xterm',
  setup({ onLoad }) {
    onLoad({ filter: /@xterm[/\\]xterm[/\\]lib[/\\]xterm\.mjs$/ }, ({ path }) => {
      const head = `import { strictDocument as document } from ${JSON.stringify(join(ROOT, 'src/web/terminal/xterm-document.ts'))};\n`;
      return { contents: head + readFileSync(path, 'utf8').replaceAll('window.document', 'document'), loader: 'js' };
    });
  },
};

/** The worked examples stand in the chunk that asks for them, and in no other. */
const EXAMPLES = {
  name: 'examples',
  setup({ onLoad }) {
    onLoad({ filter: /src[/\\]web[/\\]clusters[/\\]examples\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return { contents: source.replace('= WORKED_EXAMPLES;', () => `= ${JSON.stringify(readExamples())};`), loader: 'ts' };
    });
  },
};

/** What the page needs of each example: the cluster, what its images do, and the manifests as they began and as they were mended. */
export function readExamples() {
  const folder = join(ROOT, 'examples');
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'scenario.yaml')));
  return names.sort().map((name) => {
    const read = (file) => readFileSync(join(folder, name, file), 'utf8');
    const { cluster = {}, images = {} } = parse(read('scenario.yaml'));
    return { name, cluster: { ...cluster, images }, before: read('before.yaml'), mended: read('mended.yaml') };
  });
}

/** Returns every file of the page by its name: index.html and docs.html, and what they load. */
export async function bundlePage() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { app: 'src/web/main.tsx', docs: 'src/web/docs/main.tsx' },
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
    metafile: true,
    plugins: [TEXTS, STRICT_XTERM, EXAMPLES],
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  dropMaps(files);
  for (const [page, entry] of [
    ['index.html', 'app'],
    ['docs.html', 'docs'],
  ]) {
    const nameOf = (ending) => [...files.keys()].find((name) => name.startsWith(`${entry}-`) && name.endsWith(ending));
    const html = readFileSync(join(ROOT, 'src/web', page), 'utf8')
      .replace('{{script}}', `assets/${nameOf('.js')}`)
      .replace('{{style}}', `assets/${nameOf('.css')}`)
      .replace('{{preloads}}', preloadsOf(metafile, entry));
    files.set(page, new TextEncoder().encode(html));
  }
  return files;
}

/** What the script needs at once is asked for with it, not after it. */
function preloadsOf({ outputs }, entry) {
  const [, app] = Object.entries(outputs).find(([path]) => basename(path).startsWith(`${entry}-`) && path.endsWith('.js'));
  const needed = app.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));
  return needed.map((name) => `<link rel="modulepreload" href="assets/${name}">`).join('\n');
}

/** What is mostly of libraries goes without a map: maps of them are larger than everything else. */
function dropMaps(files) {
  for (const [name, content] of files)
    if (/^(?:docs|draw-curves|editor|screen)-/.test(name)) {
      if (name.endsWith('.map')) files.delete(name);
      else
        files.set(
          name,
          new TextEncoder().encode(new TextDecoder().decode(content).replace(/\n(?:\/\/|\/\*)# sourceMappingURL=.*\s*$/, '\n')),
        );
    }
}
