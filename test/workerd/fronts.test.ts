// Many fronts as one, on an instance whose directory is several objects.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOf } from '../../src/front/hosts.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const FRONTS = 5;
/** Of the last front, because the first is asked what is of none. */
const DEFAULT = 'c05';
const NAMES = Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, '0')}`);

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance({ worker: await workerBundle(), fronts: FRONTS, defaultCluster: DEFAULT });
  const created = await Promise.all(
    NAMES.map((name) => post('/v1/clusters', { name, labels: { odd: String(Number(name.slice(1)) % 2) } })),
  );
  expect(created.map(({ status }) => status)).toEqual(NAMES.map(() => 201));
}, 120_000);
afterAll(() => instance.remove());

const post = (path: string, body: unknown, type = 'application/json') =>
  fetch(`${instance.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

interface Page {
  readonly items: readonly { readonly name: string }[];
  readonly nextCursor?: string;
}

async function list(query: string): Promise<Page> {
  const answer = await fetch(`${instance.url}/v1/clusters?${query}`);
  return (await answer.json()) as Page;
}

async function allPages(query: string): Promise<string[]> {
  const names: string[] = [];
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = await list(`${query}${cursor}`);
    names.push(...items.map(({ name }) => name));
    if (nextCursor === undefined) return names;
    cursor = `&cursor=${nextCursor}`;
  }
}

