// `orrery import` from a live cluster: a cluster is made with its nodes, and its objects are handed in. What the new cluster refuses is said in its words.

import type { JsonObject } from '../../engine/apimachinery/meta.ts';
import {
  ask,
  askJson,
  clusterPath,
  type Connection,
  jsonRequest,
  OrreryProblem,
  type Schemas,
  withQuery,
} from '../../client/connection.ts';
import { type Converted, nameOf, type Note } from './conversion.ts';

/** Objects and characters of one call. */
const CALL_OBJECTS_MAX = 500;
const CALL_LENGTH_MAX = 500_000;

/** Kinds whose statuses a controller or a kubelet of the simulation writes, and which theirs would mislead. */
const OWN_STATUSES: ReadonlySet<string> = new Set([
  'CronJob',
  'CustomResourceDefinition',
  'Job',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
]);

export interface ImportedLife {
  readonly cluster: string;
  readonly created: ReadonlyMap<string, number>;
  readonly statuses: number;
  readonly notes: readonly Note[];
}

export interface ImportOptions {
  readonly name: string | undefined;
  readonly seed: number | undefined;
  readonly keepsStatuses: boolean;
}

/** Makes a cluster of what was converted. Fails: OrreryProblem, ServiceUnreachable. */
export async function importLife(connection: Connection, life: Converted, options: ImportOptions): Promise<ImportedLife> {
  const spec = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(life.nodes === undefined ? {} : { nodes: life.nodes }),
  };
  const { name: cluster } = await askJson<Schemas['Cluster']>(connection, '/v1/clusters', jsonRequest('POST', spec));
  const notes: Note[] = [...life.notes];
  const created = new Map<string, number>();
  let statuses = 0;
  for (const batch of batchesOf(life.objects)) {
    for (const object of await handIn(connection, cluster, batch, notes)) {
      const kind = String(object['kind']);
      created.set(kind, (created.get(kind) ?? 0) + 1);
      const status = options.keepsStatuses && !OWN_STATUSES.has(kind) ? life.statuses.get(object) : undefined;
      if (status !== undefined && (await writeStatus(connection, cluster, object, status))) statuses += 1;
    }
  }
  return { cluster, created, statuses, notes };
}

/** What one call may hold; kinds that were defined are there for the next call. */
function batchesOf(objects: readonly JsonObject[]): JsonObject[][] {
  const batches: JsonObject[][] = [];
  let length = 0;
  let wasDefinition = false;
  for (const object of objects) {
    const size = JSON.stringify(object).length;
    const isDefinition = object['kind'] === 'CustomResourceDefinition';
    const last = batches.at(-1);
    const isFull =
      last === undefined || last.length >= CALL_OBJECTS_MAX || length + size > CALL_LENGTH_MAX || wasDefinition !== isDefinition;
    if (isFull) batches.push([object]);
    else last.push(object);
    length = isFull ? size : length + size;
    wasDefinition = isDefinition;
  }
  return batches;
}

/** Hands objects in without those that are refused; those that are there now. */
async function handIn(
  connection: Connection,
  cluster: string,
  batch: readonly JsonObject[],
  notes: Note[],
): Promise<readonly JsonObject[]> {
  let left = batch;
  while (left.length > 0) {
    try {
      await ask(connection, `${clusterPath(cluster)}/manifests`, jsonRequest('POST', left));
      return left;
    } catch (error) {
      if (!(error instanceof OrreryProblem)) throw error;
      const refused = refusedOf(error);
      if (refused.size === 0) throw error;
      for (const [index, why] of refused) notes.push({ what: nameOf(left[index] ?? {}), why: why.join('; ') });
      left = left.filter((_, index) => !refused.has(index));
    }
  }
  return left;
}

/** What is said of which object: mistakes are placed in the list that was sent. */
function refusedOf({ problem: { errors = [] } }: OrreryProblem): Map<number, string[]> {
  const refused = new Map<number, string[]>();
  for (const { field = '', message } of errors) {
    const [, index, inside = ''] = /^\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    if (index === undefined) continue;
    const said = refused.get(Number(index)) ?? [];
    said.push(inside === '' || message.includes(inside) ? message : `${inside}: ${message}`);
    refused.set(Number(index), said);
  }
  return refused;
}

/** Writes a status where the kind has one of its own; whether it did. */
async function writeStatus(connection: Connection, cluster: string, object: JsonObject, status: JsonObject): Promise<boolean> {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };
  const root = `/clusters/${encodeURIComponent(cluster)}${apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`}`;
  const { resources } = await askJson<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(connection, root);
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined || !resources.some(({ name }) => name === `${resource.name}/status`)) return false;
  const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  const path = withQuery(`${root}${place}/${resource.name}/${metadata.name}/status`, { fieldManager: 'orrery-import' });
  const body = JSON.stringify({ status });
  const sent = { method: 'PATCH', body, headers: { 'Content-Type': 'application/merge-patch+json' } };
  return ask(connection, path, sent).then(
    () => true,
    () => false,
  );
}
