// Tokens of pages: a WebSocket that a browser opens has no headers of its own, and carries its token as a subprotocol.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMessages } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

const TOKEN = 'the-token-of-the-service~';
const V5 = 'v5.channel.k8s.io';
const named = (token: string) => `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

let stage: StreamingStage;
beforeAll(async () => {
  stage = await openStreamingStage({ token: TOKEN });
});
afterAll(() => stage.served.close());

async function answerTo(protocols: readonly string[]): Promise<string> {
  const client = await openMessages(stage.url('web', 'exec', 'command=echo&command=hello&stdout=true'), protocols);
  if ('status' in client) return `${client.status}`;
  await client.closed;
  return `${client.protocol} ${client.messages[0]}`;
}

describe('S21 a token among the subprotocols', () => {
  it.each([
    ['opens the door, and is not the protocol', [named(TOKEN), V5], `${V5} 1:hello\n`],
    ['may stand behind the others', [V5, 'v4.channel.k8s.io', named(TOKEN)], `${V5} 1:hello\n`],
    ['must be right', [named('another'), V5], '401'],
    ['must be there', [V5], '401'],
    ['must be one', [named(TOKEN), named('another'), V5], '401'],
    ['needs a protocol beside it', [named(TOKEN)], '401'],
    ['is base64 for addresses, without padding', [`${named(TOKEN)}.`, V5], '401'],
  ])('%s', async (_rule, protocols, expected) => {
    expect(await answerTo(protocols)).toBe(expected);
  });

  it('S21 counts for WebSockets alone', async () => {
    const response = await fetch(stage.url('web', 'log'), { headers: { 'Sec-WebSocket-Protocol': `${named(TOKEN)}, ${V5}` } });
    expect(response.status).toBe(401);
  });

  it('S21 opens watches too', async () => {
    const address = `${stage.served.url}/clusters/demo/api/v1/nodes?watch=true`;
    const client = await openMessages(address, [named(TOKEN), 'v1.of.a.page'], { Origin: stage.served.url });
    if ('status' in client) throw new Error(`${client.status} ${client.body}`);
    await client.until((text) => text.includes('"ADDED"'));
    client.close();
    await client.closed;
  });
});
