// The first session of the README, line by line as it stands there, in one shell with a real kubectl.

import { readFileSync } from 'node:fs';
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

it.each(findKubectls().map((kubectl) => [kubectl.minor, kubectl] as const))(
  'every line of the README works with kubectl %s',
  async (_minor, kubectl) => {
    const lines = firstSession();
    expect(lines).toHaveLength(EXPECTED.length);
    const test = await startTestService();
    const shell = createShell(kubectl, '');
    try {
      const own = lines.map((line) => line.replaceAll('localhost:8080', test.url.replace('http://', '')));
      const { stdout, code } = await shell.run(own.map((line) => `${line} 2>&1; echo; echo "@@ $?"`).join('\n'));
      expect(code).toBe(0);
      const outputs = stdout.split(/\n*@@ \d+\n/).slice(0, lines.length);
      for (const [index, expected] of EXPECTED.entries()) expect(outputs[index]?.trim(), lines[index]).toMatch(expected);
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
