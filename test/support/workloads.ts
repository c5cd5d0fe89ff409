// Manifests of workloads for tests, and the lives of their pods told by hand, for clusters without kubelets.

import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { formatTime } from '../../src/engine/apimachinery/time.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { podTemplate, type TestCluster } from './engine.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A template of a pod that does not restart. */
export function jobTemplate(spec: Fields = {}): object {
  return { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'registry.example/app:v1' }], ...spec } };
}

export function job(name: string, spec: Fields = {}): JsonObject {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: jobTemplate(), ...spec } } as JsonObject;
}

export function cronJob(name: string, schedule: string, spec: Fields = {}): JsonObject {
  const jobSpec = { spec: { template: jobTemplate() } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule, jobTemplate: jobSpec, ...spec } } as JsonObject;
}

export function statefulSet(name: string, replicas: number, spec: Fields = {}): JsonObject {
  const template = podTemplate({ app: name });
  const fields = { serviceName: 'svc', replicas, selector: { matchLabels: { app: name } }, template, ...spec };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: fields } as unknown as JsonObject;
}

export function daemonSet(name: string, spec: Fields = {}): JsonObject {
  const fields = { selector: { matchLabels: { app: name } }, template: podTemplate({ app: name }), ...spec };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: fields } as unknown as JsonObject;
}

/** Names of the pods that are there, in list order. */
export function podNames(cluster: TestCluster): string[] {
  return cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.name);
}

/** Pods that do not go away yet and have not ended. */
export function livePods(cluster: TestCluster): Pod[] {
  const isLive = ({ metadata, status }: Pod): boolean =>
    metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
  return cluster.list<Pod>('pods', 'default').filter(isLive);
}

/** Makes a pod Running and Ready now. */
export function makeReady(cluster: TestCluster, name: string): void {
  const lastTransitionTime = formatTime(cluster.state.nowMs);
  cluster.patch(
    `pods/${name}`,
    { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] } },
    'status',
  );
}

/** Ends a pod now. */
export function finish(cluster: TestCluster, name: string, phase: 'Succeeded' | 'Failed', exitCode = phase === 'Failed' ? 1 : 0): void {
  const terminated = { exitCode, finishedAt: formatTime(cluster.state.nowMs), startedAt: null };
  const status = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated }, lastState: {} };
  cluster.patch(`pods/${name}`, { status: { phase, containerStatuses: [status] } }, 'status');
}

export function budget(name: string, spec: Fields): JsonObject {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec } as JsonObject;
}

/** A Deployment whose containers ask for CPU and behave as `behavior` says. */
export function loaded(name: string, replicas: number, behavior: object, requests: object = { cpu: '200m' }): JsonObject {
  const labels = { app: name };
  const metadata = { labels, annotations: { 'orrery.sim/behavior.c': JSON.stringify(behavior) } };
  const containers = [{ name: 'c', image: 'registry.example/app:v1', resources: { requests } }];
  const spec = { replicas, selector: { matchLabels: labels }, template: { metadata, spec: { containers } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec } as unknown as JsonObject;
}

/** An autoscaler of the Deployment of the same name. */
export function autoscaler(name: string, maxReplicas: number, spec: Fields = {}): JsonObject {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  const fields = { scaleTargetRef, maxReplicas, ...spec };
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec: fields } as unknown as JsonObject;
}

/** A target for the share of the CPU request. */
export function cpuTarget(averageUtilization: number): object {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}
