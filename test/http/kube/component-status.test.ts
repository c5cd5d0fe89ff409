// ComponentStatus: made when it is read, and never written.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCluster, type TestCluster } from './server.ts';

const PATH = '/api/v1/componentstatuses';
const DEPRECATED = '299 - "v1 ComponentStatus is deprecated in v1.19+"';

describe('ComponentStatus', () => {
  let cluster: TestCluster;
  beforeAll(() => {
    cluster = createTestCluster();
  });
  afterAll(() => cluster.remove());

  it('M1 C528 lists the components, all well, with a warning', async () => {
    const response = await cluster.fetch(PATH);
    expect(response.headers.get('warning')).toBe(DEPRECATED);
    const item = (name: string): object => ({
      metadata: { name, creationTimestamp: null },
      conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
    });
    expect(await response.json()).toMatchObject({
      kind: 'ComponentStatusList',
      items: [item('controller-manager'), item('etcd-0'), item('scheduler')],
    });
    const one = (await (await cluster.fetch(`${PATH}?fieldSelector=metadata.name%3Dscheduler`)).json()) as { items: unknown };
    expect(one.items).toEqual([item('scheduler')]);
  });

  it('M1 gets one, and no other', async () => {
    expect(await (await cluster.fetch(`${PATH}/scheduler`)).json()).toMatchObject({
      kind: 'ComponentStatus',
      metadata: { name: 'scheduler' },
    });
    expect((await cluster.fetch(`${PATH}/nobody`)).status).toBe(404);
  });

  it('N8 is a table', async () => {
    const response = await cluster.fetch(PATH, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    const table = (await response.json()) as { columnDefinitions: { name: string }[]; rows: { cells: unknown }[] };
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Status', 'Message', 'Error']);
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['controller-manager', 'Healthy', 'ok', ''],
      ['etcd-0', 'Healthy', 'ok', ''],
      ['scheduler', 'Healthy', 'ok', ''],
    ]);
  });

  it.each([
    ['GET', `${PATH}?watch=true`],
    ['POST', PATH],
    ['DELETE', PATH],
    ['PUT', `${PATH}/scheduler`],
    ['PATCH', `${PATH}/scheduler`],
    ['DELETE', `${PATH}/scheduler`],
  ])('E2 %s %s is not allowed', async (method, path) => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name: 'scheduler' } });
    const response = await cluster.fetch(path, {
      method,
      ...(method === 'GET' ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    expect(response.status).toBe(405);
  });
});
