// exec and attach as bytes on the wire: refusals, the channel protocols of WebSockets, SPDY, and what a client that leaves leaves behind.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openExecs } from '../../../../src/engine/cluster/index.ts';
import { type MessageClient, openMessages, openSpdy, type Refused, until } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

let stage: StreamingStage;

beforeEach(async () => {
  stage = await openStreamingStage();
});
afterEach(() => stage.served.close());

const ECHO = 'command=sh&command=-c&command=echo+out;echo+err+%3E%262;exit+3&stdout=true&stderr=true';
const SHELL = 'command=sh&stdin=true&stdout=true&stderr=true';
const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
const SUCCESS = '{"metadata":{},"status":"Success"}';
const EXIT_3 =
  '{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}';

async function open(pod: string, subresource: string, query: string, protocols: readonly string[] = [V5]): Promise<MessageClient> {
  const client = await openMessages(stage.url(pod, subresource, query), protocols);
  if ('status' in client) throw new Error(`${client.status} ${client.body}`);
  return client;
}

async function refused(pod: string, query: string): Promise<string> {
  const answer = (await openMessages(stage.url(pod, 'exec', query), [V5])) as Refused;
  const { reason, message } = JSON.parse(answer.body) as { reason: string; message: string };
  return `${answer.status} ${reason}: ${message}`;
}

const sessions = () => stage.served.service.read('demo', openExecs);

describe('the first message', () => {
  it('waits for a client that reads: client-go 1.30 discards what arrives before it knows its channels', async () => {
    const socket = new WebSocket(stage.url('web', 'exec', ECHO).replace(/^http/, 'ws'), [V5], { autoPong: false });
    const seen: string[] = [];
    socket.on('message', (data) => void seen.push(data.toString('utf8', 1)));
    const asked = await new Promise<Buffer>((resolve) => socket.on('ping', resolve));
    await sleep(50);
    expect(seen).toEqual([]);
    socket.pong(asked);
    await until(() => seen.join('').includes('NonZeroExitCode'));
    expect(seen.slice(0, 2)).toEqual(['out\n', 'err\n']);
    socket.terminate();
  });
});

describe('refusals', () => {
  it('S3 come before an upgrade, as a Status', async () => {
    expect(await refused('ghost', ECHO)).toBe('404 NotFound: pods "ghost" not found');
    expect(await refused('web', `${ECHO}&container=zz`)).toBe('400 BadRequest: container zz is not valid for pod web');
    expect(await refused('two', ECHO)).toBe(
      '400 BadRequest: a container name must be specified for pod two, choose one of: [c d] or one of the init containers: [first]',
    );
    expect(await refused('nowhere', ECHO)).toBe('400 BadRequest: pod nowhere does not have a host assigned');
    expect(await refused('web', 'command=ls')).toBe('400 BadRequest: you must specify at least 1 of stdin, stdout, stderr');
  });

  it('S3 a container that does not run is refused in the words of a kubelet', async () => {
    const query = `${ECHO}&container=first`;
    const text = 'container not found ("first")';
    expect(await openMessages(stage.url('two', 'exec', query), [V4])).toMatchObject({ status: 500, body: text });
    expect((await openSpdy(stage.url('two', 'attach', query), V4)).head).toMatch(
      /^HTTP\/1.1 500 [^]*\r\n\r\ncontainer not found \("first"\)$/,
    );
    for (const subresource of ['exec', 'attach']) {
      const client = await open('two', subresource, query);
      expect(await client.closed).toBe(1000);
      const { message, ...rest } = JSON.parse(client.messages.join('').slice(2)) as { message: string };
      expect(message).toBe(`Internal error occurred: unable to upgrade connection: ${text}`);
      expect(rest).toMatchObject({ status: 'Failure', reason: 'InternalError', code: 500, details: { causes: [{}] } });
    }
  });

  it('A10 S3 a request without an upgrade, or for an unknown one, is told so', async () => {
    const plain = await fetch(stage.url('web', 'exec', ECHO), { method: 'POST' });
    expect([plain.status, ((await plain.json()) as { message: string }).message]).toEqual([400, 'Upgrade request required']);
    const { head } = await openSpdy(stage.url('web', 'exec', ECHO), 'v9.channel.k8s.io');
    expect(head).toBe(
      'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\nX-Accepted-Stream-Protocol-Versions: v4.channel.k8s.io\r\n\r\n',
    );
    expect(await openMessages(stage.url('web', 'exec', ECHO), ['v9.channel.k8s.io'])).toMatchObject({ status: 403 });
  });

  it('an upgrade that nothing is served on is answered like any request', async () => {
    const { head } = await openSpdy(`${stage.served.url}/clusters/demo/api/v1/namespaces/default/pods/web`, V4);
    expect(head).toMatch(/^HTTP\/1.1 405 Method Not Allowed\r\n/);
    expect(await openMessages(`${stage.served.url}/healthz`, [V5])).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });

  it('S6 a command that cannot be run is told on the channel of the Status', async () => {
    const client = await open('web', 'exec', 'command=bogus&stdout=true');
    expect(await client.closed).toBe(1000);
    const [, status = '{}'] = client.messages.join('').split(/^3:/);
    expect(JSON.parse(status)).toMatchObject({
      status: 'Failure',
      reason: 'InternalError',
      code: 500,
      message: expect.stringMatching(
        /^Internal error occurred: Internal error occurred: error executing command in container: .*exec: "bogus": executable file not found in \$PATH: unknown$/,
      ),
    });
  });
});

