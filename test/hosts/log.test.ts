// What the service says of itself: at its start and its stop, and of requests that were refused, failed or were slow.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { createLogTo, logAnswer } from '../../src/hosts/log.ts';
import { prettyLine } from '../../src/hosts/pretty-log.ts';
import { serve } from '../../src/hosts/node.ts';
import type { Answered } from '../../src/http/app.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;

/** The lines of a service while something is done with it. */
async function linesOf(flags: readonly string[], work: (url: string) => Promise<void>): Promise<Line[]> {
  const lines: Line[] = [];
  const config = readConfig(['--port', '0', '--data', folder, ...flags], {});
  const log = createLogTo({ write: (line) => void lines.push(JSON.parse(line)) }, config.logLevel, false);
  const service = await serve(config, '1.2.3', log);
  try {
    await work(service.url);
  } finally {
    await service.close();
  }
  // How fast this machine is, is another matter.
  return lines.filter(({ msg }) => msg !== 'slow request');
}

const WORKERS = [
  ['a host in this thread', '0'],
  ['worker threads', '1'],
] as const;

describe.each(WORKERS)('the log at info, with %s', (_name, workers) => {
  it('says when it starts and stops, and nothing of requests that are as they should be', async () => {
    const lines = await linesOf(['--workers', workers], async (url) => {
      const headers = { 'Content-Type': 'application/json' };
      await fetch(`${url}/v1/clusters`, { method: 'POST', headers, body: '{"name": "demo", "nodes": 1}' });
      expect((await fetch(`${url}/clusters/demo/api/v1/pods`)).status).toBe(200);
      expect((await fetch(`${url}/v1/clusters/nobody`)).status).toBe(404);
    });
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
      ['started', 30],
      ['stopped', 30],
    ]);
    expect(lines[0]).toMatchObject({ version: '1.2.3', data: folder, workers: Number(workers) });
  });

  it('says who was refused and why, with the id of the request, and no secret', async () => {
    const lines = await linesOf(['--workers', workers, '--token', 'open-sesame'], async (url) => {
      const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
      const own = { Authorization: 'Bearer open-sesame', 'Content-Type': 'application/json' };
      const create = (body: object) => fetch(`${url}/v1/clusters`, { method: 'POST', headers: own, body: JSON.stringify(body) });
      await create({ name: 'demo', nodes: 1, token: 'of-the-cluster-0123456789' });
      await create({ name: 'other', nodes: 1 });
      const answer = await ask('/v1/clusters', { 'X-Request-Id': 'mine-1' });
      expect([answer.status, answer.headers.get('x-request-id')]).toEqual([401, 'mine-1']);
      await ask('/v1/clusters', { Authorization: 'Bearer guessed-secret' });
      await ask('/clusters/other/api', { Authorization: 'Bearer of-the-cluster-0123456789' });
      await ask('/access/guessed-key/clusters/demo/api');
      await ask('/v1/clusters', { ...own, 'Sec-Fetch-Site': 'cross-site' });
    });
    expect(lines.slice(1, -1).map(({ msg, status, route, path, reason }) => [msg, status, route, path, reason])).toEqual([
      ['access refused', 401, 'listClusters', '/v1/clusters', 'no token was sent'],
      ['access refused', 401, 'listClusters', '/v1/clusters', 'the token is not known'],
      ['access refused', 403, 'kubernetes', '/clusters/other/api', 'the token is that of another cluster, or of a user of one'],
      ['access refused', 401, 'kubernetes', '/access/***/clusters/demo/api', 'the key in the path is not known'],
      ['access refused', 403, 'gate', '/v1/clusters', expect.stringContaining('another site')],
    ]);
    expect(lines[1]).toMatchObject({ requestId: 'mine-1', method: 'GET' });
    expect(lines[2]?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(lines)).not.toMatch(/sesame|guessed|of-the-cluster/);
  });

  it('says what failed, with the reason', async () => {
    const lines = await linesOf(['--workers', workers], async (url) => {
      const headers = { 'Content-Type': 'application/json', 'X-Request-Id': 'failing' };
      await fetch(`${url}/v1/clusters`, { method: 'POST', headers, body: '{"name": "demo", "nodes": 1}' });
      // A reason to fail that needs no fault: an object that no etcd takes.
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data: { text: 'x'.repeat(2_000_000) } };
      const path = '/clusters/demo/api/v1/namespaces/default/configmaps';
      expect((await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(object) })).status).toBe(500);
    });
    expect(lines.slice(1, -1)).toEqual([
      expect.objectContaining({
        msg: 'request failed',
        level: 30,
        requestId: 'failing',
        route: 'kubernetes',
        status: 500,
        reason: 'etcdserver: request is too large',
      }),
    ]);
  });
});

describe('the line of an answer', () => {
  const ANSWERED: Answered = {
    requestId: 'r',
    route: 'getCluster',
    method: 'GET',
    path: '/v1/clusters/demo',
    status: 200,
    milliseconds: 1_000,
    isStream: false,
  };
  it.each([
    ['as it should be', {}, undefined],
    ['slow', { milliseconds: 1_000.07 }, 'slow request'],
    ['a stream, which may be', { milliseconds: 5_000, isStream: true }, undefined],
    ['refused by a cluster, whose own matter that is', { status: 403 }, undefined],
    ['refused', { status: 403, reason: 'foreign' }, 'access refused'],
    ['not found, with a reason for the client', { status: 404, reason: 'there is no cluster' }, undefined],
    ['failed', { status: 503, milliseconds: 5_000 }, 'request failed'],
  ] as const)('%s', (_name, changes, message) => {
    const lines: Line[] = [];
    logAnswer(createLogTo({ write: (line) => void lines.push(JSON.parse(line)) }, 'info', false), { ...ANSWERED, ...changes });
    expect(lines.map(({ msg }) => msg)).toEqual(message === undefined ? [] : [message]);
  });
});

describe('lines for people', () => {
  it('have the time of day, the level, the message, and the fields', () => {
    const line = { level: 30, time: '2026-01-02T03:04:05.678Z', msg: 'started', url: 'http://127.0.0.1:8080', data: 'my data', workers: 2 };
    expect(prettyLine(JSON.stringify(line), false)).toBe('03:04:05.678 INFO  started url=http://127.0.0.1:8080 data="my data" workers=2\n');
    expect(prettyLine(JSON.stringify(line), true)).toContain('\u001b[32mINFO \u001b[0m');
  });

  it('show where something went wrong below, and no control characters', () => {
    const error = { stack: 'Error: it broke\n    at here' };
    const line = { level: 50, time: '2026-01-02T03:04:05.678Z', msg: 'it failed', err: error, path: '/a\u001b[2J' };
    expect(prettyLine(JSON.stringify(line), false)).toBe(
      '03:04:05.678 ERROR it failed path="/a\\u001b[2J"\n    Error: it broke\n        at here\n',
    );
  });

  it('are what is written where they are asked for', () => {
    const lines: string[] = [];
    createLogTo({ write: (line) => void lines.push(line) }, 'info', true).info({ port: 1 }, 'said');
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}said port=1\n$/);
  });
});
