// Short requests to a test cluster, and manifests to send.

import type { TestCluster } from './server.ts';

/** Whatever an answer holds; tests look at single members. */
// oxlint-disable-next-line no-explicit-any
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** JSON, as it came. */
  readonly body: Json;
}

/** Sends a request; a body is sent as JSON. */
export async function send(
  cluster: TestCluster,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await cluster.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const MERGE = { 'Content-Type': 'application/merge-patch+json' };
export const STRATEGIC = { 'Content-Type': 'application/strategic-merge-patch+json' };
export const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };
export const TABLE = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

export const PODS = '/api/v1/namespaces/default/pods';
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
export const REPLICA_SETS = '/apis/apps/v1/namespaces/default/replicasets';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

type Fields = Readonly<Record<string, unknown>>;

export function pod(name: string, spec: Fields = {}, metadata: Fields = {}): object {
  const containers = [{ name: 'c', image: 'registry.example/app:v1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers, ...spec } };
}

export function configMap(name: string, metadata: Fields = {}, data: Fields = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function replicaSet(name: string, spec: Fields = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/app:v1' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template, ...spec },
  };
}

export function deployment(name: string, spec: Fields = {}): object {
  return { ...replicaSet(name, spec), kind: 'Deployment' };
}