describe('WebSocket', () => {
  it('S5 S6 S8 W11 X8 v5: streams are channels, the Status comes last, then a close with 1000', async () => {
    const client = await open('web', 'exec', ECHO);
    expect(client.protocol).toBe(V5);
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual(['1:out\n', '2:err\n', `3:${EXIT_3}`]);
    expect(client.kinds).toEqual([true, true, true]);
    expect(sessions()).toEqual([]);
  });

  it('S5 X8 v5: the client closes standard input', async () => {
    const client = await open('web', 'exec', 'command=cat&stdin=true&stdout=true');
    client.send(0, 'hi\n');
    client.send(0, '');
    client.send(4, '{"Width":99,"Height":33}\n');
    client.sendRaw(Uint8Array.of(255, 0));
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual(['1:hi\n', `3:${SUCCESS}`]);
  });

  it('S4 the best of the offered protocols is chosen, and exactly one', async () => {
    const offers = [
      ['v3.channel.k8s.io', V4, V5],
      ['channel.k8s.io', V4],
      ['base64.channel.k8s.io', 'channel.k8s.io'],
    ];
    const chosen = await Promise.all(offers.map(async (offer) => (await open('web', 'exec', ECHO, offer)).protocol));
    expect(chosen).toEqual([V5, V4, 'channel.k8s.io']);
  });

  it('S7 the protocols of browsers are text, that of the beginning tells failures in words', async () => {
    const browser = await open('web', 'exec', ECHO, ['v4.base64.channel.k8s.io']);
    await browser.closed;
    expect(browser.messages).toEqual([`1${btoa('out\n')}`, `2${btoa('err\n')}`, `3${btoa(EXIT_3)}`]);
    expect(browser.kinds).toEqual([false, false, false]);
    const shell = await open('web', 'exec', SHELL, ['base64.channel.k8s.io']);
    shell.sendRaw(`0${btoa('echo hi; exit 0\n')}`);
    await shell.closed;
    expect(shell.messages).toEqual([`1${btoa('hi\n')}`]);
    const old = await open('web', 'exec', ECHO, ['channel.k8s.io']);
    await old.closed;
    expect(old.messages).toEqual(['1:out\n', '2:err\n', '3:command terminated with non-zero exit code: exit status 3']);
  });

  it('S2 with a terminal there is one stream, and what is typed is shown', async () => {
    const client = await open('web', 'exec', `${SHELL}&tty=true`);
    await client.until((text) => text === '1:/ # ');
    client.send(0, 'echo x >&2\r');
    client.send(0, 'exit 3\r');
    await client.closed;
    const shown = client.messages.slice(0, -1).map((message) => message.slice(2));
    expect(shown.join('')).toBe('/ # echo x >&2\r\nx\r\n/ # exit 3\r\n');
    expect(client.messages.at(-1)).toBe(`3:${EXIT_3}`);
  });

  it('S2 only the streams that were asked for are sent', async () => {
    const client = await open('web', 'exec', ECHO.replace('stderr=true', 'stderr=false'));
    await client.closed;
    expect(client.messages).toEqual(['1:out\n', `3:${EXIT_3}`]);
  });

  it('bytes that are no text come back as they went, cut anywhere', async () => {
    const bytes = Buffer.from('ff00c328e282ac0af09f98800a', 'hex');
    const client = await open('web', 'exec', 'command=cat&stdin=true&stdout=true');
    for (const byte of bytes) client.sendRaw(Uint8Array.of(0, byte));
    client.sendRaw(Uint8Array.of(255, 0));
    await client.closed;
    expect(Buffer.concat(client.raw.slice(0, -1).map((message) => message.subarray(1))).toString('hex')).toBe(bytes.toString('hex'));
  });

  it('a command that sleeps waits for the clock', async () => {
    const client = await open('web', 'exec', 'command=sh&command=-c&command=echo+a;sleep+10;echo+b&stdout=true');
    await client.until((text) => text === '1:a\n');
    await stage.advance('9s');
    expect(client.messages).toEqual(['1:a\n']);
    await stage.advance('1s');
    await client.closed;
    expect(client.messages).toEqual(['1:a\n', '1:b\n', `3:${SUCCESS}`]);
  });

  it('a client that leaves takes its command along', async () => {
    const client = await open('web', 'exec', 'command=sleep&command=100&stdout=true');
    await until(() => sessions().length === 1);
    client.close();
    await until(() => sessions().length === 0);
  });

  it('S18 a command whose client leaves comes to the end of its input, and does what it has to do', async () => {
    const leaving = await open(
      'web',
      'exec',
      'command=sh&command=-c&command=cat+%3E/tmp/c.new;mv+/tmp/c.new+/tmp/c&stdin=true&stdout=true',
      [V4],
    );
    leaving.send(0, 'carried');
    leaving.close();
    await until(
      () => sessions().length === 0,
      () => `sessions ${sessions().join()}`,
    );
    const reading = await open('web', 'exec', 'command=cat&command=/tmp/c&stdout=true&stderr=true');
    await reading.closed;
    expect(reading.messages).toEqual(['1:carried', `3:${SUCCESS}`]);
  });

  it('standard input that nobody reads has a limit', async () => {
    const client = await open('web', 'exec', 'command=sleep&command=100&stdin=true&stdout=true');
    for (let count = 0; count < 5; count += 1) client.send(0, 'x'.repeat(1_000_000));
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual([
      '3:{"metadata":{},"status":"Failure","message":"standard input holds more than 4194304 characters that the command does not read","reason":"RequestEntityTooLarge","code":413}',
    ]);
    expect(sessions()).toEqual([]);
  });

  it('a message that is too large ends the connection', async () => {
    const client = await open('web', 'exec', 'command=cat&stdin=true&stdout=true');
    client.send(0, 'x'.repeat(1_100_000));
    expect(await client.closed).toBe(1009);
    await until(() => sessions().length === 0);
  });
});

