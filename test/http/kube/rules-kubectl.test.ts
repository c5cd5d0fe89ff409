// What kubectl asks for in its commands, request by request: what it makes of the answers is its own affair, what the answers have is ours.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MERGE, STRATEGIC, send } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

interface Json {
  readonly [member: string]: Json;
}

const NAMESPACE = '/api/v1/namespaces/default';
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/web';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 2 });
});
afterEach(() => cluster.remove());

async function get(path: string, headers: Record<string, string> = {}): Promise<Json> {
  const response = await cluster.fetch(path, { headers });
  expect(response.status, path).toBe(200);
  return (await response.json()) as Json;
}

const items = (list: Json): Json[] => list['items'] as unknown as Json[];
const nameOf = (object: Json): string => String(object['metadata']?.['name']);

function deployment(replicas: number, container: object = {}): object {
  const labels = { app: 'web' };
  const containers = [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'echo hello; sleep 100000'], ...container }];
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

async function makeDeployment(replicas: number, container: object = {}): Promise<void> {
  expect((await send(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment(replicas, container))).status).toBe(201);
}

describe('documents', () => {
  const V2 = { Accept: 'application/json' };

  it('C5 the v2 document has the kinds by group and version, their merge keys, and what patches take', async () => {
    const { definitions = {}, paths = {} } = await get('/openapi/v2', V2);
    const deploymentSchema = definitions['io.k8s.api.apps.v1.Deployment'];
    expect(deploymentSchema?.['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', version: 'v1', kind: 'Deployment' }]);
    expect(definitions['io.k8s.api.core.v1.PodSpec']?.['properties']?.['containers']).toMatchObject({
      type: 'array',
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch'];
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
    const names = ((patch?.['parameters'] ?? []) as unknown as Json[]).map((parameter) => parameter['name']);
    expect(names).toEqual(expect.arrayContaining(['dryRun', 'fieldValidation']));
  });

  it('C5 each reference of it stands alone and leads somewhere, each array says of what', async () => {
    const { definitions = {} } = await get('/openapi/v2', V2);
    const wrong: string[] = [];
    const visit = (schema: Json, place: string): void => {
      const reference = schema['$ref'] as unknown as string | undefined;
      if (
        reference !== undefined &&
        (!(reference.slice('#/definitions/'.length) in definitions) || 'type' in schema || 'properties' in schema)
      )
        wrong.push(place);
      if ((schema['type'] as unknown) === 'array' && schema['items'] === undefined) wrong.push(place);
      for (const [name, member] of Object.entries(schema['properties'] ?? {})) visit(member, `${place}.${name}`);
      for (const member of ['items', 'additionalProperties'])
        if (typeof schema[member] === 'object') visit(schema[member], `${place}.${member}`);
    };
    for (const [name, schema] of Object.entries(definitions)) visit(schema, name);
    expect(Object.keys(definitions).length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it('C16 a client that validates by itself finds all fields of a pod spec there, and no other', async () => {
    const { definitions = {} } = await get('/openapi/v2', V2);
    const { properties = {}, required } = definitions['io.k8s.api.core.v1.PodSpec'] ?? {};
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(['containers', 'nodeName', 'tolerations', 'volumes']));
    expect(properties).not.toHaveProperty('foo');
    expect(required).toEqual(['containers']);
  });

  it('C9 the patch of an apply merges containers by name, whatever document the client has read', async () => {
    await makeDeployment(1);
    const containers = [{ name: 'c', image: 'busybox:1.37' }];
    const patch = { spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'c' }], containers } } } };
    const { body } = await send(cluster, 'PATCH', `${DEPLOYMENT}?fieldManager=kubectl-client-side-apply`, patch, STRATEGIC);
    expect(body['spec']?.['template']?.['spec']?.['containers']).toMatchObject([
      { name: 'c', image: 'busybox:1.37', command: ['sh', '-c', 'echo hello; sleep 100000'] },
    ]);
  });
});

