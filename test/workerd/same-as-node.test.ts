// One story told to a service on Node and to one on workerd: every answer is the same, to the byte.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

interface Step {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  /** Absent: it is done. */
  readonly status?: number;
}

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 5
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: nginx, ports: [{ containerPort: 80 }], resources: { requests: { cpu: 100m } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec: { restartPolicy: Never, containers: [{ name: tick, image: busybox, command: [sh, -c, 'echo tick; sleep 5'] }] }
`;

const CLUSTER = '/v1/clusters/story';
const KUBE = '/clusters/story';
/** What came after a moment to which the cluster was taken back; each service calls it as it likes. */
const KEPT = '/v1/clusters/KEPT';
const advance = (by: string): Step => ({ method: 'POST', path: `${CLUSTER}/clock/advance`, body: { by } });

const STORY: readonly Step[] = [
  { method: 'POST', path: '/v1/clusters', body: { name: 'story', seed: 11 } },
  { method: 'POST', path: `${CLUSTER}/manifests`, body: DEPLOYMENT, type: 'application/yaml' },
  { method: 'POST', path: '/v1/clusters', body: { name: 'story' }, status: 409 },
  advance('3m'),
  { path: `${KUBE}/api/v1/pods` },
  { method: 'DELETE', path: `${KUBE}/api/v1/nodes/node-2` },
  {
    method: 'PATCH',
    path: `${KUBE}/apis/apps/v1/namespaces/default/deployments/web`,
    body: { spec: { replicas: 9 } },
    type: 'application/merge-patch+json',
  },
  advance('10m'),
  { path: `${KUBE}/api/v1/namespaces/default/pods?labelSelector=app%3Dweb` },
  { path: `${KUBE}/api/v1/namespaces/default/events` },
  { path: `${KUBE}/api/v1/nothing`, status: 404 },
  { path: `${CLUSTER}/changes?limit=500` },
  { path: `${CLUSTER}/commands` },
  { path: `${CLUSTER}/timeline` },
  { path: CLUSTER },
  { path: '/v1/clusters' },
  { path: `${CLUSTER}/export` },
  ...forksAndRewinds(),
  { method: 'DELETE', path: CLUSTER },
  { path: CLUSTER, status: 404 },
];

/** Forks of now, of a command, of a moment within an advance and of a fork; and the cluster taken back, twice. */
function forksAndRewinds(): readonly Step[] {
  const [now, early, within, second] = ['b', 'c', 'd', 'e'].map((letter) => `/v1/clusters/story-${letter}`);
  const fork = (path: string, body: object, status?: number): Step => ({
    method: 'POST',
    path: `${path}/forks`,
    body,
    ...(status === undefined ? {} : { status }),
  });
  const go = (path: string): Step => ({ method: 'POST', path: `${path}/clock/advance`, body: { by: '5m' } });
  const rewind = (to: string): Step => ({ method: 'POST', path: `${CLUSTER}/rewind`, body: { to } });
  const look = (path: string): Step[] => [
    { path },
    { path: `${path}/timeline?to=2025-01-01T00:02:00Z` },
    { path: `${path}/changes?limit=500` },
    { path: `${path}/diff?from=2025-01-01T00:01:00Z&to=2025-01-01T00:04:00Z` },
  ];
  // How many commands lead into an advance is as wall time cut it.
  const lookCloser = (path: string): Step[] => [...look(path), { path: `${path}/commands` }, { path: `${path}/export` }];
  return [
    fork(CLUSTER, { name: 'story-b' }),
    fork(CLUSTER, { name: 'story-b' }, 409),
    fork(CLUSTER, { name: 'story-x', at: 'command:99' }, 400),
    fork(CLUSTER, { name: 'story-c', at: 'command:4', seed: 8 }),
    fork(now ?? '', { name: 'story-d', at: '2025-01-01T00:04:30Z' }),
    ...[now, early, within].map((path) => go(path ?? '')),
    fork(within ?? '', { name: 'story-e', at: 'rv:300' }),
    ...[CLUSTER, now, early].flatMap((path) => lookCloser(path ?? '')),
    ...[within, second].flatMap((path) => look(path ?? '')),
    { path: `${CLUSTER}/forks` },
    { path: `${CLUSTER}/diff?with=story-c` },
    rewind('command:3'),
    go(CLUSTER),
    ...lookCloser(CLUSTER),
    ...lookCloser(KEPT),
    { path: `${CLUSTER}/forks` },
    { path: `${KEPT}/clock` },
    rewind('command:1'),
    ...[CLUSTER, `${CLUSTER}/commands`, `${CLUSTER}/export`].map((path) => ({ path })),
    { path: `${CLUSTER}/forks` },
    { method: 'DELETE', path: within ?? '' },
    ...look(second ?? ''),
  ];
}

let node: TestService;
let instance: Instance;

beforeAll(async () => {
  [node, instance] = await Promise.all([startTestService(), workerBundle().then((worker) => startInstance({ worker, fronts: 3 }))]);
}, 120_000);
afterAll(() => Promise.all([node.close(), instance.remove()]));

async function tell(url: string, { method = 'GET', path, body, type = 'application/json' }: Step): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': type },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const headers = [...response.headers].filter(([name]) => SAME_HEADERS.includes(name));
  return `${response.status} ${JSON.stringify(headers)}\n${withoutWall(await response.text(), url)}`;
}

/** Others are those of a connection, or of one request. */
const SAME_HEADERS = ['content-type', 'cache-control', 'location', 'warning'];

/** Wall time is each service's own, and so are the parts in which a long advance is stored, behind one of which forks within it (d and e) begin. */
function withoutWall(text: string, url: string): string {
  return text
    .replace(/("name":"story-[de]","createdAt":"[^"]*","from":)\{[^}]*\}/g, '$1{}')
    .replaceAll(url, 'http://service')
    .replace(/"(createdAt|storedAt)":\s*"[^"]*"/g, '"$1":"..."');
}

/** Tells of what was kept under the name that the service made up. */
function teller(url: string): (step: Step) => Promise<string> {
  const kept: string[] = [];
  return async (step) => {
    const text = await tell(url, { ...step, path: step.path.replace('KEPT', kept.at(-1) ?? 'KEPT') });
    for (const [name] of text.matchAll(/story-later-\w{5}/g)) if (!kept.includes(name)) kept.push(name);
    return kept.reduce((same, name, index) => same.replaceAll(name, `kept-${index}`), text);
  };
}

it('a story is answered on workerd as on Node, digests included', async () => {
  const [tellNode, tellInstance] = [teller(node.url), teller(instance.url)];
  for (const step of STORY) {
    const [wanted, found] = [await tellNode(step), await tellInstance(step)];
    const what = `${step.method ?? 'GET'} ${step.path}`;
    expect(found, what).toBe(wanted);
    expect(found, what).toMatch(step.status === undefined ? /^20\d / : new RegExp(`^${step.status} `));
  }
}, 180_000);
