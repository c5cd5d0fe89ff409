// The objects of a live cluster: every kind that it serves and that is worth reading, page by page. What may not be read is said, and the rest is read all the same.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonObject } from '../../engine/apimachinery/meta.ts';
import { StartError } from '../start-error.ts';
import type { LiveCluster } from './kubeconfig.ts';

const PAGE = 500;
const ANSWER_MS = 60_000;

/** Kinds that a cluster makes of itself, or that hold only what was measured. */
const UNREAD: ReadonlySet<string> = new Set([
  'bindings',
  'certificatesigningrequests.certificates.k8s.io',
  'componentstatuses',
  'controllerrevisions.apps',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'events',
  'events.events.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'ipaddresses.networking.k8s.io',
  'leases.coordination.k8s.io',
  'nodes.metrics.k8s.io',
  'pods.metrics.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'servicecidrs.networking.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

export interface LiveObjects {
  readonly objects: readonly JsonObject[];
  /** Kinds that could not be read, and why. */
  readonly unread: readonly { readonly resource: string; readonly reason: string }[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Reads a live cluster. Fails: StartError, when it does not answer or knows nobody of these credentials. */
export async function readLive(cluster: LiveCluster): Promise<LiveObjects> {
  const objects: JsonObject[] = [];
  const unread: { resource: string; reason: string }[] = [];
  for (const { path, groupVersion, group } of await groupsOf(cluster)) {
    const found = await ask<{ resources?: Resource[] }>(cluster, path);
    if (!found.ok) {
      unread.push({ resource: groupVersion, reason: found.reason });
      continue;
    }
    for (const { name, kind, verbs } of found.value.resources ?? []) {
      const resource = group === '' ? name : `${name}.${group}`;
      if (name.includes('/') || !verbs.includes('list') || UNREAD.has(resource)) continue;
      const listed = await list(cluster, `${path}/${name}`, { apiVersion: groupVersion, kind });
      objects.push(...listed.objects);
      if (listed.reason !== undefined) unread.push({ resource, reason: listed.reason });
    }
  }
  return { objects, unread };
}

async function groupsOf(cluster: LiveCluster): Promise<{ path: string; groupVersion: string; group: string }[]> {
  const found = await ask<{ groups?: { name: string; preferredVersion: { groupVersion: string } }[] }>(cluster, '/apis');
  if (!found.ok) throw new StartError(`The cluster at ${cluster.server} cannot be read: ${found.reason}.`);
  const groups = (found.value.groups ?? []).map(({ name, preferredVersion: { groupVersion } }) => ({
    path: `/apis/${groupVersion}`,
    groupVersion,
    group: name,
  }));
  return [{ path: '/api/v1', groupVersion: 'v1', group: '' }, ...groups];
}

async function list(
  cluster: LiveCluster,
  path: string,
  type: { readonly apiVersion: string; readonly kind: string },
): Promise<{ objects: JsonObject[]; reason?: string }> {
  const objects: JsonObject[] = [];
  for (let next = ''; ; ) {
    const query = `?limit=${PAGE}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const page = await ask<{ items?: JsonObject[] | null; metadata?: { continue?: string } }>(cluster, path + query);
    if (!page.ok) return { objects, reason: page.reason };
    for (const item of page.value.items ?? []) objects.push({ ...type, ...item });
    next = page.value.metadata?.continue ?? '';
    if (next === '') return { objects };
  }
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Fails: StartError, when nobody answers. */
function ask<T>({ server, headers, tls }: LiveCluster, path: string): Promise<Answer<T>> {
  const url = new URL(`${server}${path}`);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new StartError(`No cluster answers at ${server}: ${error.message}.`, { cause: error }));
    const asked = send(url, { headers: { Accept: 'application/json', 'User-Agent': 'orrery', ...headers }, ...tls, timeout: ANSWER_MS });
    asked.once('timeout', () => asked.destroy(new Error(`no answer for ${ANSWER_MS / 1000} s`)));
    asked.once('error', fail);
    asked.once('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('error', fail);
      response.once('end', () => resolve(answerOf<T>(response.statusCode ?? 0, Buffer.concat(pieces).toString('utf8'))));
    });
    asked.end();
  });
}

function answerOf<T>(status: number, text: string): Answer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: `it answers ${status} with what is no JSON` };
  }
  if (status === 200) return { ok: true, value: value as T };
  const { message } = (value ?? {}) as { message?: string };
  return { ok: false, reason: message ?? `it answers ${status}` };
}
