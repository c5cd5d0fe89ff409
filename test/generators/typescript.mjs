// Generators of clients in TypeScript, from npm. The driver of each is the file of its name in drivers/.

import { join } from 'node:path';
import { DOCUMENT, HERE, ROOT } from './places.mjs';

/** How each client is made. */
const TOOLS = {
  'openapi-fetch': ['openapi-typescript', [DOCUMENT, '-o', 'out/openapi-typescript.ts']],
  'hey-api': ['openapi-ts', ['-i', DOCUMENT, '-o', 'out/hey-api', '--no-log-file']],
  'swagger-typescript-api': ['swagger-typescript-api', ['generate', '-p', DOCUMENT, '-o', 'out/swagger-typescript-api', '-n', 'api.ts']],
  orval: ['orval', ['--input', DOCUMENT, '--output', 'out/orval/api.ts', '--client', 'fetch']],
  kubb: ['kubb', ['generate', '--config', 'kubb.config.mjs']],
  zodios: ['openapi-zod-client', [DOCUMENT, '-o', 'out/zodios/api.ts', '--export-schemas', '--with-alias']],
};

/** For each generator the commands that make, compile and drive its client. */
export const typescript = Object.fromEntries(Object.entries(TOOLS).map(([name, tool]) => [name, () => stepsOf(name, tool)]));

function stepsOf(name, [tool, args]) {
  const program = `out/${name}.mjs`;
  const bundle = ['--bundle', '--platform=node', '--format=esm', '--packages=external', `--outfile=${program}`];
  return [
    [join(HERE, 'node_modules', '.bin', tool), args],
    [join(HERE, 'node_modules', '.bin', 'tsc'), compile(name)],
    [join(ROOT, 'node_modules', '.bin', 'esbuild'), [`drivers/${name}.ts`, ...bundle]],
    [process.execPath, [program]],
  ];
}

function compile(name) {
  const flags = 'noEmit strict skipLibCheck allowImportingTsExtensions'.split(' ').map((flag) => `--${flag}`);
  const types = ['--types', 'node', '--typeRoots', '../../node_modules/@types'];
  return [`drivers/${name}.ts`, ...flags, '--target', 'ES2023', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'ES2023,DOM,DOM.Iterable', ...types];
}
