// Why something changed: chains from a change back to a command or a fault.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const CLUSTER = '/v1/clusters/demo';
const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'nginx:1', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } }] },
    },
  },
};
const SERVICE = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'fails' },
  spec: {
    backoffLimit: 3,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'exit 3'] }] } },
  },
};

interface Cause {
  readonly kind: string;
  readonly component?: string;
  readonly sentence: string;
  readonly rule: string;
  readonly time: string;
  readonly timer?: string;
  readonly object?: { readonly resource: string };
  readonly number?: number;
  readonly client?: string;
}

interface Change {
  readonly resourceVersion: string;
  readonly type: string;
  readonly resource: string;
  readonly name: string;
  readonly object: Record<string, unknown>;
}

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await served.http.post(`${CLUSTER}/manifests`).send([SERVICE]);
  await served.http.post('/clusters/demo/apis/apps/v1/namespaces/default/deployments').set('User-Agent', 'kubectl/v1.33').send(WEB);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '1m' });
  await served.http.post('/clusters/demo/apis/batch/v1/namespaces/default/jobs').send(JOB);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '5m' });
  const { body } = await served.http.get('/clusters/demo/api/v1/namespaces/default/pods?labelSelector=app=web');
  const node = (body as { items: { spec: { nodeName: string } }[] }).items[0]?.spec.nodeName;
  await served.http.post(`${CLUSTER}/faults`).send({ type: 'node-down', target: { node } });
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '20m' });
});
afterAll(() => served.close());

async function changes(resource: string): Promise<readonly Change[]> {
  const { body } = await served.http.get(`${CLUSTER}/changes?resource=${resource}&limit=500`);
  return (body as { items: Change[] }).items;
}

async function causesOf(change: Change | undefined): Promise<readonly Cause[]> {
  const { status, body } = await served.http.get(`${CLUSTER}/changes/${change?.resourceVersion}/causes`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.isWhole).toBe(true);
  return (body as { causes: Cause[] }).causes;
}

/** Components that changed something, resources and commands, from the beginning on. */
const storyOf = (causes: readonly Cause[]) =>
  causes
    .filter(({ kind }) => kind !== 'timer')
    .map(({ component, object, number }) => (number === undefined ? `${component} ${object?.resource}` : `command ${number}`))
    .toReversed();

describe('GET …/changes/{revision}/causes', () => {
  it('leads from the EndpointSlice that has a ready address back to the command that created the Deployment', async () => {
    const slices = await changes('endpointslices.discovery.k8s.io');
    const ready = slices.find(({ name, object }) => name.startsWith('web-') && JSON.stringify(object).includes('"ready":true'));
    const causes = await causesOf(ready);
    const story = storyOf(causes);
    expect(story.slice(0, 5)).toEqual([
      'command 3',
      'apiserver deployments.apps',
      'deployment replicasets.apps',
      'replicaset pods',
      'scheduler pods',
    ]);
    expect(story.slice(-2)).toEqual(['kubelet pods', 'endpointslice endpointslices.discovery.k8s.io']);
    const sentences = causes.map(({ sentence }) => sentence).toReversed();
    expect(sentences[0]).toBe('kubectl/v1.33 gave command 3: create deployments.apps web in default.');
    expect(sentences.some((sentence) => /^The scheduler changed pods default\/web-\S+: bound to node-[12]/.test(sentence))).toBe(true);
    expect(sentences).toContain('The kubelet saw what its containers do: one had started or ended.');
    expect(sentences).toContain('The readiness probe had its result.');
    expect(sentences.some((sentence) => /^The kubelet changed pods .*Ready is True/.test(sentence))).toBe(true);
    const times = causes.map(({ time }) => Date.parse(time));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    for (const { rule } of causes) expect(rule).not.toBe('');
  });

  it('leads from the replacement of a pod back to the fault that took its node', async () => {
    const pods = (await changes('pods')).filter(({ name }) => name.startsWith('web-'));
    const replacement = pods.filter(({ type }) => type === 'ADDED').at(-1);
    const causes = await causesOf(replacement);
    const story = storyOf(causes);
    expect(story[0]).toMatch(/^command \d+$/);
    expect(causes.at(-1)?.sentence).toMatch(/gave fault \d+: node-down node-[12]\.$/);
    expect(story).toContain('node-lifecycle nodes');
    expect(story).toContain('taint-eviction pods');
    expect(story.at(-1)).toBe('replicaset pods');
    const sentences = causes.map(({ sentence }) => sentence);
    expect(sentences.some((sentence) => /: .*tainted node\.kubernetes\.io\/unreachable/.test(sentence))).toBe(true);
    expect(sentences).toContain('The pod had tolerated the taint for as long as it does.');
    const lost = (await changes('nodes')).find(({ object }) => JSON.stringify(object).includes('NodeStatusUnknown'));
    expect((await causesOf(lost)).at(-1)?.sentence).toMatch(/node-down/);
  });

  it('leads from the second pod of a Job through its back-off back to the command', async () => {
    const pods = (await changes('pods')).filter(({ name, type }) => name.startsWith('fails-') && type === 'ADDED');
    expect(pods.length).toBeGreaterThan(1);
    const causes = await causesOf(pods[1]);
    expect(causes[0]).toMatchObject({ kind: 'change', component: 'job' });
    expect(causes[1]).toMatchObject({ kind: 'timer', component: 'job' });
    expect(storyOf(causes).slice(0, 3)).toEqual(['command 5', 'apiserver jobs.batch', 'job pods']);
    expect(causes.at(-1)?.sentence).toMatch(/gave command 5: create jobs\.batch fails in default\.$/);
  });

  it('leads to the genesis where nobody gave a command, and is refused where there is no change', async () => {
    const [first] = await changes('nodes');
    expect((await causesOf(first)).at(-1)?.sentence).toMatch(/gave command 1: create the cluster from seed \d+\.$/);
    expect((await served.http.get(`${CLUSTER}/changes/999999/causes`)).body.code).toBe('invalid-instant');
    expect((await served.http.get(`${CLUSTER}/changes/x/causes`)).status).toBe(400);
  });

  it('changes nothing', async () => {
    const before = (await served.http.get(CLUSTER)).body.digest;
    await causesOf((await changes('pods')).at(-1));
    expect((await served.http.get(CLUSTER)).body.digest).toBe(before);
  });
});
