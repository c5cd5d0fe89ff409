// port-forward as bytes on the wire: SPDY on a socket, SPDY inside a WebSocket, and the channels of other clients.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpdyConnection } from '../../../../src/hosts/streaming/spdy-connection.ts';
import { SPDY_DICTIONARY } from '../../../../src/hosts/streaming/spdy-dictionary.ts';
import { type MessageClient, openMessages, openSpdy, openTunnel, type SpdyClient, until } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

let stage: StreamingStage;

beforeEach(async () => {
  stage = await openStreamingStage();
});
afterEach(() => stage.served.close());

const GET = 'GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n';
const LAST = 'GET /?code=404 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const answer = (status: string, connection: string): string =>
  `HTTP/1.1 ${status}\r\nDate: Wed, 01 Jan 2025 00:00:30 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\nConnection: ${connection}\r\n\r\n`;
const REFUSED =
  /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[0-9a-f-]{36}": failed to connect to localhost:81 inside namespace "[0-9a-f]{64}", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused $/;

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

async function overSocket(): Promise<SpdyClient> {
  const { head, client } = await openSpdy(stage.url('server', 'portforward'), 'portforward.k8s.io');
  expect(head).toContain('\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n');
  return client;
}

/** Opens the pair of streams of one connection: errors on `id`, data on `id + 2`. */
async function openPair(client: SpdyClient, id: number, port: number): Promise<void> {
  await client.open(id, { streamtype: 'error', port: String(port), requestid: String(id) }, true);
  await client.open(id + 2, { streamtype: 'data', port: String(port), requestid: String(id) });
}

it('X6 the dictionary of SPDY/3', () => {
  expect(SPDY_DICTIONARY.length).toBe(1423);
  expect(createHash('sha256').update(SPDY_DICTIONARY).digest('hex')).toBe(
    '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
  );
});

describe.each([
  ['S14 SPDY on a socket', overSocket],
  ['S15 SPDY inside a WebSocket', () => openTunnel(stage.url('server', 'portforward'))],
])('%s', (_name, open) => {
  it('carries requests and answers, one after the other', async () => {
    const client = await open();
    await openPair(client, 1, 80);
    client.data(3, GET.slice(0, 9));
    client.data(3, GET.slice(9));
    await until(() => client.text(3) === answer('200 OK', 'keep-alive'));
    client.data(3, LAST);
    await client.until('FIN 1');
    expect(client.text(3)).toBe(answer('200 OK', 'keep-alive') + answer('404 Not Found', 'close'));
    expect(client.frames.slice(-2)).toEqual(['FIN 3', 'FIN 1']);
    expect(client.isClosed).toBe(false);
    client.close();
  });

  it('tells on the error stream that nothing listens, and goes on', async () => {
    const client = await open();
    await openPair(client, 1, 81);
    await client.until('FIN 1');
    expect(client.text(1)).toMatch(REFUSED);
    await openPair(client, 5, 80);
    client.data(7, LAST);
    await client.until('FIN 5');
    expect(client.text(7)).toBe(answer('404 Not Found', 'close'));
    client.close();
  });

  it('many connections come and go on one', async () => {
    const client = await open();
    for (let id = 1; id < 400; id += 4) {
      await openPair(client, id, 80);
      client.data(id + 2, LAST, true);
    }
    await client.until('FIN 397');
    expect(client.frames.filter((frame) => frame.startsWith('FIN '))).toHaveLength(200);
    client.close();
  });
});

describe('what is no request', () => {
  it.each([
    ['a greeting of TLS', '\u0016\u0003\u0001'],
    ['a line that is none', 'hello\r\n\r\n'],
    ['a body without a length', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a head without end', `GET /${'x'.repeat(70_000)}`],
  ])('%s is answered with 400 and the end', async (_name, text) => {
    const client = await overSocket();
    await openPair(client, 1, 80);
    client.data(3, text);
    await client.until('FIN 3');
    expect(client.text(3)).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
    client.close();
  });

  it('K913 a server that notes who asks answers with its body, and the request is part of the history', async () => {
    const container = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: ['netexec'] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'noting' }, spec: { containers: [container] } };
    await stage.served.http.post('/clusters/demo/api/v1/namespaces/default/pods').send(pod);
    await stage.advance('30s');
    const before = await stage.digest();
    const { client } = await openSpdy(stage.url('noting', 'portforward'), 'portforward.k8s.io');
    await openPair(client, 1, 8080);
    const form = 'msg=h%C3%A9';
    client.data(
      3,
      `POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form.slice(0, 3)}`,
    );
    client.data(3, `${form.slice(3)}GET /hostname HTTP/1.1\r\nConnection: close\r\n\r\n`);
    await client.until('FIN 3');
    expect(
      client
        .text(3)
        .split('\r\n')
        .filter((line) => !line.startsWith('Date: ')),
    ).toEqual([
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 3',
      'Connection: keep-alive',
      '',
      expect.stringMatching(/^h.+HTTP\/1\.1 200 OK$/u),
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 6',
      'Connection: close',
      '',
      'noting',
    ]);
    client.close();
    const log = await stage.served.http.get('/clusters/demo/api/v1/namespaces/default/pods/noting/log');
    expect(
      log.text
        .split('\n')
        .slice(2)
        .map((line) => line.slice(20)),
    ).toEqual(['GET /echo?msg=hé&code=', 'GET /hostname', '']);
    expect(await stage.digest()).toBe(before);
  });

  it('bodies are skipped, HEAD has none', async () => {
    const client = await overSocket();
    await openPair(client, 1, 80);
    client.data(3, 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel');
    client.data(3, 'loHEAD / HTTP/1.0\r\n\r\n');
    await client.until('FIN 3');
    expect(client.text(3)).toBe(answer('200 OK', 'keep-alive') + answer('200 OK', 'close'));
    client.close();
  });
});

