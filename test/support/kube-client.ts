// Short requests to the Kubernetes API of a cluster, and manifests to send.

import { expect } from 'vitest';
import type { TestService } from './service.ts';

/** Whatever an answer holds; tests look at single members. */
// oxlint-disable-next-line no-explicit-any
type Json = any;

/** The Kubernetes API of one cluster; paths are relative to it. */
export interface KubeServer {
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** A cluster of a service that listens. */
export function clusterOf(served: () => TestService, name = 'demo'): KubeServer {
  return { fetch: (path, init) => fetch(`${served().url}/clusters/${name}${path}`, init) };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly warning: string | null;
  readonly text: string;
  /** JSON, as it came. */
  readonly body: Json;
}

/** Sends a request; a body is sent as JSON. */
export async function send(
  server: KubeServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers: answered } = response;
  return { status, headers: answered, warning: answered.get('warning'), text, body: parse(text) };
}

type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** Sends requests to one server. */
export function asking(server: () => KubeServer): Ask {
  return (method, path, body, headers) => send(server(), method, path, body, headers);
}

/** Sends a request that must be answered with a code. */
export async function sendExpecting(
  server: KubeServer,
  method: string,
  path: string,
  code: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await send(server, method, path, body, headers);
  expect(answer.status, answer.text).toBe(code);
  return answer;
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
export const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
export const TABLE = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

export const PODS = '/api/v1/namespaces/default/pods';
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
export const REPLICA_SETS = '/apis/apps/v1/namespaces/default/replicasets';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

/** A container that any kubelet runs. */
export const CONTAINER = { name: 'c', image: 'registry.example/app:v1' };

export function pod(name: string, spec: object = {}, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers: [CONTAINER], ...spec } };
}

export function configMap(name: string, data: object = {}, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function replicaSet(name: string, spec: object = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [CONTAINER] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template, ...spec },
  };
}

export function deployment(name: string, spec: object = {}): object {
  return { ...replicaSet(name, spec), kind: 'Deployment' };
}