describe('SPDY', () => {
  it('S9 S10 S11 S12 W10 X7 streams are opened one by one and answered, the command starts with the last of them', async () => {
    const { head, client } = await openSpdy(stage.url('web', 'exec', SHELL), 'v5.channel.k8s.io, v4.channel.k8s.io');
    expect(head).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
    );
    await client.open(1, { streamtype: 'error' });
    await client.open(3, { streamtype: 'stdin' });
    await client.open(5, { streamtype: 'stdout' });
    await client.until('REPLY 5');
    expect(sessions()).toEqual([]);
    await client.open(7, { streamtype: 'stderr' });
    client.data(3, 'echo out; echo err >&2; exit 3\n');
    await until(() => client.isClosed);
    expect(client.frames).toEqual([
      'REPLY 1',
      'REPLY 3',
      'REPLY 5',
      'REPLY 7',
      'CREDIT 3 31',
      'DATA 5 out\n',
      'DATA 7 err\n',
      `DATA 1 ${EXIT_3}`,
      'FIN 1',
      'FIN 3',
      'FIN 5',
      'FIN 7',
    ]);
    expect(client.headerBytes).toBe('00000000'.repeat(4));
    expect(sessions()).toEqual([]);
  });

  it('S11 the end of a stream is the end of standard input; S10 pings come back', async () => {
    const { client } = await openSpdy(stage.url('web', 'exec', 'command=cat&stdin=true&stdout=true'), V4);
    client.control(6, Buffer.from('00000007', 'hex'));
    await client.open(1, { streamtype: 'error' });
    await client.open(3, { streamtype: 'stdin' });
    await client.open(5, { streamtype: 'stdout' });
    client.data(3, 'one', true);
    await until(() => client.isClosed);
    expect(client.frames).toEqual(expect.arrayContaining(['PING 7', 'DATA 5 one', `DATA 1 ${SUCCESS}`]));
  });

  it('S1 one command by GET and a WebSocket, and by POST and SPDY, says the same', async () => {
    const messages = await open('web', 'exec', ECHO);
    expect(await messages.closed).toBe(1000);
    const { head, client } = await openSpdy(stage.url('web', 'exec', ECHO), V4);
    expect(head).toMatch(/^HTTP\/1.1 101 /);
    await client.open(1, { streamtype: 'error' });
    await client.open(3, { streamtype: 'stdout' });
    await client.open(5, { streamtype: 'stderr' });
    await until(() => client.isClosed);
    expect(messages.messages).toEqual([`1:${client.text(3)}`, `2:${client.text(5)}`, `3:${client.text(1)}`]);
    expect(client.text(3)).toBe('out\n');
  });

  it('S9 the headers of protocols may come in several lines', async () => {
    const { head } = await openSpdy(stage.url('web', 'exec', ECHO), 'v5.channel.k8s.io', ['X-Stream-Protocol-Version: v4.channel.k8s.io']);
    expect(head).toMatch(/^HTTP\/1.1 101 /);
  });

  it('bytes that are no SPDY end the connection, and the command with it', async () => {
    const { client } = await openSpdy(stage.url('web', 'exec', 'command=sleep&command=9&stdout=true'), V4);
    await client.open(1, { streamtype: 'error' });
    await client.open(3, { streamtype: 'stdout' });
    await until(() => sessions().length === 1);
    client.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'.replace('G', '\u00ff'), 'latin1'));
    await until(() => client.isClosed && sessions().length === 0);
  });

  it('a connection that closes takes its command along', async () => {
    const { client } = await openSpdy(stage.url('web', 'exec', 'command=sleep&command=9&stdout=true'), V4);
    await client.open(1, { streamtype: 'error' });
    await client.open(3, { streamtype: 'stdout' });
    await until(() => sessions().length === 1);
    client.close();
    await until(() => sessions().length === 0);
  });
});

