import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 1, images: { redis: { startup: '1s' } } });
});
afterAll(() => test.close());

const IMAGES = '/v1/clusters/demo/images';
const BEHAVIOR = { startup: 3, run: { for: '1m', exitCode: 1 } };
const WRITTEN = { startup: '3s', run: [{ for: '1m', exitCode: 1 }] };

describe('ok', () => {
  it('lists, shows, sets and forgets behaviours', async () => {
    expect((await test.http.get(IMAGES)).body).toEqual({ items: [{ reference: 'redis', behavior: { startup: '1s' } }] });
    expect((await test.http.put(`${IMAGES}/nginx:1.27`).send(BEHAVIOR)).body).toEqual({ reference: 'nginx:1.27', behavior: WRITTEN });
    expect((await test.http.get(`${IMAGES}/nginx:1.27`)).body).toEqual({ reference: 'nginx:1.27', behavior: WRITTEN });
    expect((await test.http.get(IMAGES)).body.items[0]).toEqual({ reference: 'nginx:1.27', behavior: WRITTEN });
    expect((await test.http.delete(`${IMAGES}/nginx:1.27`)).status).toBe(204);
    expect((await test.http.get(`${IMAGES}/nginx:1.27`)).body.code).toBe('image-not-found');
  });

  it.each(['registry.example/team/app:v1', 'localhost:5000/app', `app@sha256:${'0'.repeat(64)}`])(
    'takes %s escaped and as it is',
    async (reference) => {
      await test.http
        .put(`${IMAGES}/${encodeURIComponent(reference)}`)
        .send(BEHAVIOR)
        .expect(200);
      expect((await test.http.get(`${IMAGES}/${reference}`)).body.reference).toBe(reference);
      await test.http.delete(`${IMAGES}/${reference}`).expect(204);
    },
  );

  it('are listed by pages', async () => {
    for (const reference of ['a', 'b', 'c']) await test.http.put(`${IMAGES}/${reference}`).send(BEHAVIOR).expect(200);
    const first = (await test.http.get(`${IMAGES}?limit=2`)).body;
    expect(first.items.map((item: { reference: string }) => item.reference)).toEqual(['a', 'b']);
    const second = (await test.http.get(`${IMAGES}?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.items.map((item: { reference: string }) => item.reference)).toEqual(['c', 'redis']);
    expect(second.nextCursor).toBeUndefined();
    expect((await test.http.get(`${IMAGES}?cursor=nonsense`)).body.code).toBe('invalid-request');
    for (const reference of ['a', 'b', 'c']) await test.http.delete(`${IMAGES}/${reference}`).expect(204);
  });

  it('is what containers of the image do', async () => {
    await test.http
      .put(`${IMAGES}/crasher`)
      .send({ run: { for: '5s', exitCode: 7 } })
      .expect(200);
    const spec = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'crasher' }] };
    await test.http
      .post('/v1/clusters/demo/manifests')
      .send({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec })
      .expect(200);
    await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '1m' }).expect(200);
    const pod = (await test.http.get('/clusters/demo/api/v1/namespaces/default/pods/a')).body;
    expect(pod.status).toMatchObject({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 7 } } }] });
  });
});

describe('invalid', () => {
  it.each<[unknown, string]>([
    [{ startup: 'soon' }, '/startup'],
    [{ colour: 'red' }, '/colour'],
    [{ http: [{ status: 'bad' }] }, '/http/0/status'],
    [{ run: { for: '1m', exitCode: 'x' } }, '/run/exitCode'],
    [{ constructor: 1 }, '/constructor'],
    [{ toString: { valueOf: 1 } }, '/toString'],
    ['text', ''],
    [null, ''],
  ])('refuses the behaviour %j at %s', async (behavior, field) => {
    const { status, body } = await test.http.put(`${IMAGES}/nginx`).set('Content-Type', 'application/json').send(JSON.stringify(behavior));
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });

  it.each(['UPPER', 'a b', ':', 'a@b', '..'])('refuses the reference %j', async (reference) => {
    const { status, body } = await test.http.put(`${IMAGES}/${encodeURIComponent(reference)}`).send(BEHAVIOR);
    expect([status, body.errors?.[0].in]).toEqual(reference === '..' ? [404, undefined] : [400, 'path']);
  });
});

describe('not found', () => {
  it.each(['get', 'delete'] as const)(
    '%s of an image without a behaviour of its own, and of a cluster that is not there',
    async (method) => {
      expect((await test.http[method](`${IMAGES}/mysql`)).body.code).toBe('image-not-found');
      expect((await test.http[method]('/v1/clusters/nobody/images/mysql')).body.code).toBe('cluster-not-found');
    },
  );
});
