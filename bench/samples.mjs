// What the groups measure: clusters, objects, a scenario; and how they measure it.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectory } from '../src/db/directory.ts';
import { defaultNodes, parseWaitFor } from '../src/engine/cluster/index.ts';
import { kindByResource } from '../src/engine/kinds/index.ts';
import { createClusterService } from '../src/service/cluster-service.ts';

export const START_MS = Date.UTC(2025, 0, 1);
export const HOUR_MS = 3_600_000;

/** To be removed at the end. */
export const folders = [];

export const config = (name, nodes) => ({
  name,
  seed: 1,
  startMs: START_MS,
  clock: { mode: 'manual' },
  nodes: defaultNodes(nodes),
  images: {},
  timing: {},
  retention: { watchEvents: 10_000 },
});

export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  folders.push(path);
  return path;
}

export const openService = (path = folder(), durability = 'process') =>
  createClusterService(openDirectory(path, { durability }), { onError: (message, error) => console.error(message, error) });

export function replicaSet(replicas, container = {}, annotations) {
  const metadata = { labels: { app: 'x' }, ...(annotations === undefined ? {} : { annotations }) };
  const spec = {
    containers: [{ name: 'c', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never', ports: [{ containerPort: 8080 }], ...container }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: { replicas, selector: { matchLabels: { app: 'x' } }, template: { metadata, spec } },
  };
}

export const create = (...objects) => ({ type: 'manifests', mode: 'create', namespace: 'default', objects });

export const readyReplicas = (count) => ({
  kind: 'until',
  condition: {
    for: parseWaitFor(`jsonpath={.status.readyReplicas}=${count}`),
    kind: kindByResource('replicasets.apps'),
    namespace: 'default',
    name: 'rs',
  },
  timeoutMs: HOUR_MS,
});

/** What something gives, and how long it took: milliseconds of wall time, and of this process's CPU. */
export async function timed(body) {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const value = await body();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: performance.now() - startedMs, cpuMs: (user + system) / 1000 };
}

/** Milliseconds of each of so many calls, the shortest first. */
export async function times(count, body) {
  const found = [];
  for (let index = 0; index < count; index += 1) found.push((await timed(() => body(index))).ms);
  return found.sort((a, b) => a - b);
}

/** How many in a second. */
export const rate = (count, ms) => (count / ms) * 1000;

export const share = (part, whole) => `${((part / whole) * 100).toFixed(0)} %`;

export const megabytes = () => (process.memoryUsage().rss / 1e6).toFixed(0);

/** Of what is in use: undefined unless Node was started with --expose-gc. */
export function heapMegabytes() {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1e6;
}

/** Does something so many times, some of them at once. */
export const inParallel = (clients, act) => async (count) => {
  let next = 0;
  const client = async () => {
    while (next < count) {
      next += 1;
      await act(`${count}-${next}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
};

export const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);

/** 20 pods behind a Service, which are changed and scaled while something strikes. */
export const SHOP = {
  apiVersion: 'orrery.dev/v1',
  kind: 'Scenario',
  metadata: { name: 'shop' },
  cluster: { nodes: 5 },
  manifests: [
    replicaSet(20, {
      image: 'nginx:1.27',
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: 80 }],
      readinessProbe: { httpGet: { path: '/', port: 80 } },
    }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } },
  ],
  steps: [
    { wait: { for: 'jsonpath={.status.readyReplicas}=20', on: 'replicaset/rs' } },
    { mark: 'steady' },
    { advance: '1m' },
    { label: { on: 'replicaset/rs', labels: { tier: 'front' } } },
    { advance: '2m' },
    { scale: { on: 'replicaset/rs', replicas: 21 } },
  ],
  always: [{ endpoints: 'service/x', atLeast: 1, from: 'steady' }],
  eventually: [{ ready: 'replicaset/rs', equals: 21, within: '10m', from: 'steady' }],
  explore: { faults: ['node-down', 'container-kill', 'drain'], from: 'steady', for: '10m' },
};

export const cronJob = (name) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: {
    schedule: '* * * * *',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } } },
    },
  },
});

/** A Job an hour, each at a minute of its own. */
export const hourly = (index) => {
  const { spec, ...rest } = cronJob(`j${index}`);
  return { ...rest, spec: { ...spec, schedule: `${index % 60} * * * *` } };
};

/** A pod for which there is no node. */
export const unschedulable = (index) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${index}` },
  spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'nginx:1.27' }] },
});

export const busyPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'busy' },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'while true; do :; done'] }] },
};
