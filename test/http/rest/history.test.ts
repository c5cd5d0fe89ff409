// What was, through both faces.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestService, type TestService } from '../../support/service.ts';

const CLUSTER = '/v1/clusters/demo';
const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } },
  },
};

let served: TestService;
/** Revision behind the creation, before any time has passed. */
let created = 0;

const names = (body: { items: { metadata: { name: string } }[] }) => body.items.map(({ metadata }) => metadata.name);
const phases = (body: { items: { status: { phase: string } }[] }) => body.items.map(({ status }) => status.phase);
const pods = (path: string) => served.http.get(`${path}/api/v1/namespaces/default/pods`);

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await served.http.post(`${CLUSTER}/manifests`).set('User-Agent', 'a-test').send(WEB);
  created = Number((await served.http.get(CLUSTER)).body.resourceVersion);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '10m' });
  await served.http.put(`${CLUSTER}/images/nginx:1`).send({ startup: '5s' });
  await served.http.post(`${CLUSTER}/faults`).send({ type: 'node-down', target: { node: 'node-1' } });
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '20m' });
});
afterAll(() => served.close());

describe('?at=', () => {
  it('shows the cluster, its clock, images and faults as they were', async () => {
    const at = '2025-01-01T00:10:00Z';
    expect((await served.http.get(`${CLUSTER}?at=command:3`)).body).toMatchObject({ now: at, elapsedSeconds: 600 });
    expect((await served.http.get(`${CLUSTER}?at=rv:${created}`)).body).toMatchObject({
      resourceVersion: String(created),
      elapsedSeconds: 0,
    });
    expect((await served.http.get(`${CLUSTER}/clock?at=2025-01-01T00:00:07.5Z`)).body).toMatchObject({ elapsedSeconds: 7.5 });
    expect((await served.http.get(`${CLUSTER}/images?at=%233`)).body).toEqual({ items: [] });
    expect((await served.http.get(`${CLUSTER}/images?at=${at}`)).body.items).toHaveLength(1);
    expect((await served.http.get(`${CLUSTER}/images/nginx:1?at=command:3`)).status).toBe(404);
    expect((await served.http.get(`${CLUSTER}/faults?at=command:4`)).body).toEqual({ items: [] });
    expect((await served.http.get(`${CLUSTER}/faults/fault-1?at=command:5`)).body).toMatchObject({ state: 'active' });
  });

  it('is refused where there is no such moment', async () => {
    for (const [at, code] of [
      ['yesterday', 'invalid-request'],
      ['rv:99999999', 'invalid-instant'],
      ['command:99', 'invalid-instant'],
      ['2030-01-01T00:00:00Z', 'invalid-instant'],
    ])
      expect((await served.http.get(`${CLUSTER}?at=${at}`)).body).toMatchObject({ status: 400, code });
  });
});

describe('a kubeconfig of a moment', () => {
  const pathAt = async (at: string): Promise<string> => {
    const config = parse((await served.http.get(`${CLUSTER}/kubeconfig?at=${encodeURIComponent(at)}`)).text);
    expect(config['current-context']).toMatch(/^orrery-demo-at-/);
    return new URL(config.clusters[0].cluster.server).pathname;
  };

  it('reads the past in all its forms', async () => {
    const start = await pathAt(`rv:${created}`);
    expect(phases((await pods(start)).body)).toEqual(['Pending', 'Pending']);
    const before = await pathAt('2025-01-01T00:10:00Z');
    expect(phases((await pods(before)).body)).toEqual(['Running', 'Running']);
    expect(names((await pods(before)).body)).toEqual(names((await pods(start)).body));
    expect(names((await pods('/clusters/demo')).body)).not.toEqual(names((await pods(before)).body));
    const table = await served.http.get(`${before}/api/v1/pods`).set('Accept', 'application/json;as=Table;v=v1;g=meta.k8s.io');
    expect(table.body.rows[0].cells.slice(1, 5)).toEqual(['1/1', 'Running', '0', '10m']);
    const log = await served.http.get(`${before}/api/v1/namespaces/default/pods/${names((await pods(before)).body)[0]}/log`);
    expect(log.status).toBe(200);
    expect((await served.http.get(`${before}/version`)).body.major).toBe('1');
  });

  it('shows a watcher what had come by then, and nothing else', async () => {
    const path = await pathAt('2025-01-01T00:10:00Z');
    const watch = `${path}/api/v1/namespaces/default/pods?watch=true&resourceVersion=${created}&timeoutSeconds=1`;
    const lines = await (await fetch(`${served.url}${watch}`)).text();
    const events = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toHaveLength(2);
    expect(events.at(-1).object.status.phase).toBe('Running');
    expect(events.every(({ type }) => type === 'MODIFIED')).toBe(true);
  });

  it('writes nothing, and says what to do instead', async () => {
    const path = await pathAt('command:3');
    const digest = (await served.http.get(CLUSTER)).body.digest;
    const answers = [
      await served.http.post(`${path}/api/v1/namespaces`).send({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }),
      await served.http.delete(`${path}/apis/apps/v1/namespaces/default/deployments/web`),
      await served.http
        .patch(`${path}/apis/apps/v1/namespaces/default/deployments/web`)
        .set('Content-Type', 'application/merge-patch+json')
        .send('{"spec":{"replicas":3}}'),
    ];
    for (const { body } of answers) {
      expect(body).toMatchObject({ kind: 'Status', code: 405, reason: 'MethodNotAllowed' });
      expect(body.message).toContain('POST /v1/clusters/demo/forks with {"at": "#3"}');
    }
    expect((await served.http.get(CLUSTER)).body.digest).toBe(digest);
  });

  it('is refused where the path names no moment', async () => {
    expect((await pods('/clusters/demo..yesterday')).body).toMatchObject({ code: 400 });
    expect((await pods('/clusters/demo..rv-99999999')).body).toMatchObject({ code: 400 });
    expect((await served.http.get(`${CLUSTER}/kubeconfig?at=soon`)).status).toBe(400);
  });
});

