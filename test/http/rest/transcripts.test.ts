// The sessions that the project began with, T1 to T5, watched through `format=text`: what a client without kubectl sees is what kubectl printed.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvents } from '../../support/event-stream.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const manifest = (name: string): string => readFileSync(new URL(`../../seed/${name}.yaml`, import.meta.url), 'utf8');

let test: TestService;
let count = 0;

beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

const PODS = '/api/v1/namespaces/default/pods';

/** A cluster of its own, and what one does with it. */
async function session(options: object = {}) {
  count += 1;
  const name = `t${count}`;
  const created = await test.http
    .post('/v1/clusters')
    .send({ name, ...options })
    .expect(201);
  const at = (path: string): string => `/v1/clusters/${name}/${path}`;
  const revision = async (): Promise<string> => (await test.http.get(`/v1/clusters/${name}`)).body.resourceVersion;
  const rows = async (after: string = created.body.resourceVersion): Promise<string[]> => {
    const query = `resource=pods&namespace=default&resourceVersion=${after}&format=text&timeoutSeconds=1`;
    const stream = await openEvents(`${test.url}${at('watch')}?${query}`);
    return (await stream.rest()).filter((frame) => frame.event !== 'BOOKMARK').flatMap((frame) => frame.data.split('\n'));
  };
  return {
    rows,
    revision,
    apply: (text: string) => test.http.post(at('manifests?mode=create')).type('yaml').send(text).expect(200),
    advance: (by: string) => test.http.post(at('clock/advance')).send({ by }).expect(200),
    patch: (path: string, body: object) =>
      test.http.patch(`/clusters/${name}${path}`).type('application/merge-patch+json').send(JSON.stringify(body)).expect(200),
    get: async (path: string) => (await test.http.get(`/clusters/${name}${path}`).expect(200)).body,
    delete: (path: string) => test.http.delete(`/clusters/${name}${path}`).expect(200),
  };
}

interface Row {
  readonly name: string;
  readonly ready: string;
  readonly status: string;
  readonly restarts: number;
  readonly ageSeconds: number;
}

/** A printed row; header lines are none. */
function parse(line: string): Row | undefined {
  const match = /^(\S+) +(\d+\/\d+) +(\S+) +(\d+)(?: \(\S+ ago\))? +(\S+)$/.exec(line.trim());
  if (match === null) return undefined;
  const [, name = '', ready = '', status = '', restarts = '', age = ''] = match;
  return { name, ready, status, restarts: Number(restarts), ageSeconds: seconds(age) };
}

function seconds(age: string): number {
  const units: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };
  return [...age.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? 's'] ?? 0), 0);
}

const rowsOf = (lines: readonly string[]): Row[] => lines.flatMap((line) => parse(line) ?? []);
const shapes = (lines: readonly string[]): string[] => rowsOf(lines).map((row) => `${row.ready} ${row.status} ${row.restarts}`);

/** The rows that kubectl's watch printed in the transcript of test/wire. */
function printedByKubectl(transcript: string): Row[] {
  const text = readFileSync(new URL(`../../wire/scenarios/${transcript}.txt`, import.meta.url), 'utf8');
  return rowsOf(text.slice(text.indexOf('[watch]')).split('\n'));
}

