// `--token-file`: a service that others reach is never open, needs no preparation, and shows its token once. And `orrery healthcheck`, as a
// container engine calls it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { runHealthcheck } from '../../src/hosts/healthcheck-command.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { openToken } from '../../src/hosts/token-file.ts';
import { programFile } from '../support/program.ts';

let folder: string;
let served: RunningService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-token-'));
});
afterEach(async () => {
  await served?.close();
  served = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(...flags: readonly string[]): Promise<RunningService> {
  const fixed = ['--port', '0', '--data', join(folder, 'data'), '--workers', '0', '--log-level', 'silent'];
  served = await serve(readConfig([...fixed, ...flags], {}), 'test');
  return served;
}

const statusOf = async (url: string, token?: string) =>
  (await fetch(`${url}/v1/clusters`, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } })).status;

describe('the token in a file', () => {
  it('is made when it is missing, readable for its owner only, and the same at the next start', async () => {
    const file = join(folder, 'secrets', 'token');
    const first = await start('--token-file', file);
    const { token = '', isNew } = first.token;
    expect(isNew).toBe(true);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([await statusOf(first.url), await statusOf(first.url, 'other'), await statusOf(first.url, token)]).toEqual([401, 401, 200]);
    await first.close();
    const second = await start('--token-file', file);
    expect(second.token).toEqual({ token, isNew: false });
    expect([await statusOf(second.url), await statusOf(second.url, token)]).toEqual([401, 200]);
  });

  it('may lie in the data folder, which stays whole', async () => {
    const { token } = await start('--token-file', join(folder, 'data', 'token'));
    await served?.close();
    expect((await start('--token-file', join(folder, 'data', 'token'))).token).toEqual({ ...token, isNew: false });
  });

  it('lets the service listen for others, and gives way to --token', () => {
    const file = join(folder, 'token');
    const config = readConfig(['--host', '0.0.0.0'], { ORRERY_TOKEN_FILE: file });
    expect(config).toMatchObject({ token: undefined, tokenFile: file });
    expect(openToken(readConfig(['--host', '0.0.0.0'], { ORRERY_TOKEN_FILE: file, ORRERY_TOKEN: 'given' }))).toEqual({
      token: 'given',
      isNew: false,
    });
    expect(() => statSync(file)).toThrow('ENOENT');
    expect(() => readConfig(['--host', '0.0.0.0'], {})).toThrow('have one made with --token-file');
    expect(() => readConfig(['--token-file', ' '], {})).toThrow('--token-file must name a file.');
  });

  it.each([
    ['has no token', (file: string) => writeFileSync(file, ' \n'), /^The token in \S+ may consist of letters.* must not be empty\.$/],
    ['has two lines', (file: string) => writeFileSync(file, 'a\nb\n'), /^The token in \S+ may consist of letters/],
    ['is a folder', (file: string) => mkdirSync(file), /cannot be used: it is a folder/],
    ['lies in a file', (file: string) => writeFileSync(join(file, '..'), ''), /cannot be used: its folder is none/],
  ])('that %s ends the start with a line', (what, prepare, message) => {
    const file = what === 'lies in a file' ? join(folder, 'file', 'token') : join(folder, 'token');
    prepare(file);
    expect(() => openToken({ token: undefined, tokenFile: file })).toThrow(message);
  });

  it('is printed once, with a first request that works as it is printed', async () => {
    const file = join(folder, 'data', 'token');
    const first = await outputOf(file);
    const token = readFileSync(file, 'utf8').trim();
    expect(first).toContain(`it is not shown again: ${token}\n`);
    expect(first).toContain(`export ORRERY_TOKEN=${token}\n`);
    const second = await outputOf(file);
    expect(second).not.toContain(token);
    expect(second).toContain(`export ORRERY_TOKEN=$(cat ${file})\n`);
  });
});

/** What a service says at its start. */
async function outputOf(file: string): Promise<string> {
  const flags = ['serve', '--port', '0', '--workers', '0', '--data', join(folder, 'data'), '--token-file', file];
  const child = spawn(process.execPath, [programFile(), ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const part of child.stdout.setEncoding('utf8')) {
    output += part as string;
    if (output.includes('clock/advance')) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return output;
}

describe('orrery healthcheck', () => {
  const portOf = (url: string) => new URL(url).port;

  it.each([
    ['plain HTTP', [], 'http://127.0.0.1'],
    ['HTTPS with its own certificate', ['--tls', 'self-signed'], 'https://127.0.0.1'],
    [
      'a service that listens for others',
      ['--host', '0.0.0.0', '--token', 'secret', '--allowed-hosts', 'orrery.example'],
      'http://127.0.0.1',
    ],
  ])('asks %s', async (_, flags, address) => {
    const { url } = await start(...flags);
    const { lines, exitCode } = await runHealthcheck(['--port', portOf(url), ...flags], {});
    expect({ lines, exitCode }).toEqual({ lines: [`${address}:${portOf(url)}/readyz answers 200: {"status":"ready"}`], exitCode: 0 });
  });

  it('fails when nothing listens, when the answer is not 200, and when nothing is answered', async () => {
    const silent = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    expect(await runHealthcheck(['--port', String(port)], {})).toMatchObject({
      exitCode: 1,
      lines: [expect.stringContaining('nothing for 3 s')],
    });
    silent.close();
    await once(silent, 'close');
    expect(await runHealthcheck(['--port', String(port)], {})).toMatchObject({
      exitCode: 1,
      lines: [expect.stringContaining('ECONNREFUSED')],
    });
    const { url } = await start('--tls', 'self-signed');
    expect((await runHealthcheck(['--port', portOf(url)], {})).exitCode).toBe(1);
    await expect(runHealthcheck(['--port', '0'], {})).rejects.toThrow('The port of the service must be said');
  });

  it('ends with its exit code', async () => {
    const { url } = await start();
    const run = (port: string) =>
      promisify(execFile)(process.execPath, [programFile(), 'healthcheck'], { env: { ...process.env, ORRERY_PORT: port } });
    expect((await run(portOf(url))).stdout).toContain('answers 200');
    await served?.close();
    await expect(run(portOf(url))).rejects.toMatchObject({ code: 1 });
  });
});
