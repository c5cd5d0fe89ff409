// Three instances that share a bucket: clusters are spread over them, any of them answers for any cluster, and the end of one loses nothing.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { startTestService } from '../support/service.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { type Instance, workerBundle } from './instance.ts';
import { CONFIG_MAPS, configMap, LEASE_MS, Members } from './members.ts';

const COUNT = 3;
const NAMES = Array.from({ length: 24 }, (_, index) => `c${index}`);

let bucket: Bucket;
let members: Members;

beforeAll(async () => {
  const [started, worker] = await Promise.all([startBucket(), workerBundle()]);
  bucket = started;
  members = new Members(bucket, worker);
  await members.add(COUNT);
}, 120_000);
afterAll(async () => {
  await members.remove();
  await bucket.remove();
});

/** Clusters whose objects an instance has had. */
function objectsOf({ folder }: Instance): number {
  try {
    return readdirSync(join(folder, 'objects', 'orrery-clusters')).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)).length;
  } catch {
    return 0;
  }
}

it('clusters are spread over the instances, and any of them answers for any cluster', async () => {
  for (const name of NAMES) expect((await members.post('/v1/clusters', { name, seed: 5 })).status).toBe(201);
  expect(members.instances.map(objectsOf).filter((count) => count > 0)).toHaveLength(COUNT);
  const digests = await Promise.all(NAMES.map((name) => members.digestOf(name)));
  expect(new Set(digests).size).toBe(1);
}, 60_000);

/** Follows a watch from where it ended, on whichever instance there is. */
async function follow(cluster: string, seen: string[], isLast: () => boolean): Promise<void> {
  let lastId = '';
  // When the instance goes, the next one goes on.
  const read = async (stream: EventStream): Promise<void> => {
    for (let frame = await stream.next(); frame !== undefined; frame = await stream.next()) {
      lastId = frame.id ?? lastId;
      const [, name = ''] = /"metadata":\{"name":"([^"]+)"/.exec(frame.data) ?? [];
      if (frame.event === 'ADDED') seen.push(name);
      if (isLast()) return;
    }
  };
  while (!isLast()) {
    const headers: Record<string, string> = lastId === '' ? {} : { 'Last-Event-ID': lastId };
    const url = `${members.next().url}/v1/clusters/${cluster}/watch?resource=configmaps`;
    const stream = await openEvents(url, { headers }).catch(() => undefined);
    if (stream?.status === 200) await read(stream).catch(() => {});
    stream?.close();
  }
}

it('an instance that is killed under load loses nothing that was acknowledged, and watches go on elsewhere', async () => {
  const writers = NAMES.slice(0, 6).map((name) => members.write(name, 'killed'));
  const seen: string[] = [];
  const following = follow('c0', seen, () => seen.includes('last'));
  await members.progress(writers, 5);
  await members.take().remove();
  await members.progress(writers, 5);
  await members.settle(writers);
  await expect.poll(async () => (await members.post(`/clusters/c0${CONFIG_MAPS}`, configMap('last'))).status).toBe(201);
  await following;
  const watched = seen.filter((name) => name.startsWith('killed'));
  expect(watched).toEqual(expect.arrayContaining(writers[0]?.acknowledged ?? []));
  expect(new Set(watched).size).toBe(watched.length);
  await members.add();
}, 180_000);

it('clusters are forked under any name, and taken back, whatever instance is asked', async () => {
  const forks = Array.from({ length: 6 }, (_, index) => `fork-${index}`);
  const digest = await members.digestOf('c20');
  for (const name of forks) {
    const answer = await members.post('/v1/clusters/c20/forks', { name });
    expect([answer.status, await members.digestOf(name)]).toEqual([201, digest]);
  }
  await members.post(`/clusters/c20${CONFIG_MAPS}`, configMap('later'));
  const later = await members.digestOf('c20');
  const rewound = await members.post('/v1/clusters/c20/rewind', { to: 'command:1' });
  const { kept } = (await rewound.json()) as { kept: { name: string } };
  expect([rewound.status, await members.digestOf('c20'), await members.digestOf(kept.name)]).toEqual([200, digest, later]);
  const { items } = (await (await fetch(`${members.next().url}/v1/clusters/c20/forks`)).json()) as { items: { name: string }[] };
  expect(items.map(({ name }) => name).sort()).toEqual([kept.name, ...forks].sort());
}, 120_000);

it('what went over several instances is the same on Node, command by command', async () => {
  const node = await startTestService();
  const recording = await (await fetch(`${members.next().url}/v1/clusters/c0/export`)).text();
  const answer = await node.http.post('/v1/clusters/import').set('content-type', 'application/x-ndjson').send(recording);
  expect([answer.status, (answer.body as { differences: unknown }).differences]).toEqual([201, []]);
  expect((answer.body as { cluster: { digest: string } }).cluster.digest).toBe(await members.digestOf('c0'));
  await node.close();
}, 60_000);

it('an instance that is asked to end hands its clusters over, watched ones too, and all that was acknowledged with them', async () => {
  const writers = NAMES.slice(6, 12).map((name) => members.write(name, 'handed'));
  const seen: string[] = [];
  const following = follow('c6', seen, () => seen.includes('last'));
  await members.progress(writers, 5);
  const startedMs = performance.now();
  const left = members.take().handOver();
  await members.progress(writers, 5);
  // Nobody waits for a lease to end.
  expect(performance.now() - startedMs).toBeLessThan(LEASE_MS / 2);
  await left;
  await members.settle(writers);
  await expect.poll(async () => (await members.post(`/clusters/c6${CONFIG_MAPS}`, configMap('last'))).status).toBe(201);
  await following;
  expect(seen.filter((name) => name.startsWith('handed'))).toEqual(expect.arrayContaining(writers[0]?.acknowledged ?? []));
}, 120_000);
