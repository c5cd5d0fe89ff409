// The kubelet's own HTTP API, as the API server proxies it: health, pods, configuration, figures, logs.
// Upstream: pkg/registry/core/node/strategy.go (ResourceLocation), pkg/kubelet/server/server.go, server/stats (v1.33). Rules: M9.
// Deviation: `/metrics` and its kin, and whatever runs a command, are not there; `/configz` tells what is not a default of the kubelet's own.

import { badRequest, fail, notFound, ok, type Result } from '../../apimachinery/status.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { getObject, listByTerm } from '../../apiserver/api.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { hostIpOf } from '../../containers/container-config.ts';
import { isSilent } from '../model.ts';
import { readPodLog } from '../clients/pod-log.ts';
import { logText } from '../../containers/processes/logs.ts';
import { parseProxyName } from '../clients/proxy.ts';
import { usageOfNode, usageOfPod } from './usage.ts';

const KUBELET_PORT = 10_250;

export interface KubeletAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The kubelet that a request is for. Fails: BadRequest, NotFound. */
export function locateKubelet(state: ClusterState, id: string): Result<{ readonly node: string; readonly failure: string | undefined }> {
  const parsed = parseProxyName(id);
  if (parsed === undefined) return fail(badRequest(`invalid node request ${JSON.stringify(id)}`));
  const { name: node, port } = parsed;
  if (getObject(state, nodeKind, undefined, node) === undefined) return fail(notFound(nodeKind, node));
  const address = `${hostIpOf(state, node)}:${port === '' ? KUBELET_PORT : port}`;
  if (isSilent(state, node)) return ok({ node, failure: `dial tcp ${address}: connect: no route to host` });
  const isOther = port !== '' && Number(port) !== KUBELET_PORT;
  return ok({ node, failure: isOther ? `dial tcp ${address}: connect: connection refused` : undefined });
}

/** What the kubelet answers to a GET. */
export function askKubelet(state: ClusterState, node: string, path: string): KubeletAnswer {
  const plain = path.split('?')[0]?.replace(/(?<=.)\/+$/, '') ?? '';
  if (plain === '/healthz') return textOf('ok');
  if (plain === '/pods' || plain === '/runningpods') return jsonOf(podList(state, node));
  if (plain === '/stats/summary') return jsonOf(summaryOf(state, node));
  if (plain === '/configz') return jsonOf({ kubeletconfig: CONFIGURATION });
  if (plain === '/logs') return { status: 200, contentType: 'text/html; charset=utf-8', body: LOG_FOLDERS };
  return logOf(state, node, plain) ?? { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
}

const textOf = (body: string): KubeletAnswer => ({ status: 200, contentType: 'text/plain; charset=utf-8', body });
const jsonOf = (value: object): KubeletAnswer => ({ status: 200, contentType: 'application/json', body: JSON.stringify(value) });

const LOG_FOLDERS = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${['containers/', 'pods/'].map((name) => `<a href="${name}">${name}</a>\n`).join('')}</pre>\n`;

const CONFIGURATION = {
  enableServer: true,
  address: '0.0.0.0',
  port: KUBELET_PORT,
  clusterDomain: 'cluster.local',
  clusterDNS: ['10.96.0.10'],
  nodeStatusUpdateFrequency: '10s',
  nodeStatusReportFrequency: '5m0s',
  nodeLeaseDurationSeconds: 40,
  maxPods: 110,
  syncFrequency: '1m0s',
  serializeImagePulls: true,
  cgroupDriver: 'systemd',
};

function podList(state: ClusterState, node: string): object {
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: listByTerm(state, podKind, `node:${node}`) };
}

function summaryOf(state: ClusterState, name: string): object {
  const node = getObject(state, nodeKind, undefined, name);
  const createdMs = parseTime(node?.metadata.creationTimestamp ?? '') ?? state.nowMs;
  const usage = usageOfNode(state, name, createdMs);
  const pods = listByTerm(state, podKind, `node:${name}`).flatMap((pod) => usageOfPod(state, pod) ?? []);
  return {
    node: {
      nodeName: name,
      startTime: node?.metadata.creationTimestamp,
      ...(usage === undefined ? {} : amounts(usage.timestampMs, usage.cpuNano, usage.memoryBytes)),
    },
    pods: pods.map(({ pod, timestampMs, containers }) => ({
      podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      startTime: pod.status.startTime,
      containers: containers.map((container) => ({
        name: container.name,
        ...amounts(timestampMs, container.cpuNano, container.memoryBytes),
      })),
      ...amounts(timestampMs, sum(containers, 'cpuNano'), sum(containers, 'memoryBytes')),
    })),
  };
}

function amounts(timestampMs: number, cpuNano: number, memoryBytes: number): object {
  const time = formatTime(timestampMs);
  return { cpu: { time, usageNanoCores: cpuNano }, memory: { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes } };
}

function sum<K extends 'cpuNano' | 'memoryBytes'>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}

/** `/containerLogs/{namespace}/{pod}/{container}`. */
function logOf(state: ClusterState, node: string, path: string): KubeletAnswer | undefined {
  const [, namespace = '', name = '', container] = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (container === undefined) return undefined;
  if (getObject(state, podKind, namespace, name)?.spec.nodeName !== node)
    return { status: 404, contentType: 'text/plain; charset=utf-8', body: `pod "${name}" not found\n` };
  const log = readPodLog(state, { namespace, name, container, isPrevious: false });
  if (!log.ok) return { status: log.status.code ?? 500, contentType: 'text/plain; charset=utf-8', body: `${log.status.message}\n` };
  return textOf(logText(log.value.lines));
}
