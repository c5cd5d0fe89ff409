import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

const create = (body?: object) => test.http.post('/v1/clusters').send(body);

describe('ok', () => {
  it('creates a cluster from nothing, with every default', async () => {
    const { status, headers, body } = await test.http.post('/v1/clusters');
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/clusters/${body.name}`);
    expect(body).toMatchObject({
      name: expect.stringMatching(/^cluster-[a-z0-9]{5}$/),
      seed: 1,
      startTime: '2025-01-01T00:00:00Z',
      now: '2025-01-01T00:00:00Z',
      elapsedSeconds: 0,
      clock: { mode: 'manual' },
      nodes: 3,
      links: { self: `/v1/clusters/${body.name}`, kubernetes: `/clusters/${body.name}` },
    });
    expect((await test.http.get(headers['location'] as string)).body).toEqual(body);
  });

  it('creates the nodes, time and clock that are asked for', async () => {
    const nodes = [
      { name: 'a', labels: { zone: 'x' }, taints: [{ key: 'gpu', effect: 'NoSchedule' }], capacity: { cpu: 8, memory: '32Gi' } },
      { name: 'b' },
    ];
    const { status, body } = await create({
      name: 'made',
      seed: 7,
      startTime: '2030-06-01T02:00:00+02:00',
      nodes,
      retention: { watchEvents: 50 },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'made', seed: 7, startTime: '2030-06-01T00:00:00Z', nodes: 2 });
    const node = (await test.http.get('/clusters/made/api/v1/nodes/a')).body;
    expect(node).toMatchObject({
      metadata: { labels: { zone: 'x' } },
      spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      status: { capacity: { cpu: '8', memory: '32Gi', pods: '110' } },
    });
  });

  it('makes identical clusters of identical bodies, whatever their names', async () => {
    const body = { seed: 42, nodes: 2 };
    const [one, two] = [(await create({ ...body, name: 'twin-1' })).body, (await create({ ...body, name: 'twin-2' })).body];
    expect(one.digest).toBe(two.digest);
    const other = (await create({ ...body, seed: 43, name: 'twin-3' })).body;
    expect(other.digest).not.toBe(one.digest);
  });

  it('begins now when asked to, at a whole second of the wall clock', async () => {
    const before = Date.now();
    const { body } = await create({ startTime: 'now' });
    const startMs = Date.parse(body.startTime);
    expect(startMs % 1000).toBe(0);
    expect(startMs).toBeGreaterThan(before - 1001);
    expect(startMs).toBeLessThanOrEqual(Date.now());
  });

  it('lists clusters by name, page by page', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await test.http.get('/v1/clusters').query({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      expect(body.items.length).toBeLessThanOrEqual(2);
      names.push(...body.items.map((item: { name: string }) => item.name));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual((await test.http.get('/v1/clusters')).body.items.map((item: { name: string }) => item.name));
  });

  it('deletes a cluster, and frees its name', async () => {
    await create({ name: 'brief' });
    const { status, text } = await test.http.delete('/v1/clusters/brief');
    expect([status, text]).toEqual([204, '']);
    expect((await test.http.get('/v1/clusters/brief')).status).toBe(404);
    expect((await create({ name: 'brief' })).status).toBe(201);
  });

  it('answers HEAD with the headers of GET', async () => {
    const { status, headers, text } = await test.http.head('/v1/clusters/made');
    expect([status, headers['content-type'], text]).toEqual([200, 'application/json', undefined]);
  });
});

describe('invalid', () => {
  it.each<[body: object, field: string, message: RegExp]>([
    [{ name: 'UPPER' }, '/name', /DNS-1123/],
    [{ name: '-a' }, '/name', /DNS-1123/],
    [{ name: '' }, '/name', /DNS-1123/],
    [{ name: 'a'.repeat(41) }, '/name', /at most 40/],
    [{ name: 7 }, '/name', /expected string/],
    [{ seed: -1 }, '/seed', /must not be negative/],
    [{ seed: 1.5 }, '/seed', /whole number/],
    [{ seed: 2 ** 53 }, '/seed', /./],
    [{ seed: '1' }, '/seed', /whole number/],
    [{ startTime: 'yesterday' }, '/startTime', /is not a date and time/],
    [{ startTime: '2025-02-30T00:00:00Z' }, '/startTime', /is not a date and time/],
    [{ startTime: '2025-01-01T00:00:00.5Z' }, '/startTime', /whole seconds/],
    [{ startTime: '1969-12-31T23:59:59Z' }, '/startTime', /between 1970/],
    [{ startTime: '9999-01-01T00:00:00Z' }, '/startTime', /between 1970/],
    [{ clock: { mode: 'fast' } }, '/clock/mode', /manual/],
    [{ clock: { mode: 'running', rate: 0 } }, '/clock/rate', /greater than 0/],
    [{ clock: { mode: 'running', rate: 100_001 } }, '/clock/rate', /at most 100000/],
    [{ clock: { mode: 'manual', rate: 2 } }, '/clock/rate', /only a running clock/],
    [{ nodes: -1 }, '/nodes', /./],
    [{ nodes: 5001 }, '/nodes', /./],
    [{ nodes: 'three' }, '/nodes', /number of nodes/],
    [{ nodes: [{}] }, '/nodes/0/name', /expected string/],
    [{ nodes: [{ name: 'Bad_Name' }] }, '/nodes/0/name', /RFC 1123/],
    [{ nodes: [{ name: 'a' }, { name: 'a' }] }, '/nodes/1/name', /more than once/],
    [{ nodes: [{ name: 'a', labels: { 'b c': 'd' } }] }, '/nodes/0/labels/b c', /key/],
    [{ nodes: [{ name: 'a', labels: { b: '!' } }] }, '/nodes/0/labels/b', /./],
    [{ nodes: [{ name: 'a', taints: [{ key: 'b', effect: 'Never' }] }] }, '/nodes/0/taints/0/effect', /NoSchedule/],
    [{ nodes: [{ name: 'a', capacity: { cpu: 'many' } }] }, '/nodes/0/capacity/cpu', /not a quantity/],
    [{ nodes: [{ name: 'a', capacity: { cpu: '-1' } }] }, '/nodes/0/capacity/cpu', /not a quantity/],
    [{ nodes: [{ name: 'a', capacity: { pods: '1.5' } }] }, '/nodes/0/capacity/pods', /whole/],
    [{ nodes: [{ name: 'a', extra: 1 }] }, '/nodes/0/extra', /unknown field/],
    [{ images: { 'NOT AN IMAGE': {} } }, '/images/NOT AN IMAGE', /image reference/],
    [{ images: { nginx: { startup: 'soon' } } }, '/images/nginx/startup', /./],
    [{ images: { nginx: { speed: 1 } } }, '/images/nginx/speed', /unknown field/],
    [{ timing: { imagePull: 'long' } }, '/timing/imagePull', /duration/],
    [{ timing: { unheardOf: '1s' } }, '/timing/unheardOf', /unknown/],
    [{ retention: { watchEvents: -1 } }, '/retention/watchEvents', /./],
    [{ retention: { days: 1 } }, '/retention/days', /unknown field/],
    [{ colour: 'red' }, '/colour', /unknown field/],
  ])('refuses %j at %s', async (body, field, message) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      code: 'invalid-request',
      errors: [{ in: 'body', field, message: expect.stringMatching(message) }],
    });
  });

  it('tells every mistake at once', async () => {
    const { body } = await create({ seed: -1, colour: 'red', nodes: [{ name: 'A' }] });
    expect(body.errors.map((error: { field: string }) => error.field).sort()).toEqual(['/colour', '/nodes/0/name', '/seed']);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=zzz', 'cursor'],
    ['page=2', 'page'],
  ])('refuses the query %s', async (query, field) => {
    const { status, body } = await test.http.get(`/v1/clusters?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ in: 'query', field, message: expect.any(String) }]);
  });
});

describe('not found', () => {
  it.each(['get', 'delete'] as const)('%s says which cluster there is not', async (method) => {
    const { status, body } = await test.http[method]('/v1/clusters/nobody');
    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: 'urn:orrery:problem:cluster-not-found',
      code: 'cluster-not-found',
      detail: expect.stringContaining('nobody'),
    });
  });
});

describe('conflict', () => {
  it('refuses a name that is taken', async () => {
    await create({ name: 'taken' });
    const { status, body } = await create({ name: 'taken' });
    expect([status, body.code]).toEqual([409, 'cluster-exists']);
  });
});

describe('limits', () => {
  it('refuses more clusters than the service may have', async () => {
    const small = await startTestService({ limits: { clustersMax: 1 } });
    try {
      expect((await small.http.post('/v1/clusters')).status).toBe(201);
      const { status, body } = await small.http.post('/v1/clusters');
      expect([status, body.code]).toEqual([429, 'limit-exceeded']);
    } finally {
      await small.close();
    }
  });
});
