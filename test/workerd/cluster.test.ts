// Three instances that share a bucket: clusters are spread over them, any of them answers for any cluster, and the end of one loses nothing.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { startTestService } from '../support/service.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const COUNT = 3;
const FRONTS = 12;
const NAMES = Array.from({ length: 24 }, (_, index) => `c${index}`);
/** A lease is good for 20 s. It cannot be shortened here: what S3 says of the time is good to a second. */
const TAKEOVER_MS = 60_000;

let bucket: Bucket;
let worker: string;
let instances: Instance[] = [];
let turn = 0;

beforeAll(async () => {
  [bucket, worker] = await Promise.all([startBucket(), workerBundle()]);
  instances = await Promise.all(Array.from({ length: COUNT }, () => begin()));
}, 120_000);
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.remove()));
  await bucket.remove();
});

const begin = () => startInstance({ worker, fronts: FRONTS, cluster: bucket.cluster });

/** As a proxy does it: one after the other. */
function next(): Instance {
  turn += 1;
  return instances[turn % instances.length] as Instance;
}

const post = (instance: Instance, path: string, body: unknown) =>
  fetch(`${instance.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Of all instances at once, which agree. */
async function digestOf(name: string): Promise<string> {
  const answers = await Promise.all(
    instances.map(async ({ url }) => ((await (await fetch(`${url}/v1/clusters/${name}`)).json()) as { digest: string }).digest),
  );
  expect(new Set(answers).size, name).toBe(1);
  return answers[0] ?? '';
}

async function configMapsOf(name: string): Promise<readonly string[]> {
  const { items } = (await (await fetch(`${next().url}/clusters/${name}${CONFIG_MAPS}`)).json()) as {
    items: readonly { readonly metadata: { readonly name: string } }[];
  };
  return items.map(({ metadata }) => metadata.name);
}

/** Commands, one after the other, until it is stopped; the names that were acknowledged. Whether one that failed was done is not known. */
function writeOn(cluster: string, prefix: string): { readonly acknowledged: string[]; stop(): Promise<void> } {
  const acknowledged: string[] = [];
  const state = { isOver: false };
  const writing = (async () => {
    for (let index = 0; !state.isOver; index += 1) {
      const name = `${prefix}-${index}`;
      const answer = await post(next(), `/clusters/${cluster}${CONFIG_MAPS}`, configMap(name)).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(name);
      await answer?.arrayBuffer().catch(() => undefined);
    }
  })();
  return {
    acknowledged,
    stop() {
      state.isOver = true;
      return writing;
    },
  };
}

/** Clusters whose objects an instance has had. */
function objectsOf({ folder }: Instance): number {
  try {
    return readdirSync(join(folder, 'objects', 'orrery-clusters')).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)).length;
  } catch {
    return 0;
  }
}

it('clusters are spread over the instances, and any of them answers for any cluster', async () => {
  for (const name of NAMES) expect((await post(next(), '/v1/clusters', { name, seed: 5 })).status).toBe(201);
  expect(instances.map(objectsOf).filter((count) => count > 0)).toHaveLength(COUNT);
  const digests = await Promise.all(NAMES.map(digestOf));
  expect(new Set(digests).size).toBe(1);
}, 60_000);

/** Follows a watch from where it ended, on whichever instance there is. */
async function follow(cluster: string, seen: string[], isLast: () => boolean): Promise<void> {
  let lastId = '';
  while (!isLast()) {
    const headers: Record<string, string> = lastId === '' ? {} : { 'Last-Event-ID': lastId };
    const stream: EventStream | undefined = await openEvents(`${next().url}/v1/clusters/${cluster}/watch?resource=configmaps`, {
      headers,
    }).catch(() => undefined);
    if (stream?.status !== 200) {
      stream?.close();
      continue;
    }
    try {
      for (let frame = await stream.next(); frame !== undefined; frame = await stream.next()) {
        lastId = frame.id ?? lastId;
        const [, name = ''] = /"metadata":\{"name":"([^"]+)"/.exec(frame.data) ?? [];
        if (frame.event === 'ADDED') seen.push(name);
        if (isLast()) break;
      }
    } catch {
      // The instance has gone: the next one goes on.
    }
    stream.close();
  }
}

it('an instance that is killed under load loses nothing that was acknowledged, and watches go on elsewhere', async () => {
  const writers = NAMES.slice(0, 6).map((name) => ({ name, ...writeOn(name, 'killed') }));
  const seen: string[] = [];
  const following = follow('c0', seen, () => seen.includes('last'));
  await expect.poll(() => writers.every(({ acknowledged }) => acknowledged.length > 5), { timeout: TAKEOVER_MS }).toBe(true);
  const [victim] = instances.splice(0, 1);
  await victim?.remove();
  const before = writers.map(({ acknowledged }) => acknowledged.length);
  // Every cluster goes on.
  await expect
    .poll(() => writers.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0) + 5), { timeout: TAKEOVER_MS })
    .toBe(true);
  await Promise.all(writers.map((writer) => writer.stop()));
  await expect.poll(async () => (await post(next(), `/clusters/c0${CONFIG_MAPS}`, configMap('last'))).status).toBe(201);
  await following;
  for (const { name, acknowledged } of writers) expect(await configMapsOf(name)).toEqual(expect.arrayContaining(acknowledged));
  const watched = seen.filter((name) => name.startsWith('killed'));
  expect(watched).toEqual(expect.arrayContaining(writers[0]?.acknowledged ?? []));
  expect(new Set(watched).size).toBe(watched.length);
  instances.push(await begin());
}, 180_000);

it('what went over several instances is the same on Node, command by command', async () => {
  const node = await startTestService();
  const recording = await (await fetch(`${next().url}/v1/clusters/c0/export`)).text();
  const answer = await node.http.post('/v1/clusters/import').set('content-type', 'application/x-ndjson').send(recording);
  expect([answer.status, (answer.body as { differences: unknown }).differences]).toEqual([201, []]);
  expect((answer.body as { cluster: { digest: string } }).cluster.digest).toBe(await digestOf('c0'));
  await node.close();
}, 60_000);

it('an instance that is asked to end hands its clusters over, and all that was acknowledged with them', async () => {
  const writers = NAMES.slice(6, 12).map((name) => ({ name, ...writeOn(name, 'handed') }));
  await expect.poll(() => writers.every(({ acknowledged }) => acknowledged.length > 5), { timeout: TAKEOVER_MS }).toBe(true);
  const [leaving] = instances.splice(0, 1);
  const before = writers.map(({ acknowledged }) => acknowledged.length);
  const left = leaving?.end('SIGTERM');
  await expect
    .poll(() => writers.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0) + 5), { timeout: TAKEOVER_MS })
    .toBe(true);
  await left;
  await Promise.all(writers.map((writer) => writer.stop()));
  for (const { name, acknowledged } of writers) expect(await configMapsOf(name)).toEqual(expect.arrayContaining(acknowledged));
  instances.push(await begin());
}, 120_000);

it('while the bucket does not answer, nothing is acknowledged that is lost later', async () => {
  const writers = NAMES.slice(12, 18).map((name) => ({ name, ...writeOn(name, 'paused') }));
  await expect.poll(() => writers.every(({ acknowledged }) => acknowledged.length > 5), { timeout: TAKEOVER_MS }).toBe(true);
  bucket.pause();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  bucket.resume();
  const before = writers.map(({ acknowledged }) => acknowledged.length);
  await expect
    .poll(() => writers.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0)), { timeout: TAKEOVER_MS })
    .toBe(true);
  await Promise.all(writers.map((writer) => writer.stop()));
  for (const { name, acknowledged } of writers) expect(await configMapsOf(name)).toEqual(expect.arrayContaining(acknowledged));
}, 120_000);