describe('attach', () => {
  it('S19 shows output from now on', async () => {
    const client = await open('ticking', 'attach', 'stdout=true&stderr=true');
    await stage.advance('20s');
    await client.until((text) => text === '1:tick 4\n|1:tick 5\n');
    client.close();
  });

  it('S19 the only client that can give input sees everything, a question without end of line included', async () => {
    const client = await open('asking', 'attach', 'stdin=true&stdout=true&stderr=true');
    await client.until((text) => text === '1:name? ');
    client.send(0, 'world\n');
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual(['1:name? ', '1:hello world\n', `3:${SUCCESS}`]);
    await stage.advance('5s');
    const { body } = await stage.served.http.get('/clusters/demo/api/v1/namespaces/default/pods/asking');
    expect((body as { status: { containerStatuses: { state: object }[] } }).status.containerStatuses[0]?.state).toMatchObject({
      terminated: { exitCode: 3 },
    });
  });

  it('S19 with `stdinOnce` a client that leaves ends the input', async () => {
    const client = await open('asking', 'attach', 'stdin=true&stdout=true');
    await client.until((text) => text === '1:name? ');
    client.close();
    await stage.advance('5s');
    const { text } = await stage.served.http.get('/clusters/demo/api/v1/namespaces/default/pods/asking/log').buffer(true);
    expect(text).toBe('name? hello \n');
  });
});

describe('access', () => {
  it('Q5 an upgrade needs the token like any other request', async () => {
    const closed = await openStreamingStage({ token: 'secret-of-the-service' });
    try {
      const url = closed.url('web', 'exec', ECHO);
      expect(await openMessages(url, [V5])).toMatchObject({ status: 401, body: expect.stringContaining('"Unauthorized"') });
      expect((await openSpdy(url, V4)).head).toMatch(/^HTTP\/1.1 401 /);
      const client = await openMessages(url, [V5], { Authorization: 'Bearer secret-of-the-service' });
      if ('status' in client) throw new Error(client.body);
      await client.closed;
      expect(client.messages.at(0)).toBe('1:out\n');
      const config = await closed.served.http
        .get('/v1/clusters/demo/kubeconfig')
        .set('authorization', 'Bearer secret-of-the-service')
        .buffer(true);
      const server = /server: (\S+)/.exec(config.text)?.[1] ?? '';
      const { head } = await openSpdy(`${server}/api/v1/namespaces/default/pods/web/exec?${ECHO}`, V4);
      expect(head).toMatch(/^HTTP\/1.1 101 /);
      const other = server.replace('/clusters/demo', '/clusters/other');
      expect((await openSpdy(`${other}/api/v1/namespaces/default/pods/web/exec?${ECHO}`, V4)).head).toMatch(/^HTTP\/1.1 401 /);
    } finally {
      await closed.served.close();
    }
  });
});
