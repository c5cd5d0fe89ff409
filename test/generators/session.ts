// The session that every generated client drives. An adapter says how its client makes each call; what is given and answered is the same for all.

import assert from 'node:assert/strict';

/** What an adapter does with its client. Every method gives what the service answered. */
export interface Adapter {
  create(body: { name: string; seed: number; nodes: number; images: Record<string, { startup: string }> }): Promise<{ name: string }>;
  applyJson(
    cluster: string,
    manifest: { apiVersion: string; kind: string; metadata: Record<string, unknown> },
  ): Promise<{ items: { action: string }[] }>;
  applyYaml(cluster: string, text: string): Promise<{ items: { action: string }[] }>;
  advanceBy(cluster: string, by: string): Promise<{ elapsedSeconds: number }>;
  advanceUntilReady(cluster: string, name: string): Promise<{ reached: boolean }>;
  /** The text of a stream that ends after a second. */
  watch(cluster: string): Promise<string>;
  setImage(cluster: string, reference: string): Promise<{ reference: string }>;
  failNode(cluster: string, node: string): Promise<{ id: string; state: string }>;
  endFault(cluster: string, id: string): Promise<unknown>;
  fork(cluster: string, name: string): Promise<{ name: string; digest: string }>;
  kubeconfig(cluster: string): Promise<string>;
  list(): Promise<{ items: { name: string }[] }>;
  remove(cluster: string): Promise<unknown>;
  /** The code of the problem with which a cluster that is not there is answered. */
  missing(cluster: string): Promise<string>;
}

const YAML =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n';

/** Drives the session; the cluster has the name of the generator. */
export async function drive(cluster: string, client: Adapter): Promise<void> {
  const made = await client.create({ name: cluster, seed: 7, nodes: 2, images: { app: { startup: '2s' } } });
  assert.equal(made.name, cluster);
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'app' }] } };
  assert.deepEqual(
    (await client.applyJson(cluster, pod)).items.map(({ action }) => action),
    ['created'],
  );
  assert.deepEqual(
    (await client.applyYaml(cluster, YAML)).items.map(({ action }) => action),
    ['created', 'created'],
  );
  assert.equal((await client.advanceBy(cluster, '1s')).elapsedSeconds, 1);
  assert.equal((await client.advanceUntilReady(cluster, 'web')).reached, true);
  assert.match(await client.watch(cluster), /^data: web +1\/1 +Running/m);
  assert.equal((await client.setImage(cluster, 'registry.example/team/app:v2')).reference, 'registry.example/team/app:v2');
  const fault = await client.failNode(cluster, 'node-2');
  assert.equal(fault.state, 'waiting');
  await client.endFault(cluster, fault.id);
  assert.match(await client.kubeconfig(cluster), /^kind: Config$/m);
  const fork = await client.fork(cluster, `${cluster}-fork`);
  assert.ok((await client.list()).items.some(({ name }) => name === fork.name));
  await client.remove(fork.name);
  await client.remove(cluster);
  assert.equal(await client.missing(cluster), 'cluster-not-found');
}

export const URL_OF_SERVICE = process.env['ORRERY_URL'] ?? '';
