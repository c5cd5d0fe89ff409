// The Kubernetes API of a cluster, read as kubectl reads it: discovery, tables, objects. A moment of the past has an address of its own, which its
// kubeconfig says.

import { api, ApiError, read, textOf } from '../api/client.ts';
import type { Kind, KubeObject, Table } from './kube-objects.ts';
import type { ObjectName } from '../timeline/objects.ts';

export const TABLE_TYPE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const DISCOVERY_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const pasts = new Map<string, Promise<string>>();

/** Path of the Kubernetes API of a cluster, or of a moment of it. */
export function kubernetesPath(cluster: string, at: string | undefined): Promise<string> {
  if (at === undefined) return Promise.resolve(`/clusters/${encodeURIComponent(cluster)}`);
  const key = `${cluster} ${at}`;
  const known = pasts.get(key) ?? readPastPath(cluster, at);
  pasts.set(key, known);
  known.catch(() => pasts.delete(key));
  return known;
}

async function readPastPath(cluster: string, at: string): Promise<string> {
  const params = { path: { cluster }, query: { at } };
  const kubeconfig = await textOf(api.GET('/v1/clusters/{cluster}/kubeconfig', { params, parseAs: 'text' }));
  const path = /^\s+server: "?\S+?((?:\/access\/[^/\s]+)?\/clusters\/[^\s"]+)/m.exec(kubeconfig)?.[1];
  if (path === undefined) throw new ApiError(`The kubeconfig of ${cluster} at ${at} names no server.`);
  return path;
}

interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly responseKind: { readonly kind: string };
        readonly scope: string;
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

/** Every kind that can be listed, by its preferred version. */
export async function readKinds(cluster: string): Promise<readonly Kind[]> {
  const base = await kubernetesPath(cluster, undefined);
  const documents = await Promise.all(['/api', '/apis'].map((path) => readJson<Discovery>(`${base}${path}`, DISCOVERY_TYPE)));
  const kinds = documents.flatMap(({ items }) =>
    items.flatMap(({ metadata, versions }) => {
      const group = metadata?.name ?? '';
      const { version = 'v1', resources = [] } = versions[0] ?? {};
      return resources
        .filter(({ verbs }) => verbs.includes('list'))
        .map(({ resource, responseKind, scope }) => ({
          resource: group === '' ? resource : `${resource}.${group}`,
          path: `${group === '' ? '/api' : `/apis/${group}`}/${version}`,
          kind: responseKind.kind,
          isNamespaced: scope === 'Namespaced',
        }));
    }),
  );
  return kinds.sort((one, other) => (one.resource < other.resource ? -1 : 1));
}

/** A list of objects as a table, at a moment. */
export async function readTable(cluster: string, at: string, kind: Kind, selector: string | undefined): Promise<Table> {
  const base = await kubernetesPath(cluster, at);
  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  return readJson<Table>(`${base}${kind.path}/${kind.resource.split('.')[0]}${query}`, TABLE_TYPE);
}

/** One object, at a moment. */
export async function readObject(
  cluster: string,
  at: string | undefined,
  kind: Kind,
  { namespace, name }: ObjectName,
): Promise<KubeObject> {
  const base = await kubernetesPath(cluster, at);
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return readJson<KubeObject>(`${base}${kind.path}${place}/${kind.resource.split('.')[0]}/${encodeURIComponent(name)}`);
}

/** Event objects about an object, the latest first. */
export async function readEvents(cluster: string, at: string | undefined, { namespace, name }: ObjectName): Promise<readonly KubeObject[]> {
  const base = await kubernetesPath(cluster, at);
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const selector = encodeURIComponent(`involvedObject.name=${name}`);
  const { items } = await readJson<{ items: readonly KubeObject[] }>(`${base}/api/v1${place}/events?fieldSelector=${selector}`);
  return [...items].sort((one, other) => (timeOfEvent(one) < timeOfEvent(other) ? 1 : -1));
}

export function timeOfEvent(event: KubeObject): string {
  const { lastTimestamp, eventTime } = event as { readonly lastTimestamp?: string; readonly eventTime?: string };
  return lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp ?? '';
}

export async function readJson<T>(path: string, accept?: string): Promise<T> {
  const response = await read(path, accept);
  const body = (await response.json()) as { message?: string; detail?: string };
  if (!response.ok) throw new ApiError(body.message ?? body.detail ?? response.statusText);
  return body as T;
}
