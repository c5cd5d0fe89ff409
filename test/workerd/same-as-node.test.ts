// One story told to a service on Node and to one on workerd: every answer is the same, to the byte.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

interface Step {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
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
const advance = (by: string): Step => ({ method: 'POST', path: `${CLUSTER}/clock/advance`, body: { by } });

const STORY: readonly Step[] = [
  { method: 'POST', path: '/v1/clusters', body: { name: 'story', seed: 11 } },
  { method: 'POST', path: `${CLUSTER}/manifests`, body: DEPLOYMENT, type: 'application/yaml' },
  { method: 'POST', path: '/v1/clusters', body: { name: 'story' } },
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
  { path: `${KUBE}/api/v1/nothing` },
  { path: `${CLUSTER}/changes?limit=500` },
  { path: `${CLUSTER}/commands` },
  { path: `${CLUSTER}/timeline` },
  { path: CLUSTER },
  { path: '/v1/clusters' },
  { path: `${CLUSTER}/export` },
  { method: 'DELETE', path: CLUSTER },
  { path: CLUSTER },
];

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

/** Wall time is each service's own. */
function withoutWall(text: string, url: string): string {
  return text.replaceAll(url, 'http://service').replace(/"(createdAt|storedAt)":\s*"[^"]*"/g, '"$1":"..."');
}

it('a story is answered on workerd as on Node, digests included', async () => {
  for (const step of STORY) {
    const [wanted, found] = [await tell(node.url, step), await tell(instance.url, step)];
    expect(found, `${step.method ?? 'GET'} ${step.path}`).toBe(wanted);
  }
});