describe('bounds', () => {
  it('S14 connections that are asked for, taken back and asked for again leave nothing', async () => {
    const client = await overSocket();
    for (let id = 1; id < 12_000; id += 4) {
      await client.open(id, { streamtype: 'error', port: '80', requestid: String(id), filler: 'x'.repeat(4_000) });
      client.control(3, Buffer.concat([uint32(id), uint32(5)]));
    }
    await openPair(client, 20_001, 80);
    client.data(20_003, LAST, true);
    await client.until('FIN 20001');
    client.close();
  });

  it('S14 more than a thousand that are asked for and not opened end the connection', async () => {
    const client = await overSocket();
    for (let id = 1; id <= 4_005 && !client.isClosed; id += 4) {
      await client.open(id, { streamtype: 'error', port: '80', requestid: String(id) }, true);
    }
    await until(() => client.isClosed);
  });

  it('S10 headers are short', async () => {
    const client = await overSocket();
    await client.open(1, { streamtype: 'error', filler: 'x'.repeat(10_000) });
    await until(() => client.isClosed);
  });

  it('S11 who does not read is not read from', async () => {
    const written: Uint8Array[] = [];
    let drain = (): void => {};
    const full = new Promise<void>((resolve) => (drain = resolve));
    const link = { write: (bytes: Uint8Array) => (written.push(bytes), full), end: () => {} };
    const connection = new SpdyConnection(link, () => {});
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from('8003000600000004000000ff', 'hex')));
    const received = connection.receive(pings);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toHaveLength(1);
    drain();
    await received;
    expect(written).toHaveLength(1_000);
  });
});

describe('refusals', () => {
  it('S3 S14 come before an upgrade', async () => {
    const ask = async (pod: string, query = ''): Promise<string> => {
      const { head } = await openSpdy(stage.url(pod, 'portforward', query), 'portforward.k8s.io');
      return head.slice(9, 12) + head.slice(head.indexOf('\r\n\r\n') + 4);
    };
    expect(await ask('ghost')).toContain('"pods \\"ghost\\" not found"');
    expect(await ask('nowhere')).toContain('"pod nowhere does not have a host assigned"');
    expect(await ask('server', 'ports=80,x')).toContain('unable to parse \\"x\\" as a port');
    expect(await ask('server', 'ports=80')).toMatch(/^101/);
  });

  it('S14 a pod whose container has ended refuses connections', async () => {
    await stage.served.http.delete('/clusters/demo/api/v1/namespaces/default/pods/server').send({ gracePeriodSeconds: 1 });
    const client = await overSocket();
    await stage.advance('5s');
    await openPair(client, 1, 80);
    await client.until('FIN 1');
    expect(client.text(1)).toBe('pods "server" not found');
    client.close();
  });
});

describe('S16 channels', () => {
  const open = async (query: string, protocols: readonly string[]): Promise<MessageClient> => {
    const client = await openMessages(stage.url('server', 'portforward', query), protocols);
    if ('status' in client) throw new Error(client.body);
    return client;
  };

  it('S16 each port has two, which begin with the port', async () => {
    const client = await open('ports=80&ports=81', ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
    expect(client.protocol).toBe('v4.channel.k8s.io');
    await until(() => client.raw.length === 5);
    expect(client.raw.slice(0, 4).map((message) => message.toString('hex'))).toEqual(['005000', '015000', '025100', '035100']);
    expect(client.messages[4]?.slice(0, 2)).toBe('3:');
    expect(client.messages[4]?.slice(2)).toMatch(REFUSED);
    client.send(0, GET);
    await client.until((text) => text.includes('200 OK'));
    client.send(0, LAST);
    expect(await client.closed).toBe(1000);
    expect(client.messages.slice(5)).toEqual([`0:${answer('200 OK', 'keep-alive')}`, `0:${answer('404 Not Found', 'close')}`]);
  });
});
