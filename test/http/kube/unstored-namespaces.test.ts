// What is created below an object, or not stored at all, needs a namespace that is there and takes new content (I2, C915).

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asking } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;
const ask = asking(() => cluster);
beforeEach(() => {
  cluster = createTestCluster();
});
afterEach(() => cluster.remove());

const BINDING = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-1' } };

describe.each([
  ['bindings', BINDING, 'bindings "p"'],
  ['pods/p/binding', BINDING, 'pods "p"'],
  ['pods/p/eviction', { metadata: { name: 'p' } }, 'pods "p"'],
  ['serviceaccounts/default/token', { spec: {} }, 'serviceaccounts "default"'],
])('POST of %s', (path, body, target) => {
  it('I2 is not found in a namespace that is not there', async () => {
    const refused = await ask('POST', `/api/v1/namespaces/nowhere/${path}`, body);
    expect([refused.status, refused.body.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });

  it('C915 is forbidden in a namespace that is going, with the cause by which clients know it', async () => {
    const pod = { metadata: { name: 'p', finalizers: ['example.com/stay'] }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    await ask('POST', '/api/v1/namespaces', { metadata: { name: 'going' } });
    expect((await ask('POST', '/api/v1/namespaces/going/pods', pod)).status).toBe(201);
    expect((await ask('DELETE', '/api/v1/namespaces/going')).status).toBe(200);
    const refused = await ask('POST', `/api/v1/namespaces/going/${path}`, body);
    expect([refused.status, refused.body.message, refused.body.details.causes[0].reason]).toEqual([
      403,
      `${target} is forbidden: unable to create new content in namespace going because it is being terminated`,
      'NamespaceTerminating',
    ]);
  });
});
