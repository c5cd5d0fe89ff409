// From a path and a method to a kind and a verb, by the registry of kinds. Rules: A11, B5, G2, H11, I1, L10, E2.

import { fail, methodNotAllowed, ok, type Result, resourceNotFound } from '../../engine/apimachinery/status.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import type { ResourcePath } from './path.ts';

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What a request is about. */
export interface Target {
  readonly kind: Kind;
  readonly verb: Verb;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** H11: the path itself says that the list is a watch. */
  readonly isOldWatch: boolean;
}

const ITEM_VERBS: Readonly<Record<string, Verb>> = { GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const COLLECTION_VERBS: Readonly<Record<string, Verb>> = { GET: 'list', HEAD: 'list', POST: 'create', DELETE: 'deletecollection' };
const SUBRESOURCE_VERBS: Readonly<Record<string, Verb>> = { ...ITEM_VERBS, POST: 'create' };

/** Finds the kind and the verb. Fails: NotFound (no such resource), MethodNotAllowed. */
export function resolveTarget(path: ResourcePath, method: string, kinds: readonly Kind[]): Result<Target> {
  const kind = kinds.find(
    (candidate) => candidate.group === path.group && candidate.version === path.version && candidate.plural === path.resource,
  );
  // G2: a cluster-scoped resource is in no namespace; one object of a namespaced resource is always in one.
  if (kind === undefined || (path.namespace !== undefined && !kind.namespaced)) return fail(resourceNotFound());
  if (kind.namespaced && path.namespace === undefined && path.name !== undefined) return fail(resourceNotFound());
  const verb = verbOf(path, method, kind);
  if (!verb.ok) return verb;
  const { namespace, name, subresource } = path;
  return ok({
    kind,
    verb: verb.value,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined || path.isOldWatch ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    isOldWatch: path.isOldWatch,
  });
}

function verbOf(path: ResourcePath, method: string, kind: Kind): Result<Verb> {
  if (path.isOldWatch) return allow(path.subresource === undefined && (method === 'GET' || method === 'HEAD') ? 'list' : undefined);
  if (path.subresource !== undefined) {
    const verbs = subresourceVerbs(kind, path.subresource);
    if (verbs === undefined || (path.rest.length > 0 && path.subresource !== 'proxy')) return fail(resourceNotFound());
    // M9: a proxy takes every method.
    const verb = path.subresource === 'proxy' && method === 'OPTIONS' ? 'get' : SUBRESOURCE_VERBS[method];
    return allow(verb !== undefined && verbs.includes(verb) ? verb : undefined);
  }
  const verbs = path.name === undefined ? COLLECTION_VERBS : ITEM_VERBS;
  const isOnAllNamespaces = kind.namespaced && path.namespace === undefined;
  const isAllowed = (verb: Verb): boolean => (!isOnAllNamespaces || verb === 'list') && kind.withoutVerbs?.includes(verb) !== true;
  // What has no verb at all is no path: one binding, bindings of all namespaces.
  if (!Object.values(verbs).some(isAllowed)) return fail(resourceNotFound());
  const verb = verbs[method];
  return allow(verb !== undefined && isAllowed(verb) ? verb : undefined);
}

/** Verbs of a subresource (B5); undefined when the kind has no such subresource. */
function subresourceVerbs(kind: Kind, subresource: string): readonly string[] | undefined {
  if (subresource === 'status') return kind.hasStatus ? ['get', 'update', 'patch'] : undefined;
  if (subresource === 'scale') return kind.scale === undefined ? undefined : ['get', 'update', 'patch'];
  return Object.hasOwn(kind.subresources ?? {}, subresource) ? kind.subresources?.[subresource]?.verbs : undefined;
}

function allow(verb: Verb | undefined): Result<Verb> {
  return verb === undefined ? fail(methodNotAllowed()) : ok(verb);
}