describe('resourceVersionMatch=Exact', () => {
  it('lists and gets what was at a revision', async () => {
    const query = `resourceVersion=${created}&resourceVersionMatch=Exact`;
    const list = await served.http.get(`/clusters/demo/api/v1/namespaces/default/pods?${query}`);
    expect(list.body.metadata.resourceVersion).toBe(String(created));
    expect(phases(list.body)).toEqual(['Pending', 'Pending']);
    const [name] = names(list.body);
    const pod = await served.http.get(`/clusters/demo/api/v1/namespaces/default/pods/${name}?${query}`);
    expect(pod.body.status.phase).toBe('Pending');
  });
});

describe('the commands', () => {
  it('say what was asked, when, and by pages', async () => {
    const first = await served.http.get(`${CLUSTER}/commands?limit=2`);
    expect(first.body).toMatchObject({
      items: [
        { number: 1, type: 'genesis', time: '2025-01-01T00:00:00Z' },
        { number: 2, type: 'manifests', client: 'a-test', resourceVersion: String(created), details: { mode: 'apply' } },
      ],
      nextCursor: expect.any(String),
    });
    const rest = await served.http.get(`${CLUSTER}/commands?cursor=${first.body.nextCursor}`);
    expect((await served.http.get(`${CLUSTER}/commands?after=2`)).body).toEqual(rest.body);
    expect(rest.body.items.map(({ type }: { type: string }) => type)).toEqual(['advance', 'image', 'fault', 'advance']);
    expect(rest.body.nextCursor).toBeUndefined();
    expect(Date.parse(rest.body.items[0].storedAt)).toBeGreaterThan(Date.now() - 600_000);
    expect((await served.http.get(`${CLUSTER}/commands?limit=0`)).status).toBe(400);
  });
});

