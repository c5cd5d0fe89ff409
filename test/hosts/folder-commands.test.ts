// `orrery check` and `orrery recover`, as commands.

import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { runCheck, runRecover } from '../../src/hosts/folder-commands.ts';
import { serve } from '../../src/hosts/node.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-commands-'));
  const service = await start();
  for (const name of ['a', 'b'])
    await fetch(`${service.url}/v1/clusters`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  await service.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = () => serve(readConfig(['--port', '0', '--data', folder, '--log-level', 'silent', '--workers', '0'], {}), 'test');

it('check says what is sound and what is not, with an exit code', () => {
  expect(runCheck(['--data', folder, '--replay'])).toEqual({
    exitCode: 0,
    lines: [
      'ok       directory.sqlite: 2 clusters',
      'ok       cluster a: 1 commands',
      'ok       cluster b: 1 commands',
      'nothing is damaged',
    ],
  });
  const file = readdirSync(join(folder, 'clusters')).find((name) => name.startsWith('a-') && name.endsWith('.sqlite')) ?? '';
  truncateSync(join(folder, 'clusters', file));
  const { exitCode, lines } = runCheck(['--data', folder]);
  expect(exitCode).toBe(1);
  expect(lines[1]).toBe(`DAMAGED  cluster a: its file ${file} is missing or empty`);
  expect(lines.at(-1)).toBe('1 damaged');
});

it('recover sets a damaged directory aside, and the service starts', async () => {
  writeFileSync(join(folder, 'directory.sqlite'), 'a text '.repeat(1_000));
  await expect(start()).rejects.toThrow(/directory\.sqlite in it is no database\. `orrery recover --data .*` sets it aside/);
  const { exitCode, lines } = runRecover(['--data', folder]);
  expect(exitCode).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(/^set aside {2}.*directory\.sqlite\.damaged-\d+$/),
    expect.stringMatching(/^taken in {3}[ab] /),
    expect.stringMatching(/^taken in {3}[ab] /),
  ]);
  const service = await start();
  expect((await fetch(`${service.url}/v1/clusters/a`)).status).toBe(200);
  await service.close();
  expect(runRecover(['--data', folder]).lines).toEqual(['nothing to recover']);
});

it('both turn away from a folder that is not there, or that a service uses', async () => {
  expect(() => runCheck(['--data', join(folder, 'nothing')])).toThrow(/There is no data folder/);
  const service = await start();
  expect(() => runCheck(['--data', folder])).toThrow(/another process uses it/);
  expect(() => runRecover(['--data', folder])).toThrow(/another process uses it/);
  await service.close();
});
