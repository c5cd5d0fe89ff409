// What an authorizer says of who may not, in its words. Upstream: apiserver/pkg/endpoints/handlers/responsewriters/errors.go (v1.33). Rule: Q6.

import { failure } from '../../engine/apimachinery/status.ts';
import { answerStatus } from './answer.ts';
import { parseKubePath, type ResourcePath } from './path.ts';

/** Refuses a request; `path` is relative to the cluster. */
export function answerForbidden(user: string, request: Request, path: string): Response {
  const asked = parseKubePath(path);
  const who = `User ${JSON.stringify(user)} cannot`;
  if (asked.type !== 'resource') {
    const verb = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
    return answerStatus(failure(403, 'Forbidden', `forbidden: ${who} ${verb} path ${JSON.stringify(path)}`, {}));
  }
  const { group, resource, name, namespace, subresource } = asked;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === undefined ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const object = subresource === undefined ? resource : `${resource}/${subresource}`;
  const place = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const text = `${subject} is forbidden: ${who} ${verbOf(request, asked)} resource "${object}" in API group "${group}" ${place}`;
  const details = { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return answerStatus(failure(403, 'Forbidden', text, details));
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
      const isWatch = isOldWatch || ['true', '1'].includes(new URL(url).searchParams.get('watch') ?? '');
      return isOne && !isOldWatch ? 'get' : isWatch ? 'watch' : 'list';
    }
  }
}