describe('lists', () => {
  it.each([1, 3, 4, 12, 100])('of %d a page have every cluster once, by name', async (limit) => {
    expect(await allPages(`limit=${limit}`)).toEqual(NAMES);
  });

  it('are of those that labels select', async () => {
    expect(await allPages('limit=2&labelSelector=odd%3D1')).toEqual(NAMES.filter((_, index) => index % 2 === 1));
  });

  it('are refused as one front refuses them', async () => {
    const answer = await fetch(`${instance.url}/v1/clusters?limit=none`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid-request' }]);
  });
});

describe('clusters', () => {
  it('are found by their names, on every face', async () => {
    for (const name of NAMES) {
      const [described, listed, other] = await Promise.all([
        fetch(`${instance.url}/v1/clusters/${name}`),
        fetch(`${instance.url}/clusters/${name}/api/v1/nodes`),
        fetch(`${instance.url}/clusters/${name}..rv-1/api/v1/nodes`),
      ]);
      expect([described.status, listed.status, other.status]).toEqual([200, 200, 200]);
    }
  });

  it('A3: one of them is served at the root as well, health included', async () => {
    expect(placeOf(DEFAULT, FRONTS)).not.toBe(0);
    const atRoot = async (path: string) => (await fetch(`${instance.url}${path}`)).text();
    const inCluster = async (path: string) => (await fetch(`${instance.url}/clusters/${DEFAULT}${path}`)).text();
    for (const path of ['/api/v1/nodes/node-1', '/apis', '/version', '/livez', '/readyz?verbose'])
      expect([path, await atRoot(path)]).toEqual([path, await inCluster(path)]);
    expect(JSON.parse(await atRoot('/readyz'))).toEqual({ status: 'ready' });
  });

  it('have one name once', async () => {
    expect((await post('/v1/clusters', { name: NAMES[3] })).status).toBe(409);
  });

  it('get a name when they are given none', async () => {
    const made = await Promise.all([post('/v1/clusters', {}), post('/v1/clusters', ''), post('/v1/clusters', { seed: 4 })]);
    for (const answer of made) {
      const { name } = (await answer.json()) as { name: string };
      expect([answer.status, name]).toEqual([201, expect.stringMatching(/^cluster-\w{5}$/)]);
      expect((await fetch(`${instance.url}/v1/clusters/${name}`, { method: 'DELETE' })).status).toBe(204);
    }
  });

  it('are made from a recording under its name, another, or one that is made up', async () => {
    const recording = await (await fetch(`${instance.url}/v1/clusters/c01/export`)).text();
    const importAs = async (query: string) => {
      const answer = await post(`/v1/clusters/import${query}`, recording, 'application/x-ndjson');
      const { cluster } = (await answer.json()) as { cluster: { name: string; digest: string } };
      return cluster;
    };
    const [named, made] = [await importAs('?name=again'), await importAs('')];
    const { digest } = (await (await fetch(`${instance.url}/v1/clusters/c01`)).json()) as { digest: string };
    expect([named, made]).toMatchObject([
      { name: 'again', digest },
      { name: expect.stringMatching(/^c01-\w{5}$/), digest },
    ]);
    for (const { name } of [named, made]) await fetch(`${instance.url}/v1/clusters/${name}`, { method: 'DELETE' });
  });

  it('are refused as one front refuses them', async () => {
    const answers = [await post('/v1/clusters', 'no json'), await post('/v1/clusters', { name: 7 }), await post('/v1/clusters', [])];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

/** By name; the fronts of these are different ones. */
const FORKS = Array.from({ length: 6 }, (_, index) => `fork-${index}`);

describe('forks', () => {
  const nameOf = async (answer: Response) => [answer.status, ((await answer.json()) as { name: string }).name];
  const remove = (name: string, headers: Record<string, string> = {}) =>
    fetch(`${instance.url}/v1/clusters/${name}`, { method: 'DELETE', headers });

  it('are had by the fronts of their names, and shown as one tree', async () => {
    expect(new Set(FORKS.map((name) => placeOf(name, FRONTS))).size).toBeGreaterThan(2);
    await post('/v1/clusters/c02/clock/advance', { by: '1m' });
    let parent = 'c02';
    for (const name of FORKS) {
      expect(await nameOf(await post(`/v1/clusters/${parent}/forks`, { name }))).toEqual([201, name]);
      parent = name;
    }
    const [, made] = await nameOf(await post('/v1/clusters/c02/forks', {}));
    interface Tree {
      readonly name: string;
      readonly forks: readonly Tree[];
    }
    const { items } = (await (await fetch(`${instance.url}/v1/clusters/c02/forks`)).json()) as { items: readonly Tree[] };
    const depth = ({ forks }: Tree): number => 1 + Math.max(0, ...forks.map(depth));
    expect(items.map((tree) => [tree.name, depth(tree)])).toEqual(
      expect.arrayContaining([
        ['fork-0', FORKS.length],
        [made, 1],
      ]),
    );
    const digests = await Promise.all(
      ['c02', ...FORKS].map(
        async (name) => ((await (await fetch(`${instance.url}/v1/clusters/${name}`)).json()) as { digest: string }).digest,
      ),
    );
    expect(new Set(digests).size).toBe(1);
    expect((await remove(String(made))).status).toBe(204);
  });

  it('are refused as one front refuses them', async () => {
    for (const name of [FORKS[1], FORKS[2], 'c05']) {
      const answer = await post('/v1/clusters/c02/forks', { name });
      expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'cluster-exists' }]);
    }
    const none = await Promise.all(['x1', 'x2', 'x3'].map((name) => post('/v1/clusters/c02/forks', { name, at: 'command:99' })));
    for (const answer of none) expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid-instant' }]);
    expect((await fetch(`${instance.url}/v1/clusters/x1`)).status).toBe(404);
  });

  it('are compared with clusters of other fronts', async () => {
    await post('/v1/clusters/fork-3/clock/advance', { by: '1h' });
    for (const name of ['c00', 'c01', 'c03', ...FORKS]) {
      const answer = await fetch(`${instance.url}/v1/clusters/fork-3/diff?with=${name}`);
      const { from, to } = (await answer.json()) as { from: { time: string }; to: { time: string } };
      expect([answer.status, from.time > to.time]).toEqual([200, name !== 'fork-3']);
    }
  });

  it('are not compared with clusters that the token does not open', async () => {
    const token = 'a-token-of-one-cluster-alone';
    for (const name of ['own-1', 'own-2', 'own-3'])
      expect((await post('/v1/clusters', { name, token: `${token}-${name}` })).status).toBe(201);
    const diff = async (name: string, headers: Record<string, string> = {}) =>
      (await fetch(`${instance.url}/v1/clusters/c02/diff?with=${name}`, { headers })).status;
    for (const name of ['own-1', 'own-2', 'own-3']) {
      const authorization = `Bearer ${token}-${name}`;
      expect([await diff(name), await diff(name, { authorization })]).toEqual([401, 200]);
      expect((await remove(name, { authorization })).status).toBe(204);
    }
    expect(await diff('nobody')).toBe(404);
  });

  it('go, and what they came from stays', async () => {
    for (const name of FORKS) expect((await remove(name)).status).toBe(204);
    expect(await (await fetch(`${instance.url}/v1/clusters/c02/forks`)).json()).toEqual({ items: [] });
  });
});

describe('tokens of clusters', () => {
  const token = 'one-token-for-one-cluster-only';
  const names = ['t1', 't2', 't3', 't4'];
  const remove = (name: string, headers: Record<string, string> = {}) =>
    fetch(`${instance.url}/v1/clusters/${name}`, { method: 'DELETE', headers });

  it('are those of one cluster, whatever its front, also when they are made at once', async () => {
    expect(new Set(names.map((name) => placeOf(name, FRONTS))).size).toBeGreaterThan(2);
    const answers = await Promise.all(names.map((name) => post('/v1/clusters', { name, token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ code: 'token-taken' });
    const fork = await post('/v1/clusters/c02/forks', { name: 'fork-0', token });
    expect([fork.status, await fork.json()]).toMatchObject([409, { code: 'token-taken' }]);
    const owner = names[answers.findIndex(({ status }) => status === 201)] ?? '';
    expect((await remove(owner, { authorization: `Bearer ${token}` })).status).toBe(204);
  });

  it('are free again when their cluster is gone', async () => {
    for (const name of names) {
      expect((await post('/v1/clusters', { name, token })).status).toBe(201);
      expect((await remove(name, { authorization: `Bearer ${token}` })).status).toBe(204);
    }
  });
});

it('measurements are those of all fronts', async () => {
  const text = await (await fetch(`${instance.url}/metrics`)).text();
  const states = [...text.matchAll(/^orrery_clusters\{state="\w+"\} (\d+)$/gm)].map(([, count]) => Number(count));
  expect(states.reduce((sum, count) => sum + count, 0)).toBe(NAMES.length);
  expect(new Set(text.match(/^# HELP .*$/gm)).size).toBe(text.match(/^# HELP .*$/gm)?.length);
});

it('a selection is deleted on every front', async () => {
  const answer = await fetch(`${instance.url}/v1/clusters?labelSelector=odd%3D0`, { method: 'DELETE' });
  expect(await answer.json()).toEqual({ deleted: NAMES.filter((_, index) => index % 2 === 0), failed: [] });
  expect(await allPages('limit=5')).toEqual(NAMES.filter((_, index) => index % 2 === 1));
});
