// A client in lockstep reads what it wrote: its answer waits for its watches.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { untilCaughtUp } from '../../src/service/waiting/barrier.ts';
import { configOf, createPod, ServiceFixture } from './fixtures.ts';

let files: ServiceFixture;
beforeEach(() => {
  files = new ServiceFixture();
  files.service.create(configOf('a'));
});
afterEach(() => files.remove());

const watch = (client: string) => files.service.watch('a', files.service.latestRevision('a'), client);

/** Whether it has resolved. */
function caughtUp(client: string): { isDone: boolean; readonly done: Promise<void> } {
  const done = untilCaughtUp(() => files.service.waitersOf('a'), client);
  const told = { isDone: false, done: done.then(() => void (told.isDone = true)) };
  return told;
}

it('waits until all watches of the client have come back for more', async () => {
  const cursors = [watch('me'), watch('me'), watch('other')];
  const handed = cursors.map((cursor) => cursor.next());
  files.service.execute('a', createPod('web'), 'me');
  await Promise.all(handed);
  const told = caughtUp('me');
  await sleep(40);
  expect(told.isDone).toBe(false);
  void cursors[0]?.next();
  await sleep(40);
  expect(told.isDone).toBe(false);
  void cursors[1]?.next();
  await told.done;
  for (const cursor of cursors) cursor.close();
});

it('waits for nobody who watches nothing, and for no client longer than a second', async () => {
  const cursor = watch('me');
  const handed = cursor.next();
  files.service.execute('a', createPod('web'), 'other');
  await handed;
  const startedMs = performance.now();
  await caughtUp('other').done;
  expect(performance.now() - startedMs).toBeLessThan(500);
  await caughtUp('me').done;
  expect(performance.now() - startedMs).toBeGreaterThan(990);
  cursor.close();
});
