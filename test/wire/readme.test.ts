// The first session of the README, line by line as it stands there, in one bash with a real kubectl.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTestService } from '../support/service.ts';
import { createShell, findKubectls } from './kubectl.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The lines of the block behind the mark. */
function firstSession(): readonly string[] {
  const block = /<!-- first-session -->\s*```sh\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
  return block.split('\n').filter((line) => line.trim() !== '');
}

/** What each line must print, in the order of the block. */
const EXPECTED: readonly RegExp[] = [
  /^\{"name":"demo","seed":1,/,
  /^$/,
  /^$/,
  /^pod\/web created$/,
  /^NAME +READY +STATUS +RESTARTS +AGE\nweb +0\/1 +ContainerCreating +0 +0s$/,
  /"elapsedSeconds":30,"reached":true/,
  /\nweb +1\/1 +Running +0 +30s +10\.244\.\d+\.\d+ +node-\d +<none> +<none>$/,
  /^pod "web" deleted/,
  /"reached":true/,
  /^No resources found in default namespace\.$/,
];

/** One script: every line as it is written, then a mark with its exit code. */
function scriptOf(lines: readonly string[]): string {
  return ['exec 2>&1', ...lines.flatMap((line) => [line, 'echo "@@ $?"'])].join('\n');
}

/** Output and exit code of each line. */
function resultsOf(stdout: string): readonly { readonly output: string; readonly code: number }[] {
  const parts = stdout.split(/@@ (\d+)\n/);
  return Array.from({ length: (parts.length - 1) / 2 }, (_, index) => ({
    output: (parts[index * 2] ?? '').trim(),
    code: Number(parts[index * 2 + 1]),
  }));
}

it.each(findKubectls().map((kubectl) => [kubectl.minor, kubectl] as const))(
  'every line of the README works with kubectl %s',
  async (_minor, kubectl) => {
    const lines = firstSession();
    expect(lines).toHaveLength(EXPECTED.length);
    const test = await startTestService();
    const shell = createShell(kubectl, '');
    try {
      const script = scriptOf(lines).replaceAll('localhost:8080', test.url.replace('http://', ''));
      writeFileSync(join(shell.folder, 'session.sh'), `${script}\n`);
      const results = resultsOf((await shell.run('bash session.sh')).stdout);
      expect(results).toHaveLength(lines.length);
      for (const [index, { output, code }] of results.entries()) {
        expect(output, lines[index]).toMatch(EXPECTED[index] as RegExp);
        expect(code, lines[index]).toBe(0);
      }
      // What went into a file instead of being printed.
      expect(readFileSync(join(shell.folder, 'demo.kubeconfig'), 'utf8')).toContain('current-context: orrery-demo');
    } finally {
      shell.remove();
      await test.close();
    }
  },
  60_000,
);

it('the first screen of the README has the two commands', () => {
  const screen = README.split('\n').slice(0, 40).join('\n');
  expect(screen).toContain('npm ci && npm start');
  expect(screen).toContain('npm ci && npm test');
});