describe('what was refused', () => {
  const path = '/v1/clusters/refusing/commands';
  const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const create = (name: string) => served.http.post('/clusters/refusing/api/v1/namespaces/default/configmaps').send(configMap(name));

  beforeAll(async () => {
    await served.http.post('/v1/clusters').send({ name: 'refusing' });
    await create('a').expect(201);
    await create('a').set('user-agent', 'twice').expect(409);
    await create('A').expect(422);
    await create('A').query({ dryRun: 'All' }).expect(422);
    await create('b').expect(201);
    await served.http.delete('/v1/clusters/refusing/faults/fault-7').expect(404);
  });

  it('stands between the commands, with the answer and who asked', async () => {
    const { items } = (await served.http.get(path)).body;
    const brief = items.map(({ number, outcome, refusal }: { number: number; outcome: string; refusal?: { code: number } }) =>
      [number, outcome, ...(refusal === undefined ? [] : [refusal.code])].join(' '),
    );
    expect(brief).toEqual(['1 accepted', '2 accepted', '2 refused 409', '2 refused 422', '3 accepted', '3 refused 404']);
    expect(items[2]).toEqual({
      number: 2,
      type: 'request',
      outcome: 'refused',
      refusal: { code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' },
      time: '2025-01-01T00:00:00Z',
      storedAt: expect.any(String),
      client: 'twice',
      resourceVersion: items[1].resourceVersion,
      digest: items[1].digest,
      details: { request: expect.objectContaining({ verb: 'create', body: configMap('a') }) },
    });
  });

  it('is paged with them, and chosen by its outcome', async () => {
    const { items } = (await served.http.get(path)).body;
    for (const limit of [1, 2, 3]) {
      const paged: unknown[] = [];
      for (let query = ''; ; ) {
        const { body } = await served.http.get(`${path}?limit=${limit}${query}`);
        paged.push(...body.items);
        if (body.nextCursor === undefined) break;
        query = `&cursor=${body.nextCursor}`;
      }
      expect(paged).toEqual(items);
    }
    const chosen = async (query: string) => (await served.http.get(`${path}?${query}`)).body.items;
    expect(await chosen('outcome=accepted')).toEqual([items[0], items[1], items[4]]);
    expect(await chosen('outcome=refused')).toEqual([items[2], items[3], items[5]]);
    expect(await chosen('after=2')).toEqual(items.slice(2));
    expect((await served.http.get(`${path}?outcome=tried`)).status).toBe(400);
    const cursor = Buffer.from('after:2.x').toString('base64url');
    expect((await served.http.get(`${path}?cursor=${cursor}`)).body).toMatchObject({ code: 'invalid-request' });
  });

  it('is no part of a recording, and of no digest', async () => {
    const recording = (await served.http.get('/v1/clusters/refusing/export')).text.trimEnd().split('\n');
    expect(recording).toHaveLength(3 + 1);
    await served.http.post('/v1/clusters').send({ name: 'obeying' });
    for (const name of ['a', 'b'])
      await served.http.post('/clusters/obeying/api/v1/namespaces/default/configmaps').send(configMap(name)).expect(201);
    const digestOf = async (name: string) => (await served.http.get(`/v1/clusters/${name}`)).body.digest;
    expect(await digestOf('refusing')).toBe(await digestOf('obeying'));
  });
});

describe('the changes', () => {
  it('are those that a watcher sees, by pages and by object', async () => {
    const seen: string[] = [];
    for (let query: string | undefined = 'after=0'; query !== undefined; ) {
      const page = await served.http.get(`${CLUSTER}/changes?limit=50&${query}`);
      seen.push(...page.body.items.map(({ resourceVersion }: { resourceVersion: string }) => resourceVersion));
      query = page.body.nextCursor === undefined ? undefined : `cursor=${page.body.nextCursor}`;
    }
    const { resourceVersion } = (await served.http.get(CLUSTER)).body;
    expect(seen).toEqual(Array.from({ length: Number(resourceVersion) }, (_, index) => String(index + 1)));
    const web = await served.http.get(`${CLUSTER}/changes?resource=deployments.apps&name=web&namespace=default`);
    expect(web.body.items[0]).toMatchObject({ type: 'ADDED', object: { kind: 'Deployment' }, time: '2025-01-01T00:00:00Z' });
  });
});

describe('the difference between clusters', () => {
  const difference = async (query: string) => served.http.get(`${CLUSTER}/diff?${query}`);

  it('is that of a fork and what came after it, by field', async () => {
    await served.http.post(`${CLUSTER}/forks`).send({ name: 'twin' });
    const alike = await difference('with=twin');
    expect(alike.status).toBe(200);
    expect(alike.body).toMatchObject({ added: [], removed: [], changed: [] });
    expect(alike.body.from).toEqual(alike.body.to);
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'only-there' }, data: { a: 'b' } };
    await served.http.post('/v1/clusters/twin/manifests').send(settings);
    const { body } = await difference('with=twin&namespace=default&resource=configmaps');
    expect(body.added.map(({ name }: { name: string }) => name)).toEqual(['only-there']);
    expect([body.removed, body.changed]).toEqual([[], []]);
    const back = await served.http.get(`/v1/clusters/twin/diff?with=${CLUSTER.split('/').at(-1)}`);
    expect(back.body.removed.map(({ name }: { name: string }) => name)).toEqual(['only-there']);
    // The moments are each of their own cluster.
    const past = await difference('with=twin&from=command:3&to=command:3');
    expect(past.body).toMatchObject({ added: [], removed: [], changed: [] });
    expect(past.body.from).toEqual(past.body.to);
    await served.http.delete('/v1/clusters/twin');
  });

  it('needs two clusters, or a moment to begin with', async () => {
    expect((await difference('with=nobody')).status).toBe(404);
    expect((await difference('to=command:3')).body).toMatchObject({ code: 'invalid-request', errors: [{ in: 'query', field: 'from' }] });
    await served.http.post('/v1/clusters').send({ name: 'locked', token: 'a-token-of-its-own' });
    expect((await difference('with=locked')).status).toBe(401);
    const opened = await served.http.get('/v1/clusters/locked/diff?with=locked').set('Authorization', 'Bearer a-token-of-its-own');
    expect(opened.status).toBe(200);
    await served.http.delete('/v1/clusters/locked').set('Authorization', 'Bearer a-token-of-its-own');
  });
});

