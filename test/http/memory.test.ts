// Requests of any content leave nothing behind: with their clusters deleted, the service holds after many blocks of them what it held after the first.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendPlain } from '../support/plain-request.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isHarmless, type Operation, POD, readKubeOperations, requestsTo, type Sent, serviceOperations } from './generated-requests.ts';

/** `npm run torture` asks for more runs of each generated operation, and so for more blocks. */
const RUNS = Number(process.env['ORRERY_FUZZ_RUNS'] ?? 15);
/** A block has every n-th operation, so that n blocks have all. */
const SHARES = 4;
/** The first half is for code that is compiled and caches that have a bound to become full. */
const BLOCKS = 3 * SHARES * Math.ceil(RUNS / 15);
/** What may be left of a request. V8 goes on to keep what it learns of code, less and less: after a few blocks 2 KB a request, after fifty 200 bytes. */
const BYTES_A_REQUEST_MAX = RUNS > 100 ? 1_000 : 5_000;

let test: TestService;
beforeAll(async () => {
  test = await startTestService({ limits: { clustersMax: 50 } });
}, 60_000);
afterAll(() => test.close());

async function haveDemo(): Promise<void> {
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 }).expect(201);
  await test.http.post('/v1/clusters/demo/manifests').send(POD).expect(200);
}

async function deleteAll(): Promise<void> {
  const { items } = (await test.http.get('/v1/clusters?limit=500')).body as { items: { name: string }[] };
  for (const { name } of items) await test.http.delete(`/v1/clusters/${name}`).expect(204);
}

async function send(sent: Sent): Promise<void> {
  const isWatch = 'watch' in sent.query || sent.path.includes('/watch/');
  await sendPlain({
    method: sent.method,
    url: `${test.url}${sent.path}?${new URLSearchParams(sent.query)}`,
    headers: sent.headers,
    body: sent.method === 'GET' || sent.method === 'HEAD' ? undefined : sent.body,
    isEndless: (_, type) => isWatch || type === 'text/event-stream',
  });
}

/** Sends a request of each operation of a share, other ones in each block; returns how many. */
async function sendBlock(operations: readonly Operation[], block: number): Promise<number> {
  await haveDemo();
  const share = operations.filter((_, index) => index % SHARES === block % SHARES);
  for (const [index, operation] of share.entries())
    for (const sent of fc.sample(requestsTo(operation).filter(isHarmless), { numRuns: 1, seed: block * 10_000 + index })) await send(sent);
  await deleteAll();
  return share.length;
}

it('memory is flat under requests of any content', { timeout: 60_000 * Math.max(2, BLOCKS) }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await haveDemo();
  const operations = [...serviceOperations(), ...(await readKubeOperations(test.http))];
  await deleteAll();
  const heaps: number[] = [];
  let requests = 0;
  for (let block = 0; block < BLOCKS; block += 1) {
    const sent = await sendBlock(operations, block);
    if (block >= BLOCKS / 2) requests += sent;
    // What ends by itself, such as the other end of a connection, has ended.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }
  const left = ((heaps.at(-1) ?? 0) - (heaps[BLOCKS / 2 - 1] ?? 0)) / requests;
  expect(left, `bytes a request; heap after each block: ${heaps.join(', ')}`).toBeLessThan(BYTES_A_REQUEST_MAX);
});
