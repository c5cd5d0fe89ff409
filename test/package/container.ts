// The Dockerfile, read: what its image holds, with which variables, and what it runs.

import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The stages of the Dockerfile: what builds, and what is published. */
export const [BUILD_STAGE = '', IMAGE = ''] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .split(/^(?=FROM )/m)
  .filter((part) => part.startsWith('FROM '));

/** Lays the folder of the image out, from an installed package and its packages. */
export function layImage(app: string, installed: string, packages: string): void {
  mkdirSync(app);
  for (const [, from = '', to = ''] of IMAGE.matchAll(/^COPY --from=build \/app\/(\S+) (\S+)$/gm)) {
    if (from === 'node_modules') symlinkSync(packages, join(app, to));
    else cpSync(join(installed, from), join(app, to === './' ? from : to), { recursive: true });
  }
}

/** The variables of the image, with another data folder and port. */
export function imageVariables(data: string, port: number): Record<string, string> {
  const pairs = [...(/^ENV (.*)$/m.exec(IMAGE)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)];
  const variables = pairs.map(([, name = '', value = '']) => [name, value.replace(/^\/data/, data)]);
  return { ...Object.fromEntries(variables), ORRERY_PORT: String(port) };
}

/** Arguments of Node in a line of the Dockerfile. */
export function nodeArguments(line: RegExp): readonly string[] {
  const [program, ...args] = JSON.parse(line.exec(IMAGE)?.[1] ?? '[]') as string[];
  if (program !== 'node') throw new Error(`${line} of the Dockerfile does not run node`);
  return args;
}
