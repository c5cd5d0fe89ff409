import { describe, expect, it } from 'vitest';
import { type KubePath, parseKubePath, type ResourcePath } from '../../../src/http/kube/path.ts';
import { resolveTarget } from '../../../src/http/kube/target.ts';
import { TEST_KINDS } from './kinds.ts';

function isResource(path: KubePath): path is ResourcePath {
  return path.type === 'resource';
}

function resolve(line: string): string {
  const [method = '', url = ''] = line.split(' ');
  const path = parseKubePath(url);
  if (!isResource(path)) return `not a resource: ${path.type}`;
  const target = resolveTarget(path, method, TEST_KINDS);
  if (!target.ok) return `${target.status.code} ${target.status.reason}`;
  const { kind, verb, namespace, name, subresource, isOldWatch } = target.value;
  return [isOldWatch ? 'watch' : verb, kind.kind, namespace && `in ${namespace}`, name, subresource && `/${subresource}`]
    .filter(Boolean)
    .join(' ');
}

describe('targets', () => {
  it.each([
    ['GET /api/v1/pods', 'list Pod'],
    ['GET /api/v1/namespaces/x/pods', 'list Pod in x'],
    ['GET /api/v1/namespaces/x/pods/p', 'get Pod in x p'],
    ['PUT /api/v1/namespaces/x/pods/p', 'update Pod in x p'],
    ['PATCH /api/v1/namespaces/x/pods/p', 'patch Pod in x p'],
    ['DELETE /api/v1/namespaces/x/pods/p', 'delete Pod in x p'],
    ['DELETE /api/v1/namespaces/x/pods', 'deletecollection Pod in x'],
    ['POST /api/v1/namespaces/x/pods', 'create Pod in x'],
    ['POST /api/v1/namespaces', 'create Namespace'],
    ['GET /api/v1/namespaces/x', 'get Namespace x'],
    ['PUT /api/v1/namespaces/x/status', 'update Namespace x /status'],
    ['GET /apis/apps/v1/namespaces/x/replicasets/r/scale', 'get ReplicaSet in x r /scale'],
    ['POST /api/v1/namespaces/x/pods/p/eviction', 'create Pod in x p /eviction'],
    ['GET /api/v1/watch/namespaces/x/pods', 'watch Pod in x'],
  ])('A2 B5 resolves %s', (line, expected) => {
    expect(resolve(line)).toBe(expected);
  });

  it.each([
    ['GET /api/v1/widgets'],
    ['GET /apis/apps/v9/replicasets'],
    ['GET /apis/apps/v1/pods'],
    ['GET /api/v1/namespaces/x/namespaces'],
    ['GET /api/v1/pods/p'],
    ['GET /api/v1/namespaces/x/pods/p/scale'],
    ['GET /api/v1/namespaces/x/configmaps/c/status'],
    ['GET /api/v1/namespaces/x/pods/p/toString'],
    ['GET /api/v1/namespaces/x/pods/p/log/more'],
  ])('A11 G2 knows no resource for %s', (line) => {
    expect(resolve(line)).toBe('404 NotFound');
  });

  it.each([
    ['POST /api/v1/pods'],
    ['DELETE /api/v1/pods'],
    ['POST /api/v1/namespaces/x/pods/p'],
    ['PUT /api/v1/namespaces/x/pods'],
    ['PATCH /api/v1/namespaces/x/pods'],
    ['DELETE /api/v1/namespaces'],
    ['DELETE /apis/apps/v1/namespaces/x/replicasets/r/scale'],
    ['GET /api/v1/namespaces/x/pods/p/eviction'],
    ['OPTIONS /api/v1/namespaces/x/pods'],
    ['POST /api/v1/watch/pods'],
  ])('E2 G2 I1 does not allow %s', (line) => {
    expect(resolve(line)).toBe('405 MethodNotAllowed');
  });
});
