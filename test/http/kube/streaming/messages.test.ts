// S20: watches and logs over a WebSocket.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MessageClient, openMessages, type Refused } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

let stage: StreamingStage;
beforeEach(async () => {
  stage = await openStreamingStage();
});
afterEach(() => stage.served.close());

async function open(url: string, protocols: readonly string[] = [], headers?: Record<string, string>): Promise<MessageClient> {
  const client = await openMessages(url, protocols, headers ?? { origin: stage.served.url });
  if ('status' in client) throw new Error(`refused: ${client.status}`);
  return client;
}

const pods = (query: string) => `${stage.served.url}/clusters/demo/api/v1/namespaces/default/pods?watch=true&${query}`;
const refusal = (client: MessageClient | Refused): number => ('status' in client ? client.status : 0);

describe('a watch', () => {
  it('S20 tells an event a message, as text, and goes on', async () => {
    const client = await open(pods('fieldSelector=metadata.name%3Dticking'), ['base64.binary.k8s.io']);
    await client.until((text) => text.includes('"ADDED"'));
    await stage.served.http.delete('/clusters/demo/api/v1/namespaces/default/pods/ticking?gracePeriodSeconds=0');
    await client.until((text) => text.includes('"DELETED"'));
    const events = client.messages.map((message) => JSON.parse(message) as { type: string; object: { metadata: { name: string } } });
    expect(events.map(({ object }) => object.metadata.name)).toEqual(events.map(() => 'ticking'));
    expect([events.at(0)?.type, events.at(-1)?.type]).toEqual(['ADDED', 'DELETED']);
    expect([client.protocol, new Set(client.kinds)]).toEqual(['base64.binary.k8s.io', new Set([false])]);
    client.close();
    expect(await client.closed).toBe(1005);
  });

  it('S20 ends at its time', async () => {
    const client = await open(pods('timeoutSeconds=1'));
    expect(await client.closed).toBe(1000);
    expect(client.messages).toHaveLength(6);
  });

  it('S20 refuses who does not say where he comes from, and who offers a choice', async () => {
    expect(refusal(await openMessages(pods(''), []))).toBe(403);
    expect(refusal(await openMessages(pods(''), ['a', 'b'], { origin: stage.served.url }))).toBe(400);
    expect(refusal(await openMessages(pods('fieldSelector=x'), [], { origin: stage.served.url }))).toBe(400);
  });
});

describe('a log', () => {
  it('S20 comes in bytes, behind an empty message', async () => {
    const client = await open(stage.url('ticking', 'log'), [], {});
    expect(await client.closed).toBe(1000);
    expect(client.raw.map((bytes) => bytes.toString('utf8'))).toEqual(['', 'tick 1\ntick 2\ntick 3\n']);
    expect(new Set(client.kinds)).toEqual(new Set([true]));
  });

  it('S20 is followed, in base64', async () => {
    const client = await open(stage.url('ticking', 'log', 'follow=true&tailLines=1'), ['v1.none', 'base64.binary.k8s.io']);
    await client.until((text) => text.includes(Buffer.from('tick 3\n').toString('base64')));
    await stage.advance('10s');
    await client.until((text) => text.includes(Buffer.from('tick 4\n').toString('base64')));
    expect([client.protocol, new Set(client.kinds)]).toEqual(['base64.binary.k8s.io', new Set([false])]);
    client.close();
  });

  it('S20 has no other protocols', async () => {
    expect(refusal(await openMessages(stage.url('ticking', 'log'), ['v1.none'], {}))).toBe(403);
    expect(refusal(await openMessages(stage.url('none', 'log'), [], {}))).toBe(404);
  });
});
