// Why an object is as it is, asked over HTTP.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const CLUSTER = '/v1/clusters/demo';
const WEB = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu: '8' } } }] },
};

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
  await served.http.post(`${CLUSTER}/manifests`).send(WEB);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '10s' });
});
afterAll(() => served.close());

describe('GET …/explain', () => {
  it('says why a pod is not scheduled, what proves it, and what would change it', async () => {
    const before = (await served.http.get(CLUSTER)).body.digest;
    const answer = await served.http.get(`${CLUSTER}/explain?resource=po&name=web`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      time: '2025-01-01T00:00:10Z',
      resourceVersion: expect.stringMatching(/^\d+$/),
      findings: [
        {
          code: 'insufficient-cpu',
          sentence: 'Not scheduled: the pod requests 8 of cpu, but node-1 has 4 of 4 left.',
          because: [
            {
              resource: 'pods',
              namespace: 'default',
              name: 'web',
              field: 'status.conditions[PodScheduled].message',
              value: expect.stringContaining('0/1 nodes are available: 1 Insufficient cpu.'),
            },
            { resource: 'pods', namespace: 'default', name: 'web', field: 'spec.containers.resources.requests.cpu', value: '8' },
            { resource: 'nodes', name: 'node-1', field: 'status.allocatable.cpu', value: '4' },
          ],
          wouldChange:
            'Lower the request, or add a node that is large enough: the pod would not fit on any of these even if it were empty.',
          documentation:
            'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled',
        },
      ],
    });
    expect((await served.http.get(CLUSTER)).body.digest).toBe(before);
  });

  it('says how a thing is with which nothing is wrong', async () => {
    const { body } = await served.http.get(`${CLUSTER}/explain?resource=configmaps&name=kube-root-ca.crt`);
    expect(body.findings).toMatchObject([
      { code: 'healthy', sentence: 'Nothing is wrong with configmaps/kube-root-ca.crt: data 1, age 10s.' },
    ]);
  });

  it('looks at a moment of the past', async () => {
    await served.http.delete('/clusters/demo/api/v1/namespaces/default/pods/web');
    expect((await served.http.get(`${CLUSTER}/explain?resource=pods&name=web`)).status).toBe(404);
    const { body } = await served.http.get(`${CLUSTER}/explain?resource=pods&name=web&at=2025-01-01T00:00:05Z`);
    expect(body).toMatchObject({ time: '2025-01-01T00:00:05Z', findings: [{ code: 'insufficient-cpu' }] });
  });

  it('refuses what is not there', async () => {
    for (const [query, status, code] of [
      ['resource=pods&name=nobody', 404, 'not-found'],
      ['resource=pods&namespace=elsewhere&name=web', 404, 'not-found'],
      ['resource=cats&name=web', 400, 'invalid-request'],
      ['resource=nodes&namespace=default&name=node-1', 400, 'invalid-request'],
      ['resource=pods', 400, 'invalid-request'],
    ] as const) {
      const answer = await served.http.get(`${CLUSTER}/explain?${query}`);
      expect([query, answer.status, answer.body.code]).toEqual([query, status, code]);
    }
    expect((await served.http.get('/v1/clusters/nobody/explain?resource=pods&name=web')).body.code).toBe('cluster-not-found');
  });
});
