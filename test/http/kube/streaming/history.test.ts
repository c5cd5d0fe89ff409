// Commands in containers are part of a cluster's history: a service that dies in the middle goes on from its journal, and the same commands give the
// same digest in another cluster.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openExecs } from '../../../../src/engine/cluster/index.ts';
import { startTestService } from '../../../support/service.ts';
import { type MessageClient, openMessages, until } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

const V5 = ['v5.channel.k8s.io'];
const WRITE = 'command=sh&command=-c&command=cat+%3E+/tmp/file&stdin=true&stdout=true';
const READ = 'command=cat&command=/tmp/file&stdout=true';
const LOOP = 'command=sh&command=-c&command=while+true;+do+date+%3E%3E+/tmp/dates;+sleep+1;+done&stdout=true';

async function open(stage: StreamingStage, query: string): Promise<MessageClient> {
  const client = await openMessages(stage.url('web', 'exec', query), V5);
  if ('status' in client) throw new Error(client.body);
  return client;
}

/** Writes a file, one message at a time, and leaves a command running. */
async function write(stage: StreamingStage): Promise<void> {
  const client = await open(stage, WRITE);
  client.send(0, 'one ');
  client.sendRaw(Buffer.from('00ff80c3', 'hex'));
  client.sendRaw(Uint8Array.of(255, 0));
  await client.closed;
  await open(stage, LOOP);
  await until(() => stage.served.service.read('demo', openExecs).length === 1);
  await stage.advance('5s');
}

it('the same commands give the same digest', async () => {
  const digests: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const stage = await openStreamingStage();
    await write(stage);
    digests.push(await stage.digest());
    await stage.served.close();
  }
  expect(digests[0]).toBe(digests[1]);
});

it('a service that died replays what clients did in containers, and ends what nobody listens to', async () => {
  const folders = [mkdtempSync(join(tmpdir(), 'orrery-exec-')), mkdtempSync(join(tmpdir(), 'orrery-exec-'))] as const;
  const stage = await openStreamingStage({ folder: folders[0] });
  await write(stage);
  const digest = await stage.digest();
  // What stands on the disk while the service runs is all that another one finds after a crash.
  cpSync(folders[0], folders[1], { recursive: true });
  await stage.served.close();
  const served = await startTestService({ folder: folders[1] });
  try {
    const again: StreamingStage = {
      ...stage,
      served,
      url: (pod, subresource, query = '') => stage.url(pod, subresource, query).replace(stage.served.url, served.url),
    };
    const { body } = await served.http.get('/v1/clusters/demo');
    expect((body as { digest: string }).digest).toBe(digest);
    expect(served.service.read('demo', openExecs)).toEqual([]);
    const client = await open(again, READ);
    await client.closed;
    expect(client.raw[0]?.toString('hex')).toBe(`01${Buffer.from('one ').toString('hex')}ff80c3`);
    const dates = await open(again, 'command=wc&command=-l&command=/tmp/dates&stdout=true');
    await dates.closed;
    expect(dates.messages[0]).toMatch(/^1:\s*6 \/tmp\/dates\n$/);
  } finally {
    await served.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});
