// What users of @kubernetes/client-node do, in one program that says `ok <title>` for each part that held.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const namespace = 'default';
const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);

async function step(title, body) {
  await body();
  console.log(`ok ${title}`);
}

async function until(holds, what) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`never: ${what}`);
}

const pod = (name, command, more = {}) => ({
  metadata: { name, labels: { app: name } },
  spec: {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'busybox:1.36', ...(command === undefined ? {} : { command }), ...more }],
  },
});

/** Whether a command in a container ends well. */
async function succeeds(name, command) {
  const nowhere = () => new PassThrough().resume();
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config).exec(namespace, name, 'c', command, nowhere(), nowhere(), null, false, resolve).catch(reject);
  });
  return status.status === 'Success';
}

const isRunning = async (name) => (await core.readNamespacedPod({ namespace, name })).status?.phase === 'Running';

await step('objects: create, read, replace, conflicts, pages, deletion', async () => {
  for (const name of ['a', 'b', 'c'])
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { of: 'me' } }, data: { n: name } } });
  const first = await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=me', limit: 2 });
  const rest = await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=me', limit: 2, _continue: first.metadata?._continue });
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ metadata }) => metadata?.name),
    ['a', 'b', 'c'],
  );
  const read = await core.readNamespacedConfigMap({ namespace, name: 'a' });
  await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...read, data: { n: 'x' } } });
  const stale = await core
    .replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...read, data: { n: 'y' } } })
    .catch((error) => error);
  assert(stale instanceof k8s.ApiException);
  assert.equal(stale.code, 409);
  await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'of=me' });
  const gone = await core.readNamespacedConfigMap({ namespace, name: 'a' }).catch((error) => error);
  assert.equal(JSON.parse(gone.body).reason, 'NotFound');
});

await step('patches of each kind and server-side apply', async () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } };
  await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name: 'web' }, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template } },
  });
  const patch = (body, type) =>
    apps.patchNamespacedDeployment(
      { namespace, name: 'web', body, ...(type === k8s.PatchStrategy.ServerSideApply ? { fieldManager: 'me', force: true } : {}) },
      k8s.setHeaderOptions('Content-Type', type),
    );
  await patch([{ op: 'replace', path: '/spec/replicas', value: 2 }], k8s.PatchStrategy.JsonPatch);
  await patch({ metadata: { labels: { a: 'b' } } }, k8s.PatchStrategy.MergePatch);
  await patch(
    { spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: 'b' }] }] } } } },
    k8s.PatchStrategy.StrategicMergePatch,
  );
  const applied = await patch(
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', annotations: { by: 'me' } } },
    k8s.PatchStrategy.ServerSideApply,
  );
  assert.equal(applied.spec?.replicas, 2);
  assert.equal(applied.spec?.template.spec?.containers[0]?.env?.[0]?.value, 'b');
  assert(applied.metadata?.managedFields?.some(({ manager, operation }) => manager === 'me' && operation === 'Apply'));
  await until(
    async () => (await apps.readNamespacedDeployment({ namespace, name: 'web' })).status?.availableReplicas === 2,
    'two replicas',
  );
  const scaled = await apps.patchNamespacedDeploymentScale(
    { namespace, name: 'web', body: { spec: { replicas: 3 } } },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  );
  assert.equal(scaled.spec?.replicas, 3);
});

await step('generic objects of a document', async () => {
  const client = k8s.KubernetesObjectApi.makeApiClient(config);
  const objects = k8s.loadAllYaml(
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: v}\n',
  );
  for (const object of objects) await client.create(object);
  const read = await client.read({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace } });
  assert.equal(read.data?.k, Buffer.from('v').toString('base64'));
  const listed = await client.list('v1', 'Service', namespace);
  assert(listed.items.some(({ metadata }) => metadata?.name === 'web'));
  const refused = await client
    .create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'Bad_Name' }, spec: { ports: [{ port: 0 }] } })
    .catch((error) => error);
  assert.equal(refused.code, 422);
});

await step('watch and informer', async () => {
  const seen = [];
  const watch = new k8s.Watch(config);
  const controller = await watch.watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    {},
    (type, object) => seen.push(`${type} ${object.metadata.name}`),
    () => {},
  );
  const known = new Map();
  const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
    core.listNamespacedConfigMap({ namespace }),
  );
  informer.on('add', (object) => known.set(object.metadata?.name, object));
  informer.on('update', (object) => known.set(object.metadata?.name, object));
  informer.on('delete', (object) => known.delete(object.metadata?.name));
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'seen' } } });
  await until(() => seen.includes('ADDED seen') && known.has('seen'), 'an event');
  await core.deleteNamespacedConfigMap({ namespace, name: 'seen' });
  await until(() => seen.includes('DELETED seen') && !known.has('seen'), 'a deletion');
  await informer.stop();
  controller.abort();
});

await step('logs, and those that follow', async () => {
  await core.createNamespacedPod({ namespace, body: pod('says', ['sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 1; done']) });
  await until(async () => (await core.readNamespacedPod({ namespace, name: 'says' })).status?.phase !== 'Pending', 'a start');
  const out = new PassThrough();
  let text = '';
  out.on('data', (chunk) => (text += chunk));
  await new k8s.Log(config).log(namespace, 'says', 'c', out, { follow: true });
  await until(() => text.includes('line 3'), 'the last line');
  assert.equal(await core.readNamespacedPodLog({ namespace, name: 'says', tailLines: 1 }), 'line 3\n');
});

