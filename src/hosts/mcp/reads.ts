// What an agent reads of a cluster, as kubectl would show it: tables, objects in YAML, logs. Resources are named as kubectl takes them, by discovery.

import { stringify } from 'yaml';
import { table } from '../table.ts';
import { segmentOf } from '../../http/kube/cluster-segment.ts';
import { parseInstant } from '../../service/instant.ts';
import { ask, askJson, type Connection, withQuery } from '../../client/connection.ts';

/** The client's own mistake. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}

export interface ReadRequest {
  readonly cluster: string;
  /** `pods`, `deploy`, `ingresses.networking.k8s.io`. */
  readonly resource: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly allNamespaces?: boolean | undefined;
  readonly selector?: string | undefined;
  readonly output?: 'table' | 'yaml' | undefined;
  /** A moment of the past. */
  readonly at?: string | undefined;
}

interface Found {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

interface DiscoveredResource {
  readonly resource: string;
  readonly singularResource: string;
  readonly shortNames?: readonly string[];
  readonly scope: 'Cluster' | 'Namespaced';
  readonly responseKind: { readonly kind: string };
}

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly DiscoveredResource[] }[];
  }[];
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** Base of the Kubernetes API of a cluster, or of a moment of it. */
function baseOf({ cluster, at }: Pick<ReadRequest, 'cluster' | 'at'>): string {
  const instant = at === undefined ? undefined : parseInstant(at);
  if (at !== undefined && instant === undefined)
    throw new ReadError(`${JSON.stringify(at)} is no moment; write 2025-01-01T00:00:20Z, rv:123 or command:4`);
  return `/clusters/${encodeURIComponent(segmentOf(cluster, instant, undefined))}`;
}

/** The resource of a name. Fails: ReadError. */
export async function findResource(connection: Connection, cluster: string, wanted: string): Promise<Found> {
  const headers = { Accept: DISCOVERY };
  const base = baseOf({ cluster, at: undefined });
  const documents = await Promise.all(
    ['/api', '/apis'].map((path) => askJson<Discovery>(connection, `${base}${path}`, { method: 'GET', headers })),
  );
  const [name = '', ...rest] = wanted.toLowerCase().split('.');
  const group = rest.length === 0 ? undefined : rest.join('.');
  for (const { metadata, versions } of documents.flatMap(({ items }) => items)) {
    const own = metadata.name ?? '';
    if (group !== undefined && group !== own) continue;
    const [first] = versions;
    const found = first?.resources.find((item) =>
      [item.resource, item.singularResource, item.responseKind.kind.toLowerCase(), ...(item.shortNames ?? [])].includes(name),
    );
    if (first !== undefined && found !== undefined)
      return { group: own, version: first.version, plural: found.resource, isNamespaced: found.scope === 'Namespaced' };
  }
  throw new ReadError(`the cluster has no resource ${JSON.stringify(wanted)}`);
}

/** The path of one object, or of a list. Fails: ReadError. */
export async function pathOf(connection: Connection, request: ReadRequest): Promise<string> {
  const found = await findResource(connection, request.cluster, request.resource);
  const { name, namespace = 'default', allNamespaces = false } = request;
  const root = found.group === '' ? `/api/${found.version}` : `/apis/${found.group}/${found.version}`;
  const place = found.isNamespaced && !(allNamespaces && name === undefined) ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${baseOf(request)}${root}${place}/${found.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** Objects as text. */
export async function readObjects(connection: Connection, request: ReadRequest): Promise<string> {
  const path = withQuery(await pathOf(connection, request), { labelSelector: request.selector });
  if (request.output === 'yaml') {
    const object = await askJson<{ metadata: Record<string, unknown> }>(connection, path);
    delete object.metadata['managedFields'];
    return stringify(object);
  }
  const table = await askJson<Table>(connection, path, { method: 'GET', headers: { Accept: TABLE } });
  return tableText(table, request.allNamespaces === true);
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: { readonly namespace?: string } };
  }[];
}

/** As kubectl prints a table. */
function tableText({ columnDefinitions, rows = [] }: Table, hasNamespaces: boolean): string {
  if (rows.length === 0) return 'No resources found.';
  const shown = columnDefinitions.flatMap(({ name, priority }, index) => (priority === 0 ? [{ name, index }] : []));
  const head = [...(hasNamespaces ? ['NAMESPACE'] : []), ...shown.map(({ name }) => name.toUpperCase())];
  const lines = rows.map(({ cells, object }) => [
    ...(hasNamespaces ? [object.metadata.namespace ?? ''] : []),
    ...shown.map(({ index }) => String(cells[index] ?? '<none>')),
  ]);
  return table([head, ...lines]).join('\n');
}

export interface LogRequest {
  readonly cluster: string;
  readonly pod: string;
  readonly namespace?: string | undefined;
  readonly container?: string | undefined;
  readonly previous?: boolean | undefined;
  readonly tailLines?: number | undefined;
  readonly at?: string | undefined;
}

/** The log of a container. */
export async function readLog(connection: Connection, request: LogRequest): Promise<string> {
  const { pod, namespace = 'default', container, previous, tailLines } = request;
  const query = {
    container,
    previous: previous === true ? 'true' : undefined,
    tailLines: tailLines === undefined ? undefined : String(tailLines),
  };
  const path = `${baseOf(request)}/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  return (await ask(connection, withQuery(path, query))).text();
}
