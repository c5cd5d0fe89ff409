// Lockstep: a controller outside of the cluster, written with the ordinary client, and a clock that waits for it. Its history does not depend on how fast it is.

import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, type V1Deployment } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let served: TestService;

beforeEach(async () => {
  served = await startTestService();
});
afterEach(async () => {
  await served.close();
  expect(served.failures).toEqual([]);
});

const BARRIER = { clients: ['site-controller'], quiet: '200ms', patience: '20s' };

/** A ConfigMap with how many pods are ready, for every Deployment: written whenever that changes, as late as `delayMs`. */
async function startController(name: string, delayMs: number): Promise<{ stop(): Promise<void> }> {
  const { text } = await served.http.get(`/v1/clusters/${name}/kubeconfig?client=site-controller`).buffer(true);
  const config = new KubeConfig();
  config.loadFromString(text);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const written = new Map<string, string>();
  const reconcile = async ({ metadata, status }: V1Deployment) => {
    const { name: deployment = '', namespace = '' } = metadata ?? {};
    const ready = String(status?.readyReplicas ?? 0);
    if (written.get(deployment) === ready) return;
    const isNew = !written.has(deployment);
    written.set(deployment, ready);
    await sleep(delayMs);
    const body = { metadata: { name: deployment }, data: { ready } };
    if (isNew) await core.createNamespacedConfigMap({ namespace, body });
    else await core.replaceNamespacedConfigMap({ namespace, name: deployment, body });
  };
  // One after the other, as a work queue does.
  let last = Promise.resolve();
  const informer = makeInformer(config, '/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces());
  for (const verb of ['add', 'update'] as const)
    informer.on(verb, (deployment) => {
      last = last.then(() => reconcile(deployment));
    });
  await informer.start();
  return { stop: async () => void (await Promise.all([last, informer.stop()])) };
}

const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx' }] } },
  },
};

async function run(name: string, delayMs: number): Promise<{ digest: string; now: string }> {
  await served.http.post('/v1/clusters').send({ name, seed: 3, nodes: 2 });
  await served.http.post(`/v1/clusters/${name}/manifests`).send(WEB);
  const controller = await startController(name, delayMs);
  const { status, body } = await served.http.post(`/v1/clusters/${name}/clock/advance`).send({ by: '30s', barrier: BARRIER });
  await controller.stop();
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.reached).toBe(true);
  return { digest: body.digest, now: body.now };
}

it('ten runs of a controller in lockstep give one digest, however fast it is', { timeout: 120_000 }, async () => {
  const first = await run('run-0', 0);
  for (let round = 1; round < 10; round += 1) expect(await run(`run-${round}`, (round % 4) * 10)).toEqual(first);
});

it('what it writes belongs to the instant that it saw, is journalled, and leads to the same without it', { timeout: 60_000 }, async () => {
  const { digest } = await run('demo', 5);
  const { body } = await served.http.get('/v1/clusters/demo/changes?resource=configmaps&namespace=default&name=web');
  const { body: deployments } = await served.http.get('/v1/clusters/demo/changes?resource=deployments.apps');
  const writes = body.items as { time: string; object: { data: { ready: string } } }[];
  expect(writes.map(({ object }) => object.data.ready)).toEqual(expect.arrayContaining(['0', '3']));
  for (const { time, object } of writes) {
    const seen = (deployments.items as { time: string; object: { status?: { readyReplicas?: number } } }[]).find(
      (change) => String(change.object.status?.readyReplicas ?? 0) === object.data.ready,
    );
    expect(time).toBe(seen?.time);
  }
  const { body: commands } = await served.http.get('/v1/clusters/demo/commands');
  expect((commands.items as { type: string; client?: string }[]).filter(({ client }) => client === 'site-controller')).toHaveLength(
    writes.length,
  );
  const recording = await served.http
    .get('/v1/clusters/demo/export')
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => void pieces.push(piece));
      response.on('end', () => done(null, Buffer.concat(pieces)));
    });
  const imported = await served.http
    .post('/v1/clusters/import?name=again')
    .set('Content-Type', String(recording.headers['content-type']))
    .send(recording.body);
  expect(imported.status, JSON.stringify(imported.body)).toBe(201);
  expect((await served.http.get('/v1/clusters/again')).body.digest).toBe(digest);
});

it('a client with a name is answered when its watches have taken what it wrote, others at once', async () => {
  await served.http.post('/v1/clusters').send({ name: 'demo' });
  const serverOf = async (query: string) =>
    ((await served.http.get(`/v1/clusters/demo/kubeconfig${query}`).buffer(true)).text.match(/server: (\S+)/) ?? [])[1] ?? '';
  const [named, plain] = [await serverOf('?client=site-controller'), await serverOf('')];
  const path = '/api/v1/namespaces/default/configmaps';
  const end = new AbortController();
  const { body } = await fetch(`${named}${path}?watch=true`, { signal: end.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const seen: string[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    for (let text = ''; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) seen.push((JSON.parse(line) as { object: { metadata: { name: string } } }).object.metadata.name);
    }
  })().catch(() => {});
  const create = async (server: string, name: string): Promise<number> => {
    const startedMs = performance.now();
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${server}${path}`, { method: 'POST', headers, body: JSON.stringify({ metadata: { name } }) });
    expect(status).toBe(201);
    return performance.now() - startedMs;
  };
  const quickest = { named: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 10; round += 1) {
    quickest.named = Math.min(quickest.named, await create(named, `mine-${round}`));
    expect(seen.at(-1)).toBe(`mine-${round}`);
    quickest.plain = Math.min(quickest.plain, await create(plain, `theirs-${round}`));
  }
  expect(quickest.named).toBeGreaterThan(14);
  expect(quickest.plain).toBeLessThan(quickest.named);
  end.abort();
  await reading;
});

it('a client that watches nothing ends the advance, at the instant to which it came', async () => {
  await served.http.post('/v1/clusters').send({ name: 'demo' });
  const barrier = { clients: ['nobody'], patience: '50ms' };
  const { status, body } = await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '30s', barrier });
  expect(status).toBe(409);
  expect(body.detail).toContain('client nobody watches nothing of this cluster');
  expect((await served.http.get('/v1/clusters/demo')).body.elapsedSeconds).toBe(0);
  expect((await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '1s' })).status).toBe(200);
});
