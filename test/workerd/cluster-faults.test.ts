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

/** What is said of a request that was not stored, or nobody knows. */
const NOT_KNOWN = {
  status: 503,
  reason: 'ServiceUnavailable',
  message: expect.stringContaining('whether the request was done is not known'),
};

it.each([507, 403])(
  'the bucket is full for some seconds, and refuses with %d: so are writes, and what was acknowledged is there',
  async (status) => {
    const writers = NAMES.slice(4, 8).map((name) => members.write(name, `full-${status}`));
    await members.progress(writers, 5);
    bucket.refuse(status);
    // What was on its way is over.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = writers.map(({ acknowledged }) => acknowledged.length);
    for (const writer of writers) writer.refusals.splice(0);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(writers.map(({ acknowledged }) => acknowledged.length)).toEqual(before);
    for (const { refusals } of writers) {
      expect(refusals.length).toBeGreaterThan(0);
      for (const refusal of refusals) expect(refusal).toMatchObject(NOT_KNOWN);
    }
    bucket.refuse(undefined);
    await members.progress(writers, 2);
    await members.settle(writers);
  },
  120_000,
);

it('the bucket stays full: instances end by themselves, and those that are started when there is room have all that was acknowledged', async () => {
  const writers = NAMES.slice(0, 4).map((name) => members.write(name, 'stays-full'));
  await members.progress(writers, 5);
  bucket.refuse(507);
  const gone = members.instances.splice(0);
  const ended = Promise.all(gone.map(({ exited }) => exited));
  await ended;
  bucket.refuse(undefined);
  await members.add(3);
  await members.progress(writers, 2);
  await members.settle(writers);
  await Promise.all(gone.map((instance) => instance.remove()));
}, 180_000);

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
