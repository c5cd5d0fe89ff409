// A cluster for tests of the kubelet, and what kubectl would print of its changes. Timing is that of the worked tables: u = 0.5.

import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type Command, type Commit, createCluster, defaultNodes, type execute, readPodLog } from '../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import type { Change } from '../../src/engine/kernel/store.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { TestCluster } from './engine.ts';

export const START_MS = Date.UTC(2025, 0, 1);

export interface PodCluster {
  readonly state: ClusterState;
  readonly changes: Change[];
  run(command: Command): Commit;
  /** Replaces the state by what a restore of its records gives. */
  reopen(): void;
  apply(...objects: readonly JsonObject[]): Commit;
  /** Moves the clock to `seconds` after the start. */
  advanceTo(seconds: number): Commit;
  remove(name: string, gracePeriodSeconds?: number): Commit;
  /** `seconds READY STATUS RESTARTS` of every change of a pod, without the age of restarts; deletions say so. */
  podRows(name?: string): string[];
  /** `seconds Type Reason message xCount` of every write of an event. */
  eventRows(reason?: string): string[];
}

export interface PodClusterOptions {
  readonly seed?: number;
  readonly nodes?: number;
  readonly timing?: JsonObject;
  readonly outside?: JsonObject;
  readonly clockMode?: 'exact' | 'reference';
  /** How commands are executed; at once, unless told. */
  readonly execute?: typeof execute;
}

export function createPodCluster(options: PodClusterOptions = {}): PodCluster {
  const config = {
    name: 'test',
    seed: options.seed ?? 1,
    startMs: START_MS,
    clock: { mode: 'manual' as const },
    nodes: defaultNodes(options.nodes ?? 1),
    images: {},
    timing: options.timing ?? { workerJitter: 0.5 },
    ...(options.outside === undefined ? {} : { outside: options.outside }),
    retention: { watchEvents: 10_000 },
  };
  const { state, genesis } = createCluster(config, options.clockMode);
  const cluster = new TestCluster(state, options.execute);
  const { changes } = cluster;
  changes.push(...genesis.changes);
  const run = (command: Command): Commit => cluster.execute(command);
  return {
    get state() {
      return cluster.state;
    },
    changes,
    run,
    reopen: () => cluster.reopen(),
    apply(...objects) {
      const commit = run({ type: 'manifests', mode: 'create', namespace: 'default', objects });
      if (!commit.outcome.ok) throw new Error(commit.outcome.status.message);
      return commit;
    },
    advanceTo: (seconds) => run({ type: 'advance', toMs: START_MS + Math.round(seconds * 1000) }),
    remove: (name, gracePeriodSeconds) =>
      run({
        type: 'request',
        request: {
          verb: 'delete',
          resource: 'pods',
          namespace: 'default',
          name,
          options: gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
        },
      }),
    podRows: (name) =>
      changes
        .filter((change) => change.resource === 'pods' && (name === undefined || change.object.metadata.name === name))
        .map(
          (change) =>
            `${secondsOf(change)} ${change.type === 'DELETED' ? 'DELETED' : podRow(change.object as unknown as Pod, change.timeMs)}`,
        ),
    eventRows: (reason) =>
      changes
        .filter(
          (change) =>
            change.resource === 'events' && change.type !== 'DELETED' && (reason === undefined || change.object['reason'] === reason),
        )
        .map((change) => {
          const { type, reason: why, message, count } = change.object as unknown as Record<string, string>;
          return `${secondsOf(change)} ${type} ${why} ${message} x${count ?? 1}`;
        }),
  };
}

function secondsOf(change: Change): string {
  return String((change.timeMs - START_MS) / 1000);
}

function podRow(pod: Pod, nowMs: number): string {
  const [, ready, status, restarts] = podKind.cells(pod, nowMs);
  return `${ready} ${status} ${String(restarts).replace(/ \(.*/, '')}`;
}

/** A pod with one container `web` of an image that is present, whose behaviour is given as the annotation would have it. */
export function webPod(container: JsonObject = {}, behavior?: JsonObject, spec: JsonObject = {}): JsonObject {
  const annotations: JsonObject = behavior === undefined ? {} : { annotations: { 'orrery.sim/behavior.web': JSON.stringify(behavior) } };
  const image = { imagePullPolicy: 'Never', image: 'c1t1d0s7/myweb' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...annotations },
    spec: { containers: [{ name: 'web', ...image, ports: [{ containerPort: 8080 }], ...container }], ...spec },
  };
}

/** A cluster in which this pod has been watched for `seconds`. */
export function watchPod(pod: JsonObject, seconds: number, options: PodClusterOptions = {}): PodCluster {
  const cluster = createPodCluster(options);
  cluster.apply(pod);
  cluster.advanceTo(seconds);
  return cluster;
}

/** A container of an image that is present. */
export function presentContainer(name: string, more: JsonObject = {}): JsonObject {
  return { name, image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never', ...more };
}

/** The pod `web` with such a spec; `behaviors` by the name of the container. */
export function podWithBehaviors(spec: JsonObject, behaviors: Readonly<Record<string, JsonObject>> = {}): JsonObject {
  const annotations = Object.fromEntries(
    Object.entries(behaviors).map(([name, behavior]) => [`orrery.sim/behavior.${name}`, JSON.stringify(behavior)]),
  );
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', annotations }, spec };
}

/** Patches the pod `web`, or its status. */
export function patchPod(cluster: PodCluster, body: JsonObject, subresource?: string): void {
  const { outcome } = cluster.run({
    type: 'request',
    request: {
      verb: 'patch',
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      patchType: 'strategic',
      body,
      options: {},
      ...(subresource === undefined ? {} : { subresource }),
    },
  });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

/** What a container has written, with its stream. Fails: when there is no log. */
export function readLogLines(
  { state }: PodCluster,
  name: string,
  container = 'c',
): readonly { readonly stream: string; readonly text: string }[] {
  const log = readPodLog(state, { namespace: 'default', name, container, isPrevious: false });
  if (!log.ok) throw new Error(log.status.message);
  return log.value.lines;
}

/** The texts of it; of the pod `p`, unless it is another. */
export function readLogTexts(cluster: PodCluster, name = 'p', container?: string): string[] {
  return readLogLines(cluster, name, container).map(({ text }) => text);
}

/** A pod `p` that ends, with one container `c` which has a volume at `/v`. */
export function podWithVolume(
  container: JsonObject,
  volume: JsonObject,
  mount: JsonObject = {},
  securityContext: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'web' } },
    spec: {
      restartPolicy: 'Never',
      securityContext,
      volumes: [{ name: 'v', ...volume }],
      containers: [{ name: 'c', volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }], ...container }],
    },
  };
}
