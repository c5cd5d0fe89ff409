// Faults through the service API.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const PATH = '/v1/clusters/demo/faults';

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 3 });
});
afterAll(() => served.close());

describe('ok', () => {
  it('begins one now or later, shows it, lists it, and ends it', async () => {
    const made = await served.http.post(PATH).send({ type: 'node-down', target: { node: 'node-2' }, after: '30s', for: '10m' });
    const fault = {
      id: 'fault-1',
      type: 'node-down',
      target: { node: 'node-2' },
      state: 'waiting',
      startsAt: '2025-01-01T00:00:30Z',
      endsAt: '2025-01-01T00:10:30Z',
    };
    expect([made.status, made.headers['location'], made.body]).toEqual([201, `${PATH}/fault-1`, fault]);
    await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '2m' });
    expect((await served.http.get(`${PATH}/fault-1`)).body).toEqual({ ...fault, state: 'active' });
    const nodes = await served.http.get('/clusters/demo/api/v1/nodes/node-2');
    expect(nodes.body.status.conditions.find(({ type }: { type: string }) => type === 'Ready').status).toBe('Unknown');
    expect((await served.http.get(PATH)).body.items).toHaveLength(1);
    expect((await served.http.delete(`${PATH}/fault-1`)).status).toBe(204);
    expect((await served.http.get(PATH)).body).toEqual({ items: [] });
    const back = await served.http.get('/clusters/demo/api/v1/nodes/node-2');
    expect(back.body.status.conditions.find(({ type }: { type: string }) => type === 'Ready').status).toBe('True');
  });

  it('kills by a signal or with a code', async () => {
    await served.http.post('/v1/clusters/demo/manifests').send({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'app', image: 'nginx' }] },
    });
    await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '1m' });
    const made = await served.http.post(PATH).send({ type: 'container-kill', target: { pod: 'web', signal: 'TERM' } });
    expect(made.body).toMatchObject({ target: { namespace: 'default', pod: 'web', exitCode: 143 }, state: 'over', endsAt: null });
  });

  it.each([
    ['sandbox-fail', undefined, {}],
    ['sandbox-fail', { node: 'node-1', message: 'no network' }, { node: 'node-1', message: 'no network' }],
    ['container-create-fail', { pod: 'web', container: 'app' }, { namespace: 'default', pod: 'web', container: 'app' }],
    ['network-delay', { namespace: 'shop', delay: '0.25s' }, { namespace: 'shop', delay: '250ms' }],
    ['dns-fail', undefined, { answer: 'timeout' }],
    ['dns-fail', { name: 'db.shop', answer: 'nxdomain' }, { name: 'db.shop', answer: 'nxdomain' }],
  ])('%s of %j', async (type, target, shown) => {
    const made = await served.http.post(PATH).send({ type, target });
    expect([made.status, made.body.type, made.body.target]).toEqual([201, type, shown]);
    expect((await served.http.delete(`${PATH}/${made.body.id}`)).status).toBe(204);
  });
});

describe('invalid', () => {
  it.each([
    [{}, '/type'],
    [{ type: 'earthquake' }, '/type'],
    [{ type: 'node-down' }, '/target'],
    [{ type: 'node-down', target: { node: 'node-1', extra: 1 } }, '/target/extra'],
    [{ type: 'node-down', target: { node: 'node-1' }, after: '-5s' }, '/after'],
    [{ type: 'network-delay' }, '/target'],
    [{ type: 'network-delay', target: { node: 'node-1' } }, '/target/delay'],
    [{ type: 'network-delay', target: { delay: '0s' } }, '/target/delay'],
    [{ type: 'network-delay', target: { delay: '61s' } }, '/target/delay'],
    [{ type: 'dns-fail', target: { answer: 'servfail' } }, '/target/answer'],
    [{ type: 'sandbox-fail', target: { message: '' } }, '/target/message'],
    [{ type: 'node-down', target: { node: 'node-1' }, for: 'soon' }, '/for'],
    [{ type: 'container-kill', target: { pod: 'web', exitCode: 1, signal: 'KILL' } }, '/target/signal'],
    [{ type: 'container-kill', target: { pod: 'web', exitCode: 256 } }, '/target/exitCode'],
    [{ type: 'image-pull-fail', target: { image: 'UPPER' } }, '/target/image'],
    [{ type: 'probe-fail', target: { pod: 'web', probe: 'startupp' } }, '/target/probe'],
  ])('%j is refused at %s', async (body, field) => {
    const { status, body: problem } = await served.http.post(PATH).send(body);
    expect([status, problem.code, problem.errors[0].field]).toEqual([400, 'invalid-request', field]);
  });
});

describe('not found', () => {
  it('names the node, the fault or the cluster that there is not', async () => {
    const node = await served.http.post(PATH).send({ type: 'node-down', target: { node: 'node-9' } });
    expect([node.status, node.body.detail]).toEqual([404, 'nodes "node-9" not found']);
    expect((await served.http.get(`${PATH}/fault-99`)).body.code).toBe('fault-not-found');
    expect((await served.http.delete(`${PATH}/fault-99`)).status).toBe(404);
    expect((await served.http.get('/v1/clusters/none/faults')).body.code).toBe('cluster-not-found');
  });
});