await step('exec with input, output, error and status', async () => {
  await core.createNamespacedPod({ namespace, body: pod('tool', ['sleep', '100000']) });
  await until(() => isRunning('tool'), 'the tool');
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let [said, complained] = ['', ''];
  out.on('data', (chunk) => (said += chunk));
  err.on('data', (chunk) => (complained += chunk));
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(namespace, 'tool', 'c', ['sh', '-c', 'read a; echo got $a; echo oops >&2; exit 3'], out, err, input, false, resolve)
      .catch(reject);
    input.write('hello\n');
  });
  assert.equal(said, 'got hello\n');
  assert.equal(complained, 'oops\n');
  assert.equal(status.status, 'Failure');
  assert.equal(status.details?.causes?.[0]?.message, '3');
});

await step('copies of files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-node-'));
  writeFileSync(join(folder, 'a.txt'), 'from here\n');
  const copy = new k8s.Cp(config);
  // What is in the folder; the client does not say when all of it is there.
  await copy.cpToPod(namespace, 'tool', 'c', folder, '/tmp');
  await until(() => succeeds('tool', ['test', '-s', '/tmp/a.txt']), 'the file in the container');
  const back = mkdtempSync(join(tmpdir(), 'client-node-'));
  await copy.cpFromPod(namespace, 'tool', 'c', 'a.txt', back, '/tmp');
  await until(() => {
    try {
      return readFileSync(join(back, 'a.txt'), 'utf8') === 'from here\n';
    } catch {
      return false;
    }
  }, 'the copy');
});

await step('port-forward', async () => {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
  const forward = new k8s.PortForward(config);
  const server = createServer((socket) => void forward.portForward(namespace, items[0].metadata.name, [80], socket, null, socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const text = await new Promise((resolve, reject) => {
    const socket = connect(server.address().port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('Welcome to nginx!')) {
        socket.destroy();
        resolve(answer);
      }
    });
    socket.on('error', reject);
  });
  assert.match(text, /^HTTP\/1\.1 200 OK/);
  server.close();
});

await step('eviction, a token, who may what', async () => {
  await core.createNamespacedPodEviction({
    namespace,
    name: 'tool',
    body: { metadata: { name: 'tool' }, deleteOptions: { gracePeriodSeconds: 0 } },
  });
  await until(
    async () => (await core.readNamespacedPod({ namespace, name: 'tool' }).catch((error) => error)).code === 404,
    'the end of the tool',
  );
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace,
    name: 'default',
    body: { spec: { audiences: [], expirationSeconds: 900 } },
  });
  const as = new k8s.KubeConfig();
  as.loadFromOptions({
    clusters: config.clusters,
    users: [{ name: 'account', token: status?.token }],
    contexts: [{ name: 'c', cluster: config.clusters[0].name, user: 'account' }],
    currentContext: 'c',
  });
  const refused = await as
    .makeApiClient(k8s.CoreV1Api)
    .listNamespacedPod({ namespace })
    .catch((error) => error);
  assert.equal(refused.code, 403);
  const asked = await config
    .makeApiClient(k8s.AuthorizationV1Api)
    .createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: 'list', resource: 'pods' } } } });
  assert.equal(asked.status?.allowed, true);
});

await step('custom objects', async () => {
  await config.makeApiClient(k8s.ApiextensionsV1Api).createCustomResourceDefinition({
    body: {
      metadata: { name: 'spots.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'spots', singular: 'spot', kind: 'Spot' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } },
            },
          },
        ],
      },
    },
  });
  const custom = config.makeApiClient(k8s.CustomObjectsApi);
  const place = { group: 'example.com', version: 'v1', namespace, plural: 'spots' };
  await until(
    () =>
      custom.listNamespacedCustomObject(place).then(
        () => true,
        () => false,
      ),
    'the resource',
  );
  await custom.createNamespacedCustomObject({
    ...place,
    body: { apiVersion: 'example.com/v1', kind: 'Spot', metadata: { name: 's' }, spec: { size: 1 } },
  });
  const patched = await custom.patchNamespacedCustomObject(
    { ...place, name: 's', body: { spec: { size: 2 } } },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  );
  assert.equal(patched.spec.size, 2);
  const refused = await custom
    .createNamespacedCustomObject({
      ...place,
      body: { apiVersion: 'example.com/v1', kind: 'Spot', metadata: { name: 't' }, spec: { size: 'x' } },
    })
    .catch((error) => error);
  assert.equal(refused.code, 422);
});

await step('metrics, nodes and versions', async () => {
  const metrics = new k8s.Metrics(config);
  await until(async () => (await metrics.getPodMetrics(namespace)).items.length > 0, 'metrics');
  const nodes = await k8s.topNodes(core);
  assert(nodes.length > 0 && nodes.every(({ CPU }) => Number(CPU.Capacity) > 0));
  assert.match((await config.makeApiClient(k8s.VersionApi).getCode()).gitVersion, /^v1\.33\./);
});

process.exit(0);
