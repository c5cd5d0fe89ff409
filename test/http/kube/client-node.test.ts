// The ordinary JavaScript client, as it is: lists, informers, watches, logs, errors; and a controller that was written with it.

import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Pod,
  Watch,
} from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runController } from '../../../examples/site-controller/controller.mjs';
import { startTestService, type TestService } from '../../support/service.ts';

let served: TestService;
let config: KubeConfig;
let core: CoreV1Api;

beforeEach(async () => {
  served = await startTestService();
});
afterEach(async () => {
  await served.close();
  expect(served.failures).toEqual([]);
});

async function start(clock: object = { mode: 'manual' }): Promise<void> {
  await served.http.post('/v1/clusters').send({ name: 'demo', clock });
  const { text } = await served.http.get('/v1/clusters/demo/kubeconfig').buffer(true);
  config = new KubeConfig();
  config.loadFromString(text);
  core = config.makeApiClient(CoreV1Api);
}

const advance = (body: object) => served.http.post('/v1/clusters/demo/clock/advance').send(body);

/** Waits, on the wall clock, until something holds. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await sleep(25);
  }
  throw new Error(`never: ${what}`);
}

const pod = (name: string, command?: readonly string[]): V1Pod => ({
  metadata: { name, labels: { app: 'x' } },
  spec: {
    containers: [{ name: 'c', image: 'busybox', ...(command === undefined ? {} : { command: [...command] }) }],
    restartPolicy: 'Never',
  },
});

describe('requests', () => {
  it('create, read, patch, list in pages and delete', async () => {
    await start();
    for (const name of ['a', 'b', 'c']) await core.createNamespacedPod({ namespace: 'default', body: pod(name) });
    const first = await core.listNamespacedPod({ namespace: 'default', limit: 2 });
    const rest = await core.listNamespacedPod({ namespace: 'default', limit: 2, _continue: first.metadata?._continue ?? '' });
    expect([...first.items, ...rest.items].map(({ metadata }) => metadata?.name)).toEqual(['a', 'b', 'c']);
    const body = { metadata: { labels: { app: 'y' } } };
    await core.patchNamespacedPod(
      { namespace: 'default', name: 'a', body },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    expect((await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=y' })).items).toHaveLength(1);
    await core.deleteNamespacedPod({ namespace: 'default', name: 'a' });
    const { creationTimestamp } = (await core.readNamespacedPod({ namespace: 'default', name: 'b' })).metadata ?? {};
    expect(creationTimestamp).toEqual(new Date('2025-01-01T00:00:00Z'));
  });

  it('say what is wrong as a Status', async () => {
    await start();
    const error = await core
      .readNamespacedPod({ namespace: 'default', name: 'none' })
      .catch((thrown: unknown) => thrown as ApiException<string>);
    expect(error).toBeInstanceOf(ApiException);
    expect([(error as ApiException<string>).code, JSON.parse((error as ApiException<string>).body).message]).toEqual([
      404,
      'pods "none" not found',
    ]);
  });

  it('apply manifests of any kind, which it finds by discovery', async () => {
    await start();
    const objects = KubernetesObjectApi.makeApiClient(config);
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: pod('x').spec } },
    };
    const created = await objects.create({
      ...manifest,
      spec: { ...manifest.spec, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
    });
    expect((created.metadata as { uid?: string }).uid).toBeDefined();
    await objects.patch(
      { ...manifest, spec: { replicas: 2 } } as never,
      undefined,
      undefined,
      undefined,
      undefined,
      PatchStrategy.MergePatch,
    );
    expect((await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace: 'default', name: 'web' })).spec?.replicas).toBe(2);
  });
});

describe('watches', () => {
  it('tell what happens while the clock is turned', async () => {
    await start();
    const seen: string[] = [];
    const watch = new Watch(config);
    const open = await watch.watch(
      '/api/v1/namespaces/default/pods',
      {},
      (type, object: V1Pod) => void seen.push(`${type} ${object.metadata?.name} ${object.status?.phase}`),
      () => {},
    );
    await core.createNamespacedPod({ namespace: 'default', body: pod('a', ['sh', '-c', 'sleep 5']) });
    await advance({ by: '60s' });
    await until(() => seen.includes('MODIFIED a Succeeded'), 'the pod succeeds');
    expect(seen[0]).toBe('ADDED a Pending');
    expect([...new Set(seen)]).toEqual(['ADDED a Pending', 'MODIFIED a Pending', 'MODIFIED a Running', 'MODIFIED a Succeeded']);
    open.abort();
  });

  it('keep the cache of an informer the same as the list', async () => {
    await start();
    const informer = makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
      core.listNamespacedConfigMap({ namespace: 'default' }),
    );
    const counts = { add: 0, update: 0, delete: 0 };
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, () => void (counts[verb] += 1));
    await informer.start();
    const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
    for (const name of names) await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name } } });
    for (const name of names.slice(0, 10))
      await core.replaceNamespacedConfigMap({ namespace: 'default', name, body: { metadata: { name }, data: { a: 'b' } } });
    for (const name of names.slice(15)) await core.deleteNamespacedConfigMap({ namespace: 'default', name });
    await until(() => counts.delete === 5, 'five deletions');
    const listed = (await core.listNamespacedConfigMap({ namespace: 'default' })).items;
    const versions = (items: readonly V1ConfigMap[]) =>
      items.map(({ metadata }) => `${metadata?.name} ${metadata?.resourceVersion}`).sort();
    expect(versions(informer.list())).toEqual(versions(listed));
    expect(counts).toMatchObject({ update: 10, delete: 5 });
    await informer.stop();
  });
});

it('reads and follows logs', async () => {
  await start({ mode: 'running', rate: 'auto' });
  await core.createNamespacedPod({ namespace: 'default', body: pod('a', ['sh', '-c', 'echo one; sleep 30; echo two']) });
  await until(async () => {
    await advance({ by: '1s' }).catch(() => undefined);
    return (await core.readNamespacedPod({ namespace: 'default', name: 'a' })).status?.phase === 'Running';
  }, 'the pod runs');
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const ended = new Promise((resolve) => stream.on('end', resolve));
  await new Log(config).log('default', 'a', 'c', stream, { follow: true });
  await ended;
  expect(text).toBe('one\ntwo\n');
});

describe('a controller', () => {
  const SITE = { metadata: { name: 'shop', labels: { 'example.com/site': '' } }, data: { image: 'nginx', replicas: '3' } };
  const ready = async (): Promise<string | undefined> =>
    (await core.readNamespacedConfigMap({ namespace: 'default', name: 'shop' })).metadata?.annotations?.['example.com/ready'];
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

  it('reconciles on a manual clock as far as the clock is turned', { timeout: 30_000 }, async () => {
    await start();
    const actions: string[] = [];
    const controller = await runController(config, (line: string) => void actions.push(line));
    await core.createNamespacedConfigMap({ namespace: 'default', body: SITE });
    await until(async () => (await ready()) === '0/3', 'the Deployment is made');
    await advance({ by: '60s' });
    await until(async () => (await ready()) === '3/3', 'its pods are ready');
    await core.patchNamespacedConfigMap({ namespace: 'default', name: 'shop', body: { data: { replicas: '1' } } }, merge);
    await until(async () => (await ready()) === '1/1' || (await ready()) === '3/1', 'it is scaled');
    await advance({ by: '60s' });
    await until(async () => (await ready()) === '1/1', 'one pod is left');
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'shop' });
    // The two informers may hear of it one after the other: a Deployment made in between has no owner and goes as well.
    await until(async () => {
      await advance({ by: '60s' });
      return (await core.listNamespacedPod({ namespace: 'default' })).items.length === 0;
    }, 'the pods go with it');
    expect(actions.filter((line) => line.startsWith('failed'))).toEqual([]);
    expect(actions[0]).toBe('created default/shop');
    await controller.stop();
  });

  it('reconciles on a running clock by itself', { timeout: 30_000 }, async () => {
    await start({ mode: 'running', rate: 60 });
    const controller = await runController(config, () => {});
    await core.createNamespacedConfigMap({ namespace: 'default', body: SITE });
    await until(async () => (await ready()) === '3/3', 'three pods are ready');
    await core.patchNamespacedConfigMap({ namespace: 'default', name: 'shop', body: { data: { image: 'httpd' } } }, merge);
    const images = async () => (await core.listNamespacedPod({ namespace: 'default' })).items.map(({ spec }) => spec?.containers[0]?.image);
    await until(async () => JSON.stringify(await images()) === JSON.stringify(['httpd', 'httpd', 'httpd']), 'all pods have the new image');
    await controller.stop();
  });
});
