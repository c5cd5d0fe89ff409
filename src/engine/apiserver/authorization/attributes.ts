// What somebody wants to do, as authorizers see it, and in which words it is refused.
// Upstream: apiserver/pkg/authorization/authorizer/interfaces.go, endpoints/handlers/responsewriters/errors.go (v1.33). Rule: Q6.

import { failure, type Status } from '../../apimachinery/status.ts';
import type { UserInfo } from '../authentication/user.ts';

export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly isResource: true;
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  /** Absent or empty: the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Of what is no resource. */
export interface PathAttributes {
  readonly isResource: false;
  readonly verb: string;
  readonly path: string;
}

/** Q6: the refusal of a request; `reason` is what authorizers say beyond it. */
export function forbidden(user: Pick<UserInfo, 'username'>, attributes: Attributes, reason = ''): Status {
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.username)} cannot`;
  const { verb } = attributes;
  if (!attributes.isResource) {
    return failure(403, 'Forbidden', `forbidden: ${who} ${verb} path ${JSON.stringify(attributes.path)}${why}`, {});
  }
  const { group, resource, subresource = '', namespace = '', name = '' } = attributes;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === '' ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const object = subresource === '' ? resource : `${resource}/${subresource}`;
  const place = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const text = `${subject} is forbidden: ${who} ${verb} resource ${JSON.stringify(object)} in API group ${JSON.stringify(group)} ${place}${why}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return failure(403, 'Forbidden', text, details);
}
