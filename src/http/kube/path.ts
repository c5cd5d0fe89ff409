// What a path below the cluster prefix asks for, before any kind is looked up: the shape that a Kubernetes API server gives to its URLs.
// Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go (v1.33). Rules: A2, A11, H11, M10.

/** A path under `/api/<version>` or `/apis/<group>/<version>` that names a resource. */
export interface ResourcePath {
  readonly type: 'resource';
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Segments after the subresource; only proxies have them. */
  readonly rest: readonly string[];
  /** H11: the old `/api/v1/watch/...` form. */
  readonly isOldWatch: boolean;
}

export type KubePath =
  | ResourcePath
  | { readonly type: 'core-versions' }
  | { readonly type: 'groups' }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'group-version'; readonly group: string; readonly version: string }
  | { readonly type: 'openapi-v3'; readonly groupVersion: string }
  /** Anything else, with the trailing slash removed: `/version`, `/healthz`, `/nothing/here`. */
  | { readonly type: 'other'; readonly path: string };

/** M10: what follows a namespace's name and is its subresource, not a resource inside it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);

/** Takes a path without query, relative to the cluster, apart. */
export function parseKubePath(path: string): KubePath {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  const [first, second, third] = segments;
  if (first === 'api') return parseVersioned('', segments.slice(1), { type: 'core-versions' });
  if (first === 'apis')
    return second === undefined ? { type: 'groups' } : parseVersioned(second, segments.slice(2), { type: 'group', group: second });
  if (first === 'openapi' && second === 'v3' && third !== undefined)
    return { type: 'openapi-v3', groupVersion: segments.slice(2).join('/') };
  return { type: 'other', path: `/${segments.join('/')}` };
}

function parseVersioned(group: string, segments: readonly string[], whenBare: KubePath): KubePath {
  const [version, ...rest] = segments;
  if (version === undefined) return whenBare;
  if (rest.length === 0) return { type: 'group-version', group, version };
  const isOldWatch = rest[0] === 'watch' && rest.length > 1;
  return { type: 'resource', group, version, isOldWatch, ...parseResource(isOldWatch ? rest.slice(1) : rest) };
}

type ResourceParts = Pick<ResourcePath, 'namespace' | 'resource' | 'name' | 'subresource' | 'rest'>;

function parseResource(segments: readonly string[]): ResourceParts {
  const [first = '', second, third] = segments;
  const isInNamespace = first === 'namespaces' && second !== undefined && third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  return isInNamespace ? { namespace: second, ...nameParts(segments.slice(2)) } : nameParts(segments);
}

function nameParts(segments: readonly string[]): ResourceParts {
  const [resource = '', name, subresource, ...rest] = segments;
  return { resource, ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }), rest };
}

/** A malformed escape stays as it is: it names nothing that exists. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
