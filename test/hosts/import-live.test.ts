// `orrery import` from a live cluster: another cluster of Orrery, by its kubeconfig and by what `kubectl get` would print of it; and kubeconfigs as others write them.

import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { runClusterCommand } from '../../src/hosts/cluster-command.ts';
import { type Orrery, type OrreryCluster, startOrrery } from '../../src/hosts/library.ts';
import { convert, nameOf } from '../../src/hosts/live/conversion.ts';
import { readKubeconfig } from '../../src/hosts/live/kubeconfig.ts';
import { readLive } from '../../src/hosts/live/live-objects.ts';
import { programFile } from '../support/program.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'orrery-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let service: Orrery;
let live: OrreryCluster;
const kubeconfig = join(folder, 'live.kubeconfig');

const SHOP = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'nginx:1.27', envFrom: [{secretRef: {name: keys}}]}]
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}, stringData: {password: hunter2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: tool, namespace: shop}, spec: {containers: [{name: tool, image: busybox, command: [sleep, '100000']}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: done, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ['true']}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: busy, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, '100000']}]}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sites.example.com}
spec:
  group: example.com
  names: {kind: Site, plural: sites, singular: site}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {url: {type: string}}}, status: {type: object, properties: {phase: {type: string}}}}}}
`;

async function orrery(name: string, ...args: string[]) {
  const out: string[] = [];
  const sink = { log: (line: string) => void out.push(line), error: (line: string) => void out.push(line) };
  const code = await runClusterCommand(name, [...args, '--server', service.url], {}, sink);
  return { code, text: out.join('\n') };
}

/** What the command says that reads a file from its standard input; the service is in this process, which goes on meanwhile. */
async function piped(file: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [programFile(), ...args], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  createReadStream(file).pipe(child.stdin);
  return text(child.stdout);
}

const get = async <T = JsonObject>(cluster: string, path: string): Promise<T> =>
  (await fetch(`${service.url}/clusters/${cluster}${path}`)).json() as Promise<T>;

beforeAll(async () => {
  service = await startOrrery();
  live = await service.createCluster({
    name: 'live',
    nodes: [
      { name: 'big', labels: { pool: 'a' }, taints: [{ key: 'team', value: 'x', effect: 'PreferNoSchedule' }], capacity: { cpu: '16' } },
      { name: 'small' },
    ],
  });
  await live.apply(SHOP);
  await live.advance({ by: '1m' });
  await live.apply('{apiVersion: example.com/v1, kind: Site, metadata: {name: home, namespace: shop}, spec: {url: /}}');
  const status = { method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json' }, body: '{"status": {"phase": "Live"}}' };
  await fetch(`${live.server}/apis/example.com/v1/namespaces/shop/sites/home/status`, status);
  writeFileSync(kubeconfig, await live.kubeconfig());
}, 60_000);
afterAll(() => service.close());

describe('a live cluster', { timeout: 60_000 }, () => {
  it('is made again: its nodes, and what people wrote', async () => {
    const before = (await live.get()).digest;
    const { code, text } = await orrery('import', '--kubeconfig', kubeconfig, 'copy');
    expect(code).toBe(0);
    expect((await live.get()).digest).toBe(before);
    expect(text).toContain('cluster copy made: 2 nodes;');
    expect(text).toMatch(/left to its controllers: .*\bPod\b/);
    expect(text).toContain('1 values of Secrets replaced');
    expect(text).toMatch(/shop\/job\/done +it is over, and would run again/);
    expect(text).toMatch(/custom resources \(Site\) +they are stored and validated/);
    const [big, again] = [await get('live', '/api/v1/nodes/big'), await get('copy', '/api/v1/nodes/big')];
    for (const field of ['metadata.labels', 'spec.taints', 'status.capacity']) expect(at(again, field), field).toEqual(at(big, field));
    await orrery('advance', 'copy', '2m');
    const { status } = await get<{ status: JsonObject }>('copy', '/apis/apps/v1/namespaces/shop/deployments/web');
    expect(status).toMatchObject({ readyReplicas: 3 });
    expect((await get<{ items: JsonObject[] }>('copy', '/api/v1/namespaces/shop/pods')).items).toHaveLength(5);
    expect(await get('copy', '/api/v1/namespaces/shop/secrets/keys')).toMatchObject({ data: { password: btoa('replaced') } });
    expect(JSON.stringify(await get('copy', '/api/v1/secrets'))).not.toContain('hunter2');
    expect(await get('copy', '/apis/example.com/v1/namespaces/shop/sites/home')).not.toHaveProperty('status');
  });

  it('keeps values of Secrets, and statuses that nobody here writes, when it is told to', async () => {
    const { text } = await orrery(
      'import',
      '--kubeconfig',
      kubeconfig,
      'kept',
      '--secrets',
      'keep',
      '--statuses',
      'keep',
      '-n',
      'shop',
      '-o',
      'json',
    );
    expect(JSON.parse(text)).toMatchObject({ cluster: 'kept', nodes: 2, secretValuesReplaced: 0, created: { Deployment: 1, Site: 1 } });
    expect(await get('kept', '/api/v1/namespaces/shop/secrets/keys')).toMatchObject({ data: { password: btoa('hunter2') } });
    expect(await get('kept', '/apis/example.com/v1/namespaces/shop/sites/home')).toMatchObject({ status: { phase: 'Live' } });
  });

  it('is read from what kubectl prints of it too, without nodes with default ones', async () => {
    const { objects } = await readLive(readKubeconfig(kubeconfig, undefined));
    const file = join(folder, 'get.yaml');
    writeFileSync(file, stringify({ apiVersion: 'v1', kind: 'List', items: objects }, { aliasDuplicateObjects: false }));
    expect(await piped(file, ['import', '-', 'piped', '--server', service.url])).toContain('cluster piped made: 2 nodes;');
    expect((await orrery('import', file, 'printed')).text).toContain('cluster printed made: 2 nodes;');
    const [copy, printed] = await Promise.all(
      ['copy', 'printed'].map((name) => get<{ items: unknown[] }>(name, '/apis/apps/v1/deployments')),
    );
    expect(printed?.items.length).toBe(copy?.items.length);
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    writeFileSync(file, deployments.map((one) => stringify(one, { aliasDuplicateObjects: false })).join('---\n'));
    expect((await orrery('import', file, 'few', '-n', 'shop')).text).toContain(
      'cluster few made: default nodes, as none were given; 1 Namespace, 1 Deployment',
    );
  });

  it('says what the new cluster refuses, and takes the rest', async () => {
    const file = join(folder, 'strange.yaml');
    const objects = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'good', namespace: 'default' }, data: { a: 'b' } },
      { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'bad', namespace: 'default' } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'worse', namespace: 'default' }, spec: { ports: [] } },
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'hook' }, webhooks: [] },
    ];
    writeFileSync(file, stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const { text } = await orrery('import', file, 'strange', '-o', 'json');
    const { created, notes } = JSON.parse(text) as { created: object; notes: { what: string; why: string }[] };
    expect(created).toEqual({ ConfigMap: 1 });
    expect(notes.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'validatingwebhookconfiguration/hook: webhooks in the cluster are not called: its programs are simulated',
      'default/service/worse: spec.ports: Required value',
      'default/unknown/bad: no matches for kind "Unknown" in version "example.com/v1"',
    ]);
  });

  it.each([
    [['import'], 'import takes a file, a folder, - for standard input, or --kubeconfig.'],
    [['import', '--kubeconfig', kubeconfig, '--context', 'other'], 'has no context "other"; it has orrery-live.'],
    [['import', '--kubeconfig', kubeconfig, '--secrets', 'show'], '--secrets is keep or replace.'],
    [['import', '--kubeconfig', join(folder, 'none')], 'there is no such file'],
  ])('%j is a mistake', async ([name = '', ...args], message) => {
    await expect(orrery(name, ...args)).rejects.toThrow(message);
  });
});

function at(object: JsonObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], object);
}

describe('what is taken over', () => {
  const options = { keepsSecrets: false, namespaces: undefined };
  const metadata = {
    name: 'a',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: 't',
    managedFields: [],
    generation: 3,
  };
  const one = (object: JsonObject) => convert([{ apiVersion: 'v1', metadata, ...object }], options);

  it.each<[string, JsonObject, JsonObject]>([
    ['metadata', { kind: 'ConfigMap', data: {} }, { data: {} }],
    [
      'addresses of Services',
      { kind: 'Service', spec: { clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7'], ports: [] } },
      { spec: { ports: [] } },
    ],
    ['headless Services', { kind: 'Service', spec: { clusterIP: 'None', clusterIPs: ['None'] } }, { spec: { clusterIP: 'None' } }],
    [
      'pods without their nodes and tokens',
      {
        kind: 'Pod',
        spec: {
          nodeName: 'n',
          volumes: [{ name: 'kube-api-access-abc' }, { name: 'data' }],
          containers: [{ name: 'c', volumeMounts: [{ name: 'kube-api-access-abc', mountPath: '/t' }] }],
        },
      },
      { spec: { volumes: [{ name: 'data' }], containers: [{ name: 'c' }] } },
    ],
    [
      'Jobs without the selector that was made for them',
      {
        kind: 'Job',
        spec: {
          selector: { matchLabels: { 'controller-uid': 'u' } },
          template: { metadata: { labels: { app: 'j', 'controller-uid': 'u' } } },
        },
      },
      { spec: { template: { metadata: { labels: { app: 'j' } } } } },
    ],
    [
      'claims without their volumes',
      { kind: 'PersistentVolumeClaim', spec: { volumeName: 'pv-1', resources: {} } },
      { spec: { resources: {} } },
    ],
  ])('%s', (_, given, taken) => {
    const { objects } = one(given);
    expect(objects).toEqual([{ apiVersion: 'v1', kind: given['kind'], metadata: { name: 'a', namespace: 'default' }, ...taken }]);
  });

  it('annotations that may hold what is replaced are not', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"c2VjcmV0"}}', team: 'shop' };
    const { objects, secrets } = one({ kind: 'Secret', metadata: { ...metadata, annotations }, data: { a: 'c2VjcmV0', b: 'eA==' } });
    expect(JSON.stringify(objects)).not.toContain('c2VjcmV0');
    expect(objects[0]).toMatchObject({ metadata: { annotations: { team: 'shop' } } });
    expect(secrets).toBe(2);
  });

  it('what controllers of the simulation make is left to them, what others own is not', () => {
    const owned = (kind: string, owner: string) => ({
      kind,
      metadata: { ...metadata, ownerReferences: [{ kind: owner, controller: true, uid: 'o' }] },
    });
    expect(one(owned('Pod', 'ReplicaSet')).remade.get('Pod')).toBe(1);
    expect(one(owned('Deployment', 'Prometheus')).objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'default' },
    });
    expect(one({ kind: 'Pod', metadata: { ...metadata, annotations: { 'kubernetes.io/config.mirror': 'm' } } }).notes).toMatchObject([
      { what: 'default/pod/a' },
    ]);
  });

  it('in an order in which it can be made', () => {
    const kinds = ['ResourceQuota', 'Deployment', 'Site', 'Secret', 'Namespace', 'CustomResourceDefinition'];
    const { objects } = convert(
      kinds.map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: kind.toLowerCase() }, spec: { names: { kind: 'Site' } } })),
      options,
    );
    expect(objects.map(nameOf).map((name) => name.split('/')[1])).toEqual([
      'customresourcedefinition',
      'namespace',
      'secret',
      'deployment',
      'site',
      'resourcequota',
    ]);
  });
});

describe('kubeconfigs', () => {
  const write = (user: object, cluster: object = {}) => {
    const file = join(folder, 'written.kubeconfig');
    const config = {
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://h:6443/', ...cluster } }],
      users: [{ name: 'u', user }],
    };
    writeFileSync(file, stringify(config));
    return readKubeconfig(file, undefined);
  };

  it('open a cluster with a token, a name and password, a file or a certificate', () => {
    writeFileSync(join(folder, 'token'), 'from-file\n');
    expect(write({ token: 't' })).toMatchObject({ server: 'https://h:6443', headers: { Authorization: 'Bearer t' } });
    expect(write({ username: 'a', password: 'b' }).headers).toEqual({ Authorization: `Basic ${btoa('a:b')}` });
    expect(write({ tokenFile: 'token' }).headers).toEqual({ Authorization: 'Bearer from-file' });
    const { tls } = write(
      { 'client-certificate-data': btoa('cert'), 'client-key-data': btoa('key') },
      { 'certificate-authority-data': btoa('ca') },
    );
    expect(Object.entries(tls).map(([name, value]) => [name, String(value)])).toEqual([
      ['ca', 'ca'],
      ['cert', 'cert'],
      ['key', 'key'],
    ]);
    expect(write({}, { 'insecure-skip-tls-verify': true }).tls).toEqual({ rejectUnauthorized: false });
  });

  it('ask a program for credentials', () => {
    const credential = JSON.stringify({ kind: 'ExecCredential', status: { token: 'made' } });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', `console.log('${credential}')`] };
    expect(write({ exec }).headers).toEqual({ Authorization: 'Bearer made' });
    expect(() => write({ exec: { ...exec, args: ['-e', 'process.exit(3)'] } })).toThrow('fails: exit code 3');
  });
});

it('what may not be read is said, and lists are read page by page', async () => {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
    asked.push(`${request.headers.authorization} ${request.url}`);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/apis') return answer(200, { groups: [] });
    const resources = ['pods', 'secrets', 'pods/status', 'events'].map((name) => ({
      name,
      kind: name === 'pods' ? 'Pod' : 'Secret',
      verbs: ['list'],
    }));
    if (pathname === '/api/v1') return answer(200, { resources });
    if (pathname === '/api/v1/secrets') return answer(403, { kind: 'Status', message: 'secrets is forbidden' });
    const isLast = searchParams.has('continue');
    return answer(200, { metadata: isLast ? {} : { continue: 'n/2' }, items: [{ metadata: { name: isLast ? 'b' : 'a' } }] });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const found = await readLive({ name: 'x', server: `http://127.0.0.1:${port}`, headers: { Authorization: 'Bearer t' }, tls: {} });
    expect(found.unread).toEqual([{ resource: 'secrets', reason: 'secrets is forbidden' }]);
    expect(found.objects).toEqual(['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })));
    expect(asked).toContain('Bearer t /api/v1/pods?limit=500&continue=n%2F2');
    expect(asked).toHaveLength(5);
  } finally {
    server.close();
  }
  await expect(readLive({ name: 'x', server: 'http://127.0.0.1:1', headers: {}, tls: {} })).rejects.toThrow(
    'No cluster answers at http://127.0.0.1:1',
  );
});
