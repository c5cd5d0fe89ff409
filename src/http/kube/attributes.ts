// What a request wants to do, for who decides whether it may. Upstream: apiserver/pkg/endpoints/request/requestinfo.go (v1.33). Rules: Q6, Q12.

import { pathSegmentProblems } from '../../engine/apimachinery/names.ts';
import { nameInFields } from '../../engine/apiserver/read/selection.ts';
import type { Attributes } from '../../engine/cluster/index.ts';
import { parseKubePath, type ResourcePath } from './path.ts';

/** `path` is relative to the cluster and begins with a slash. */
export function attributesOf(request: Request, path: string): Attributes {
  const asked = parseKubePath(path);
  if (asked.type !== 'resource') return { isResource: false, verb: request.method.toLowerCase(), path };
  const { group, resource, name, subresource, isOldWatch } = asked;
  const verb = verbOf(request, asked);
  // A namespace is in itself.
  const namespace = resource === 'namespaces' ? name : asked.namespace;
  const selected = name === undefined && (verb === 'list' || verb === 'watch') ? selectedName(request) : name;
  return { isResource: true, verb, group, resource, namespace, name: selected, subresource: isOldWatch ? undefined : subresource };
}

/** A list that selects one object is about this object. */
function selectedName({ url }: Request): string | undefined {
  const name = nameInFields(new URL(url).searchParams.get('fieldSelector') ?? '');
  return name === undefined || pathSegmentProblems(name).length > 0 ? undefined : name;
}

function verbOf({ method, url }: Request, { name, isOldWatch }: ResourcePath): string {
  const isOne = name !== undefined;
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isOne ? 'delete' : 'deletecollection';
    default: {
      if (isOldWatch) return 'watch';
      const watch = new URL(url).searchParams.get('watch')?.toLowerCase();
      const isWatch = watch !== undefined && watch !== 'false' && watch !== '0';
      return isOne ? 'get' : isWatch ? 'watch' : 'list';
    }
  }
}
