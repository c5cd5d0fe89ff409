import { describe, expect, it } from 'vitest';
import { parseKubePath } from '../../../src/http/kube/path.ts';

function describePath(path: string): string {
  const parsed = parseKubePath(path);
  switch (parsed.type) {
    case 'resource': {
      const where = parsed.namespace === undefined ? '' : ` in ${parsed.namespace}`;
      const sub = parsed.subresource === undefined ? '' : `/${parsed.subresource}`;
      const rest = parsed.rest.length === 0 ? '' : ` rest ${parsed.rest.join('|')}`;
      return `${parsed.isOldWatch ? 'watch ' : ''}[${parsed.group}|${parsed.version}] ${parsed.resource} ${parsed.name ?? '-'}${sub}${where}${rest}`;
    }
    case 'group':
      return `group ${parsed.group}`;
    case 'group-version':
      return `group-version ${parsed.group}|${parsed.version}`;
    case 'openapi-v3':
      return `openapi-v3 ${parsed.groupVersion}`;
    case 'other':
      return `other ${parsed.path}`;
    default:
      return parsed.type;
  }
}

describe('paths below a cluster', () => {
  it.each([
    ['/api', 'core-versions'],
    ['/api/', 'core-versions'],
    ['/apis', 'groups'],
    ['/apis/apps', 'group apps'],
    ['/api/v1', 'group-version |v1'],
    ['/apis/apps/v1/', 'group-version apps|v1'],
    ['/api/v1/pods', '[|v1] pods -'],
    ['/api/v1/nodes/n1', '[|v1] nodes n1'],
    ['/api/v1/nodes/n1/status', '[|v1] nodes n1/status'],
    ['/api/v1/namespaces', '[|v1] namespaces -'],
    ['/api/v1/namespaces/x', '[|v1] namespaces x'],
    ['/api/v1/namespaces/x/status', '[|v1] namespaces x/status'],
    ['/api/v1/namespaces/x/finalize', '[|v1] namespaces x/finalize'],
    ['/api/v1/namespaces/x/pods', '[|v1] pods - in x'],
    ['/api/v1/namespaces/x/pods/p', '[|v1] pods p in x'],
    ['/api/v1/namespaces/x/pods/p/log', '[|v1] pods p/log in x'],
    ['/api/v1/namespaces/x/pods/p/proxy/a/b', '[|v1] pods p/proxy in x rest a|b'],
    ['/apis/apps/v1/namespaces/x/replicasets/r/scale', '[apps|v1] replicasets r/scale in x'],
    ['/api/v1/watch/namespaces/x/pods/p', 'watch [|v1] pods p in x'],
    ['/api/v1/watch/pods', 'watch [|v1] pods -'],
    ['/api/v1/namespaces/a%20b/pods/%zz', '[|v1] pods %zz in a b'],
    ['/openapi/v3', 'other /openapi/v3'],
    ['/openapi/v3/apis/apps/v1', 'openapi-v3 apis/apps/v1'],
    ['/version', 'other /version'],
    ['/', 'other /'],
    ['', 'other /'],
  ])('A2 M10 H11 reads %s', (path, expected) => {
    expect(describePath(path)).toBe(expected);
  });
});