describe('resourceVersion=0 is no revision', () => {
  const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
  const names = (list: Json): string[] =>
    items(list)
      .map(nameOf)
      .filter((name) => name.length === 1);

  beforeEach(async () => {
    for (const name of ['a', 'b', 'c'])
      await send(cluster, 'POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  });

  it('G6 G7 a list of it is that of now, and whole, whatever its limit', async () => {
    expect(names(await get(`${CONFIG_MAPS}?resourceVersion=0`))).toEqual(['a', 'b', 'c']);
    const cached = await get(`${CONFIG_MAPS}?resourceVersion=0&limit=1`);
    expect(names(cached)).toEqual(['a', 'b', 'c']);
    expect(cached['metadata']).not.toHaveProperty('continue');
    const page = await get(`${CONFIG_MAPS}?limit=1`);
    expect([names(page), page['metadata']?.['remainingItemCount']]).toEqual([['a'], 3]);
    const token = String(page['metadata']?.['continue']);
    const next = await get(`${CONFIG_MAPS}?limit=2&resourceVersion=0&continue=${encodeURIComponent(token)}`);
    expect(names(next)).toEqual(['b', 'c']);
    const later = await cluster.fetch(`${CONFIG_MAPS}?limit=2&resourceVersion=1&continue=${encodeURIComponent(token)}`);
    expect([later.status, ((await later.json()) as Json)['message']]).toEqual([
      400,
      'specifying resource version is not allowed when using continue',
    ]);
  });

  it('H2 a watch of it begins with what is there, not with what ever changed', async () => {
    await send(cluster, 'PATCH', `${CONFIG_MAPS}/a`, { data: { k: 'v' } }, MERGE);
    await cluster.fetch(`${CONFIG_MAPS}/b`, { method: 'DELETE' });
    const read = async (revision: string): Promise<string[]> => {
      const watch = await cluster.fetch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1${revision}`);
      const events = (await watch.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; object: Json });
      return events.map(({ type, object }) => `${type} ${nameOf(object)}`).filter((line) => / .$/.test(line));
    };
    expect(await read('&resourceVersion=0')).toEqual(['ADDED a', 'ADDED c']);
    expect(await read('')).toEqual(['ADDED a', 'ADDED c']);
    expect(await read('&resourceVersion=1')).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'MODIFIED a', 'DELETED b']);
  });
});

describe('bookmarks', () => {
  const read = async (query: string, headers: Record<string, string> = {}): Promise<string[]> => {
    const watch = await cluster.fetch(`${NAMESPACE}/configmaps?watch=true&timeoutSeconds=3&fieldSelector=metadata.name%3Dnone${query}`, {
      headers,
    });
    const lines = (await watch.text())
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as { type: string }).type);
  };

  it('H6 come shortly before the end to who asks for them, and never in tables', async () => {
    const table = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const asked = '&allowWatchBookmarks=true';
    expect(await Promise.all([read(asked), read(''), read(asked, table)])).toEqual([['BOOKMARK'], [], []]);
  });
});

describe('commands', () => {
  it('R6 logs of a workload are those of one of the pods that its selector finds', async () => {
    await makeDeployment(2);
    await cluster.advance(10_000);
    const { matchLabels = {} } = (await get(DEPLOYMENT))['spec']?.['selector'] ?? {};
    const selector = Object.entries(matchLabels).map(([key, value]) => `${key}=${String(value)}`);
    const pods = items(await get(`${NAMESPACE}/pods?labelSelector=${encodeURIComponent(selector.join(','))}`));
    expect(pods).toHaveLength(2);
    const log = await cluster.fetch(`${NAMESPACE}/pods/${nameOf(pods[0] as Json)}/log?container=c`);
    expect([log.status, await log.text()]).toEqual([200, 'hello\n']);
  });

  it('T6 cluster-info asks for services of the cluster, of which there are none', async () => {
    const selector = encodeURIComponent('kubernetes.io/cluster-service=true');
    expect(await get(`/api/v1/namespaces/kube-system/services?labelSelector=${selector}`)).toMatchObject({
      kind: 'ServiceList',
      items: [],
    });
  });

  it('S17 a forwarded service leads to a running pod behind it, and to the number of its target port', async () => {
    await makeDeployment(1, { ports: [{ name: 'http', containerPort: 8080 }] });
    const spec = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] };
    await send(cluster, 'POST', `${NAMESPACE}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
    await cluster.advance(10_000);
    const service = await get(`${NAMESPACE}/services/web`);
    expect(service['spec']).toMatchObject({ selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] });
    const [pod] = items(await get(`${NAMESPACE}/pods?labelSelector=app%3Dweb`));
    expect(pod?.['status']?.['phase']).toBe('Running');
    expect(pod?.['spec']?.['containers']).toMatchObject([{ ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }]);
  });

  it('C933 a delete comes to its end: the object is gone, and a watch from before says so', async () => {
    await makeDeployment(1);
    await cluster.advance(10_000);
    const [pod] = items(await get(`${NAMESPACE}/pods`));
    const name = nameOf(pod as Json);
    const { status, body } = await send(cluster, 'DELETE', `${NAMESPACE}/pods/${name}`, { propagationPolicy: 'Background' });
    expect([status, body['metadata']?.['uid']]).toEqual([200, pod?.['metadata']?.['uid']]);
    const field = encodeURIComponent(`metadata.name=${name}`);
    const list = await get(`${NAMESPACE}/pods?fieldSelector=${field}&limit=500&resourceVersion=0`);
    expect(items(list)).toHaveLength(1);
    await cluster.advance(60_000);
    expect((await cluster.fetch(`${NAMESPACE}/pods/${name}`)).status).toBe(404);
    const from = String(list['metadata']?.['resourceVersion']);
    const watch = await cluster.fetch(`${NAMESPACE}/pods?fieldSelector=${field}&resourceVersion=${from}&watch=true&timeoutSeconds=1`);
    const types = (await watch.text())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.at(-1)).toBe('DELETED');
  });

  it('L14 a drain evicts, because discovery has the subresource with the group of its kind', async () => {
    const resources = (await get('/api/v1'))['resources'] as unknown as Json[];
    expect(resources.find((resource) => String(resource['name']) === 'pods/eviction')).toMatchObject({
      kind: 'Eviction',
      group: 'policy',
      version: 'v1',
      verbs: ['create'],
    });
    const groups = (await get('/apis'))['groups'] as unknown as Json[];
    expect(groups.map((group) => String(group['name']))).toContain('policy');
  });

  it('C751 a drain cordons, finds the pods of the node, evicts each, and is told to come back where a budget forbids it', async () => {
    await makeDeployment(4);
    const budget = { selector: { matchLabels: { app: 'web' } }, minAvailable: 3 };
    await send(cluster, 'POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: budget,
    });
    await cluster.advance(10_000);
    const cordoned = await send(cluster, 'PATCH', '/api/v1/nodes/node-1', { spec: { unschedulable: true } }, STRATEGIC);
    expect(cordoned.body['spec']).toMatchObject({ unschedulable: true });
    const pods = items(await get(`/api/v1/pods?fieldSelector=${encodeURIComponent('spec.nodeName=node-1')}&limit=500`));
    expect(pods).toHaveLength(2);
    expect(pods[0]?.['metadata']?.['ownerReferences']).toMatchObject([{ controller: true, kind: 'ReplicaSet' }]);
    const evict = async (pod: Json): Promise<{ status: number; body: Json }> =>
      send(cluster, 'POST', `${NAMESPACE}/pods/${nameOf(pod)}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: nameOf(pod), namespace: 'default' },
        deleteOptions: {},
      });
    const [first, second] = pods as [Json, Json];
    expect((await evict(first)).status).toBe(201);
    expect(await evict(second)).toMatchObject({
      status: 429,
      body: { message: "Cannot evict pod as it would violate the pod's disruption budget.", reason: 'TooManyRequests' },
    });
    // Five seconds later it asks again; by then the replacement is ready elsewhere.
    await cluster.advance(5_000);
    expect((await evict(second)).status).toBe(201);
    await cluster.advance(60_000);
    expect(items(await get(`/api/v1/pods?fieldSelector=${encodeURIComponent('spec.nodeName=node-1')}`))).toEqual([]);
  });

  it('C255 what a rollout status is told leads through its lines in order', async () => {
    const readinessProbe = { tcpSocket: { port: 80 }, initialDelaySeconds: 3, periodSeconds: 1 };
    const container = { image: 'nginx:1.25', command: undefined, readinessProbe };
    await makeDeployment(2, container);
    await cluster.advance(30_000);
    await send(
      cluster,
      'PATCH',
      DEPLOYMENT,
      { spec: { progressDeadlineSeconds: 60, template: { spec: { containers: [{ name: 'c', image: 'nginx:1.26' }] } } } },
      STRATEGIC,
    );
    const lines = [rolloutLine(await get(DEPLOYMENT))];
    for (let seconds = 0; seconds < 40; seconds += 1) {
      await cluster.advance(1_000);
      const line = rolloutLine(await get(DEPLOYMENT));
      if (line !== lines.at(-1)) lines.push(line);
    }
    expect(lines).toEqual([
      'Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...',
      'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
      'deployment "web" successfully rolled out',
    ]);
    const closed = [{ name: 'c', readinessProbe: { ...readinessProbe, tcpSocket: { port: 81 } } }];
    await send(cluster, 'PATCH', DEPLOYMENT, { spec: { template: { spec: { containers: closed } } } }, STRATEGIC);
    await cluster.advance(62_000);
    expect(rolloutLine(await get(DEPLOYMENT))).toBe('error: deployment "web" exceeded its progress deadline');
  });
});

/** The line that `kubectl rollout status` makes of a Deployment. Upstream: kubectl/pkg/polymorphichelpers/rollout_status.go. */
function rolloutLine({ metadata = {}, spec = {}, status = {} }: Json): string {
  const [wanted, updated, all, available] = [
    spec['replicas'],
    status['updatedReplicas'],
    status['replicas'],
    status['availableReplicas'],
  ].map((count) => Number(count ?? 0)) as [number, number, number, number];
  if (Number(metadata['generation']) > Number(status['observedGeneration'])) return 'Waiting for deployment spec update to be observed...';
  const conditions = status['conditions'] as unknown as Json[];
  const reason = conditions.find((condition) => String(condition['type']) === 'Progressing')?.['reason'];
  if (String(reason) === 'ProgressDeadlineExceeded') return 'error: deployment "web" exceeded its progress deadline';
  const head = 'Waiting for deployment "web" rollout to finish:';
  if (updated < wanted) return `${head} ${updated} out of ${wanted} new replicas have been updated...`;
  if (all > updated) return `${head} ${all - updated} old replicas are pending termination...`;
  if (available < updated) return `${head} ${available} of ${updated} updated replicas are available...`;
  return 'deployment "web" successfully rolled out';
}