describe('the difference', () => {
  it('names what was added, removed and changed, by field', async () => {
    const { body } = await served.http.get(`${CLUSTER}/diff?from=2025-01-01T00:10:00Z&to=2025-01-01T00:30:00Z&namespace=default`);
    expect(body.from).toMatchObject({ time: '2025-01-01T00:10:00Z' });
    const pods = (items: { resource: string }[]) => items.filter(({ resource }) => resource === 'pods').length;
    // The one on the dead node waits for a kubelet that would confirm its end.
    expect([pods(body.added), pods(body.removed), pods(body.changed)]).toEqual([1, 0, 1]);
    const node = await served.http.get(`${CLUSTER}/diff?from=command:3&resource=nodes`);
    const [{ name, fields }] = node.body.changed;
    expect(name).toBe('node-1');
    expect(fields).toContainEqual({ path: '/status/conditions/0/status', from: 'False', to: 'Unknown' });
    expect(fields.map(({ path }: { path: string }) => path)).not.toContain('/metadata/resourceVersion');
    expect((await served.http.get(`${CLUSTER}/diff?from=command:3&to=command:3`)).body).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      isTruncated: false,
    });
  });

  it('ends where it becomes too long', async () => {
    const large = (index: number) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `large-${index}`, namespace: 'default' },
      data: { text: 'x'.repeat(200_000) },
    });
    await served.http.post('/v1/clusters').send({ name: 'full' });
    const send = (from: number, to: number) =>
      served.http.post('/v1/clusters/full/manifests').send(Array.from({ length: to - from }, (_, index) => large(from + index)));
    await send(0, 15).expect(200);
    await send(15, 30).expect(200);
    // Each is there twice: as it is, and as it was applied last.
    const { body } = await served.http.get('/v1/clusters/full/diff?from=command:1');
    expect([body.isTruncated, body.added.length]).toEqual([true, 21]);
    const some = await served.http.get('/v1/clusters/full/diff?from=command:2');
    expect([some.body.isTruncated, some.body.added.length]).toEqual([false, 15]);
    await served.http.delete('/v1/clusters/full');
  });
});

describe('who waits', () => {
  const open = async (path: string) => {
    const controller = new AbortController();
    const { headers } = await fetch(`${served.url}${path}`, { signal: controller.signal });
    controller.abort();
    return headers.get('warning');
  };

  it('is told that the clock stands, and how to turn it', async () => {
    const [pod] = names((await pods('/clusters/demo')).body);
    for (const path of [
      `${CLUSTER}/watch`,
      '/clusters/demo/api/v1/pods?watch=true',
      `/clusters/demo/api/v1/namespaces/default/pods/${pod}/log?follow=true`,
    ])
      expect(await open(path), path).toMatch(/^299 - "the clock of cluster demo stands still: turn it with POST .*\/clock\/advance/);
    expect(await open('/clusters/demo..command-3/api/v1/pods?watch=true')).toMatch(/as it was at #3: nothing comes behind it/);
    expect(await open('/clusters/demo/api/v1/pods')).toBeNull();
    await served.http.put(`${CLUSTER}/clock`).send({ mode: 'running', rate: 'auto' });
    expect(await open('/clusters/demo/api/v1/pods?watch=true&timeoutSeconds=1')).toBeNull();
    await served.http.put(`${CLUSTER}/clock`).send({ mode: 'manual' });
  });
});

describe('steps', () => {
  it('are instants at which something changes that a user sees: an Event that goes is none', async () => {
    await served.http.post('/v1/clusters').send({ name: 'steps', nodes: 1 });
    await served.http
      .post('/v1/clusters/steps/manifests')
      .send({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } });
    const { body } = await served.http.post('/v1/clusters/steps/clock/advance').send({ steps: 1_000 });
    expect([body.reached, body.elapsedSeconds < 60]).toEqual([false, true]);
    const { items } = (await served.http.get('/clusters/steps/api/v1/namespaces/default/events')).body;
    expect(items.length).toBeGreaterThan(2);
  });
});
