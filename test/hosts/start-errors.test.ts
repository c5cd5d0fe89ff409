// What cannot work is said at once, with what to do: exit code 2 for settings that are wrong, 1 for what the machine does not let happen.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/hosts/command-line.ts';
import { readConfig } from '../../src/hosts/config.ts';
import { serve } from '../../src/hosts/node.ts';

let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-start-errors-'));
  said = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The exit code of `orrery serve`, and what it said. */
async function start(...flags: readonly string[]): Promise<readonly [code: number | undefined, said: string]> {
  const code = await runCommandLine(['serve', '--port', '0', '--data', join(folder, 'data'), '--log-level', 'silent', ...flags]);
  return [code, said.join('\n')];
}

it.each(['Demo', 'demo/other', 'demo_1', '-demo', 'x'.repeat(41)])('the default cluster cannot be called %s', async (name) => {
  expect(await start(`--default-cluster=${name}`)).toEqual([
    2,
    `--default-cluster must be the name of a cluster, at most 40 lower-case letters, digits and dashes, not ${JSON.stringify(name)}.`,
  ]);
});

it('a log has one of the formats', async () => {
  expect(await start('--log-format', 'xml')).toEqual([2, '--log-format must be json, pretty or auto, not "xml".']);
});

it.each([[], ['--tls', 'self-signed']])('a data folder cannot be made below a file (%s %s)', async (...flags) => {
  writeFileSync(join(folder, 'file'), '');
  const data = join(folder, 'file', 'below');
  expect(await start('--data', data, ...flags)).toEqual([
    1,
    `The data folder ${data} cannot be used: it is not a folder, or lies in something that is none. Choose another one with --data.`,
  ]);
});

it('nor below what the system makes itself', async () => {
  expect(await start('--data', '/proc/orrery/data')).toEqual([
    1,
    'The data folder /proc/orrery/data cannot be used: it cannot be made there. Choose another one with --data.',
  ]);
});

it('a port in use is named, also with worker threads, and the folder is let go', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const port = String((other.address() as AddressInfo).port);
  try {
    for (const workers of ['0', '1']) expect((await start('--port', port, '--workers', workers))[0]).toBe(1);
    expect(new Set(said)).toEqual(
      new Set([`Cannot listen on 127.0.0.1, port ${port}: the port is in use. Choose another one with --port, or 0 for any free one.`]),
    );
  } finally {
    other.close();
  }
  const service = await serve(readConfig(['--port', '0', '--data', join(folder, 'data'), '--log-level', 'silent'], {}), 'test');
  await service.close();
});

it('a folder that another service uses is named', async () => {
  mkdirSync(join(folder, 'data'));
  const first = await serve(readConfig(['--port', '0', '--data', join(folder, 'data'), '--log-level', 'silent'], {}), 'test');
  try {
    expect(await start()).toEqual([
      1,
      `The data folder ${join(folder, 'data')} cannot be used: another process uses it. Stop that one, or choose another folder with --data.`,
    ]);
  } finally {
    await first.close();
  }
});
