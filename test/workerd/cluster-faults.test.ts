// Instances that share a bucket when what is between them fails: nothing is acknowledged that is lost later.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bucket, startBucket } from './bucket.ts';
import { workerBundle } from './instance.ts';
import { Members } from './members.ts';

const NAMES = Array.from({ length: 12 }, (_, index) => `f${index}`);

let bucket: Bucket;
let members: Members;

beforeAll(async () => {
  const [started, worker] = await Promise.all([startBucket(), workerBundle()]);
  bucket = started;
  members = new Members(bucket, worker);
  await members.add(3);
  for (const name of NAMES) expect((await members.post('/v1/clusters', { name })).status).toBe(201);
}, 120_000);
afterAll(async () => {
  await members.remove();
  await bucket.remove();
});

it('the bucket is silent for some seconds', async () => {
  const writers = NAMES.slice(0, 4).map((name) => members.write(name, 'silent'));
  await members.progress(writers, 5);
  bucket.pause();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  bucket.resume();
  await members.progress(writers, 2);
  await members.settle(writers);
}, 120_000);

it('the bucket takes nothing for some seconds', async () => {
  const writers = NAMES.slice(4, 8).map((name) => members.write(name, 'refused'));
  await members.progress(writers, 5);
  bucket.refuse(503);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  bucket.refuse(undefined);
  await members.progress(writers, 2);
  await members.settle(writers);
}, 120_000);

it('an instance is cut off for longer than its lease, and comes back', async () => {
  const writers = NAMES.slice(8).map((name) => members.write(name, 'cut'));
  await members.progress(writers, 5);
  const cut = members.take();
  cut.signal('SIGSTOP');
  await members.progress(writers, 5);
  // What it was doing when it stood still it goes on with: none of it counts any more.
  cut.signal('SIGCONT');
  await members.progress(writers, 5);
  await members.settle(writers);
  await cut.remove();
}, 180_000);
