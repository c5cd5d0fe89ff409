import { expect, it } from 'vitest';
import { answerForbidden } from '../../../src/http/kube/forbidden.ts';

it.each([
  [
    'GET',
    '/api/v1/namespaces/default/pods/x',
    'pods "x" is forbidden: User "bob" cannot get resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'GET',
    '/api/v1/namespaces/default/pods',
    'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  ['GET', '/api/v1/pods?watch=true', 'pods is forbidden: User "bob" cannot watch resource "pods" in API group "" at the cluster scope'],
  ['GET', '/api/v1/nodes', 'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope'],
  [
    'POST',
    '/apis/apps/v1/namespaces/default/replicasets',
    'replicasets.apps is forbidden: User "bob" cannot create resource "replicasets" in API group "apps" in the namespace "default"',
  ],
  [
    'POST',
    '/api/v1/namespaces/default/pods/x/exec',
    'pods "x" is forbidden: User "bob" cannot create resource "pods/exec" in API group "" in the namespace "default"',
  ],
  ['PUT', '/api/v1/nodes/n', 'nodes "n" is forbidden: User "bob" cannot update resource "nodes" in API group "" at the cluster scope'],
  ['PATCH', '/api/v1/nodes/n', 'nodes "n" is forbidden: User "bob" cannot patch resource "nodes" in API group "" at the cluster scope'],
  ['DELETE', '/api/v1/nodes/n', 'nodes "n" is forbidden: User "bob" cannot delete resource "nodes" in API group "" at the cluster scope'],
  [
    'DELETE',
    '/api/v1/nodes',
    'nodes is forbidden: User "bob" cannot deletecollection resource "nodes" in API group "" at the cluster scope',
  ],
  ['GET', '/metrics', 'forbidden: User "bob" cannot get path "/metrics"'],
])('Q6 %s %s', async (method, path, message) => {
  const request = new Request(`http://127.0.0.1${path}`, { method });
  const response = answerForbidden('bob', request, new URL(request.url).pathname);
  expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([403, message]);
});

it('Q6 details name what was asked for', async () => {
  const path = '/apis/apps/v1/namespaces/default/replicasets/r';
  const response = answerForbidden('bob', new Request(`http://127.0.0.1${path}`), path);
  expect(((await response.json()) as { details: object }).details).toEqual({ name: 'r', group: 'apps', kind: 'replicasets' });
});
