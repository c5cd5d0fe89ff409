// The digest as docs/digest.md describes it, computed by a client that knows nothing but the page and the changes.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
});
afterAll(() => served.close());

const [C1, C2, C3, C4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
type Words = readonly [number, number, number, number];

const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));
const times = Math.imul;

function fmix(h: number): number {
  const a = times(h ^ (h >>> 16), 0x85ebca6b);
  const b = times(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

function end(words: readonly number[], length: number): Words {
  let [a = 0, b = 0, c = 0, d = 0] = words.map((word) => word ^ length);
  a = (a + b + c + d) | 0;
  [a, b, c, d] = [a, b + a, c + a, d + a].map(fmix) as [number, number, number, number];
  a = (a + b + c + d) | 0;
  return [a >>> 0, (b + a) >>> 0, (c + a) >>> 0, (d + a) >>> 0];
}

function hash(text: string): Words {
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  const unit = (at: number) => text.charCodeAt(at);
  let at = 0;
  for (; at + 8 <= text.length; at += 8) {
    const [k1 = 0, k2 = 0, k3 = 0, k4 = 0] = [0, 2, 4, 6].map((offset) => unit(at + offset) | (unit(at + offset + 1) << 16));
    h1 = (times((rotl(h1 ^ times(rotl(times(k1, C1), 15), C2), 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 = (times((rotl(h2 ^ times(rotl(times(k2, C2), 16), C3), 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 = (times((rotl(h3 ^ times(rotl(times(k3, C3), 17), C4), 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 = (times((rotl(h4 ^ times(rotl(times(k4, C4), 18), C1), 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  for (; at < text.length; at += 1) {
    h1 ^= times(rotl(times(unit(at), C1), 15), C2);
    h1 = (times((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
  }
  return end([h1, h2, h3, h4], text.length);
}

function combine(seed: Words, words: readonly number[]): Words {
  let [h1, h2, h3, h4] = seed as [number, number, number, number];
  for (const word of words) {
    const k = times(rotl(times(word | 0, C1), 15), C2);
    h1 = (times(rotl(h1 ^ k, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 = (times(rotl(h2 ^ k, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 = (times(rotl(h3 ^ k, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 = (times(rotl(h4 ^ k, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  return end([h1, h2, h3, h4], words.length);
}

interface Change {
  readonly resourceVersion: string;
  readonly time: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Readonly<Record<string, unknown>>;
}

function wordsOf({ resourceVersion, time, type, object }: Change): number[] {
  const ms = Date.parse(time);
  const words = [Number(resourceVersion), ms % 2 ** 32, Math.floor(ms / 2 ** 32), { ADDED: 1, MODIFIED: 2, DELETED: 3 }[type]];
  for (const [name, value] of Object.entries(object)) {
    const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    words.push(...hash(name === 'metadata' ? member.replace(`"resourceVersion":"${resourceVersion}"`, '"resourceVersion":""') : member));
  }
  return words;
}

interface Listed {
  readonly number: number;
  readonly type: string;
  readonly time: string;
  readonly resourceVersion: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function wordsOfSetting({ resourceVersion, time, type, details }: Listed): number[] {
  const ms = Date.parse(time);
  const words = [Number(resourceVersion), ms % 2 ** 32, Math.floor(ms / 2 ** 32), 4];
  for (const [name, value] of Object.entries({ type, ...details })) words.push(...hash(`${JSON.stringify(name)}:${JSON.stringify(value)}`));
  return words;
}

const textOf = (digest: Words): string => digest.map((word) => word.toString(16).padStart(8, '0')).join('');

async function pagesOf<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  for (let query: string | undefined = 'after=0'; query !== undefined; ) {
    const { body } = await served.http.get(`${path}?${query}&limit=500`);
    items.push(...(body.items as T[]));
    query = body.nextCursor === undefined ? undefined : `cursor=${body.nextCursor}`;
  }
  return items;
}

it('is what a client computes from the changes', async () => {
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 2, retention: { watchEvents: 100_000 } });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', annotations: { text: 'ä 😀 "' } },
    spec: { containers: [{ name: 'app', image: 'nginx' }] },
  };
  await served.http.post('/v1/clusters/demo/manifests').send(pod);
  await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '2m' });
  await served.http.post('/v1/clusters/demo/faults').send({ type: 'node-down', target: { node: 'node-1' }, after: '10m', for: '5m' });
  await served.http.put('/v1/clusters/demo/images/shop').send({ startup: '5s' });
  await served.http.delete('/clusters/demo/api/v1/namespaces/default/pods/web');
  await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '2h' });
  const changes = await pagesOf<Change>('/v1/clusters/demo/changes');
  const settings = (await pagesOf<Listed>('/v1/clusters/demo/commands')).filter(({ type }) => type === 'fault' || type === 'image');
  expect(settings).toHaveLength(2);
  let digest: Words = [0, 0, 0, 0];
  for (const change of changes) {
    digest = combine(digest, wordsOf(change));
    for (const setting of settings)
      if (setting.resourceVersion === change.resourceVersion) digest = combine(digest, wordsOfSetting(setting));
  }
  const cluster = (await served.http.get('/v1/clusters/demo')).body;
  expect(changes).toHaveLength(Number(cluster.resourceVersion));
  expect(textOf(digest)).toBe(cluster.digest);
});

it('changes with what is set, before that has changed an object', async () => {
  await served.http.post('/v1/clusters').send({ name: 'set' });
  const digestNow = async () => (await served.http.get('/v1/clusters/set')).body.digest as string;
  const seen = [await digestNow()];
  const note = async () => seen.push(await digestNow());
  await served.http.put('/v1/clusters/set/images/shop').send({ startup: '5s' });
  await note();
  const fault = await served.http.post('/v1/clusters/set/faults').send({ type: 'registry-down', after: '1h' });
  await note();
  await served.http.delete(`/v1/clusters/set/faults/${fault.body.id}`).expect(204);
  await note();
  await served.http.delete('/v1/clusters/set/images/shop').expect(204);
  await note();
  expect(new Set(seen).size).toBe(5);
  expect((await served.http.get('/v1/clusters/set')).body.resourceVersion).toBe(
    (await served.http.get('/v1/clusters/set?at=command:1')).body.resourceVersion,
  );
});
