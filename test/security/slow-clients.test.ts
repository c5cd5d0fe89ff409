// Clients that hold connections: slow heads, slow bodies, bodies without an end, chunks of a byte, and many at once. Each gets an answer or its end,
// and others are served meanwhile.

import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { statusOf } from './raw-http.ts';

const BODY_MAX = 8 * 1_048_576;
let test: TestService;

beforeAll(async () => {
  test = await startTestService({ patience: { headersMs: 300, requestMs: 600, checkMs: 50 } });
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
});
afterAll(() => test.close());

interface Slow {
  readonly socket: Socket;
  /** What had come when the connection ended. */
  readonly ended: Promise<string>;
}

function open(text: string): Slow {
  const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.write(text);
  return { socket, ended: new Promise((resolve) => socket.on('close', () => resolve(received))) };
}

const HEAD = 'POST /v1/clusters HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';

describe('who is late', () => {
  it.each([
    ['with nothing at all but a letter', 'G'],
    ['with the end of the head', 'GET /v1/clusters HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '],
    ['with a body that was announced', `${HEAD}Content-Length: 100\r\n\r\n{"name":`],
    ['with the end of chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n8\r\n{"name":\r\n`],
  ])('%s, is told so and cut off', async (_name, text) => {
    expect(statusOf(await open(text).ended)).toBe(408);
  });

  it('a letter at a time, too', async () => {
    const slow = open(HEAD);
    const timer = setInterval(() => slow.socket.write('X'), 20);
    const answer = await slow.ended;
    clearInterval(timer);
    expect(statusOf(answer)).toBe(408);
  });

  it('three hundred of them keep nobody from being served', async () => {
    const crowd = Array.from({ length: 300 }, () => open(HEAD));
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${test.url}/v1/clusters/demo`)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new Set((await Promise.all(crowd.map(({ ended }) => ended))).map(statusOf))).toEqual(new Set([408]));
  });
});

describe('bodies without an end', () => {
  it.each([
    ['/v1/clusters', BODY_MAX],
    ['/clusters/demo/api/v1/namespaces/default/configmaps', 3 * 1_048_576],
  ])('on %s are refused when they are too long', async (path, limit) => {
    const { socket, ended } = open(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    let sent = 0;
    const send = (): void => {
      while (!socket.destroyed && sent < limit * 4) {
        sent += 65_536;
        if (!socket.write(chunk)) return void socket.once('drain', send);
      }
    };
    send();
    socket.once('data', () => socket.destroy());
    expect(statusOf(await ended)).toBe(413);
    expect(sent).toBeLessThan(limit * 4);
  });

  it('that are announced as too long are not read', async () => {
    const slow = open(`${HEAD}Content-Length: 100000000000\r\n\r\n{`);
    slow.socket.once('data', () => slow.socket.destroy());
    expect(statusOf(await slow.ended)).toBe(413);
  });
});

it('the service is as before', async () => {
  expect((await test.http.get('/v1/clusters')).body.items).toHaveLength(1);
});