it('T1 a liveness probe that succeeds', async () => {
  const { apply, advance, rows } = await session();
  await apply(manifest('testapp-pod-liveness'));
  await advance('17m');
  const lines = await rows();
  expect(lines[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE$/);
  expect(shapes(lines)).toEqual(['0/1 Pending 0', '0/1 Pending 0', '0/1 ContainerCreating 0', '1/1 Running 0']);
  expect(rowsOf(lines).map((row) => row.ageSeconds)).toEqual([0, 0, 0, 4]);
  expect(rowsOf(lines)).toEqual(printedByKubectl('t1-liveness'));
});

describe('T2 a liveness probe that gets 404', () => {
  /** Status, restarts and age as a real cluster showed them. */
  const SEEN: readonly (readonly [status: string, restarts: number, age: number])[] = [
    ['Running', 1, 27],
    ['Running', 2, 56],
    ['Running', 3, 86],
    ['Running', 4, 117],
    ['CrashLoopBackOff', 4, 145],
  ];
  /** Seen once, some time after the row was printed. */
  const SEEN_LATER = { status: 'CrashLoopBackOff', restarts: 5, age: 227 };

  it.each(['5s', '4700ms'])('with probes %s after the container: every row within 2 s', async (proberStartJitter) => {
    const { apply, advance, rows } = await session({ timing: { proberStartJitter } });
    await apply(manifest('testapp-pod-liveness-404'));
    await advance('3m47s');
    const all = rowsOf(await rows());
    expect(all.slice(0, 4).map((row) => [row.status, row.ageSeconds])).toEqual([
      ['Pending', 0],
      ['Pending', 0],
      ['ContainerCreating', 0],
      ['Running', 4],
    ]);
    const restarted = all.filter((row) => row.restarts > 0);
    expect(restarted.slice(0, SEEN.length).map((row) => [row.status, row.restarts])).toEqual(
      SEEN.map(([status, restarts]) => [status, restarts]),
    );
    for (const [index, [, , age]] of SEEN.entries()) expect(Math.abs((restarted[index]?.ageSeconds ?? 0) - age)).toBeLessThanOrEqual(2);
    expect(restarted.at(-1)).toMatchObject({ status: SEEN_LATER.status, restarts: SEEN_LATER.restarts });
    expect(restarted.at(-1)?.ageSeconds).toBeLessThanOrEqual(SEEN_LATER.age);
  });

  it('as kubectl printed it', async () => {
    const { apply, advance, rows } = await session({ timing: { proberStartJitter: '5s' } });
    await apply(manifest('testapp-pod-liveness-404'));
    await advance('4m');
    expect(rowsOf(await rows())).toEqual(printedByKubectl('t2-liveness-404'));
  });

  const restartsWith = async (options: object): Promise<(readonly [string, number])[]> => {
    const { apply, advance, rows } = await session(options);
    await apply(manifest('testapp-pod-liveness-404'));
    await advance('2m50s');
    return rowsOf(await rows())
      .filter((row) => row.restarts > 0)
      .slice(0, SEEN.length)
      .map((row) => [row.status, row.restarts] as const);
  };
  const order = SEEN.map(([status, restarts]) => [status, restarts]);

  it('with any offset of the probes: the same restarts in the same order', async () => {
    const offsets = ['0s', '1300ms', '2500ms', '4700ms', '7s', '9900ms'];
    const histories = await Promise.all(offsets.map((proberStartJitter) => restartsWith({ timing: { proberStartJitter } })));
    for (const history of histories) expect(history).toEqual(order);
  });

  it('with any seed: the same restarts in the same order', async () => {
    const histories = await Promise.all([1, 2, 3, 4, 5].map((seed) => restartsWith({ seed })));
    for (const history of histories) expect(history).toEqual(order);
  });
});

it('T3 a startup probe that gets 404: never ready, restarted again and again, and no liveness probe runs', async () => {
  const { apply, advance, rows, get } = await session();
  await apply(manifest('testapp-pod-startup-404'));
  await advance('2m44s');
  expect(rowsOf(await rows())).toEqual(printedByKubectl('t3-startup-404'));
  await advance('7m16s');
  const seen = rowsOf(await rows());
  expect(seen.every((row) => row.ready === '0/1')).toBe(true);
  expect(seen.at(-1)?.restarts).toBeGreaterThan(4);
  const { items } = (await get('/api/v1/namespaces/default/events')) as { items: { reason: string; message: string }[] };
  const probes = items.filter((item) => item.reason === 'Unhealthy').map((item) => item.message);
  expect(probes.length).toBeGreaterThan(0);
  for (const message of probes) expect(message).toMatch(/^Startup probe failed: /);
});

it('T4 a ReplicaSet adopts two pods and creates two', async () => {
  const { apply, advance, rows, revision, get } = await session();
  await apply(manifest('testapp-pod1'));
  await advance('2m');
  await apply(manifest('testapp-pod2'));
  await advance('7m');
  const before = await revision();
  await apply(manifest('testapp-rs-exp'));
  await advance('3m22s');
  const seen = rowsOf(await rows(before));
  // The watch of kubectl began with the two pods that were there.
  expect(seen).toEqual(printedByKubectl('t4-adopt').slice(2));
  const created = new Set(seen.map((row) => row.name).filter((name) => /^testapp-rs-exp-[a-z0-9]{5}$/.test(name)));
  expect(created.size).toBe(2);
  const { items } = (await get(PODS)) as { items: { status: { phase: string }; metadata: object }[] };
  expect(items.map((item) => item.status.phase)).toEqual(['Running', 'Running', 'Running', 'Running']);
  expect(items.every((item) => JSON.stringify(item.metadata).includes('"kind":"ReplicaSet","name":"testapp-rs-exp"'))).toBe(true);
});

it('T5 a relabelled pod is released and replaced, taken back and one deleted; scaling out', async () => {
  const { apply, advance, patch, get, rows, delete: remove } = await session();
  const replicaSet = '/apis/apps/v1/namespaces/default/replicasets/testapp-replica';
  const pods = async () => ((await get(PODS)) as { items: { metadata: { name: string; ownerReferences?: unknown } }[] }).items;
  await apply(manifest('testapp-replica'));
  await advance('30s');
  const [first] = await pods();
  const path = `${PODS}/${first?.metadata.name}`;
  await patch(path, { metadata: { labels: { app: 'other' } } });
  await advance('30s');
  expect(await pods()).toHaveLength(4);
  expect((await pods()).filter((pod) => pod.metadata.ownerReferences !== undefined)).toHaveLength(3);
  await patch(path, { metadata: { labels: { app: 'testapp-replica' } } });
  await advance('30s');
  expect(await pods()).toHaveLength(3);
  await patch(`${replicaSet}/scale`, { spec: { replicas: 5 } });
  await advance('30s');
  expect(await pods()).toHaveLength(5);
  await patch(replicaSet, { spec: { replicas: 6 } });
  await advance('30s');
  expect(await pods()).toHaveLength(6);
  await remove(replicaSet);
  await advance('1m');
  expect(await pods()).toEqual([]);
  expect(rowsOf(await rows())).toEqual(printedByKubectl('t5-replicaset'));
});
