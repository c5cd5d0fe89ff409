// A cluster for tests: the whole engine without a service, driven by commands, with its history as lines of text.

import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import type { Status } from '../../src/engine/apimachinery/status.ts';
import { getObject, listObjects } from '../../src/engine/apiserver/api.ts';
import type { ApiRequest, RequestOptions } from '../../src/engine/apiserver/request-types.ts';
import { createCluster, execute } from '../../src/engine/cluster/cluster.ts';
import type { Command, Commit } from '../../src/engine/cluster/command.ts';
import { type ClusterConfig, defaultNodes } from '../../src/engine/cluster/config.ts';
import { allRecords, restoreState, snapshotHeader } from '../../src/engine/cluster/snapshot.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import type { Change } from '../../src/engine/kernel/store.ts';
import { kindByGvk, kindByResource } from '../../src/engine/kinds/index.ts';
import { type Kind, resourceOf } from '../../src/engine/kinds/kind.ts';
import { Checkers } from './checkers/index.ts';

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;

export type TestConfig = Partial<Omit<ClusterConfig, 'nodes'>> & {
  /** A number of default nodes, or their specifications. Without nodes no pod is ever bound and no kubelet acts. */
  readonly nodes?: number | ClusterConfig['nodes'];
};

/** Creates a cluster; its history begins after the genesis. */
export function createTestCluster(config: TestConfig = {}, clockMode?: ClusterState['clockMode']): TestCluster {
  const { nodes = 0, ...rest } = config;
  const full: ClusterConfig = {
    name: 'test',
    seed: 1,
    startMs: START_MS,
    clock: { mode: 'manual' },
    images: {},
    timing: {},
    retention: { watchEvents: 1_000 },
    ...rest,
    nodes: typeof nodes === 'number' ? defaultNodes(nodes) : nodes,
  };
  return new TestCluster(createCluster(full, clockMode).state);
}

export class TestCluster {
  private present: ClusterState;
  /** Every change since the cluster was created. */
  readonly changes: Change[] = [];

  private checkers: Checkers;

  private readonly executing: typeof execute;

  /** `executing`: how commands are executed; at once, unless told. */
  constructor(state: ClusterState, executing = execute) {
    this.present = state;
    this.executing = executing;
    this.checkers = new Checkers(state);
  }

  get state(): ClusterState {
    return this.present;
  }

  /** Does to the state what no command does; what comes is judged from there on. */
  meddle(act: (state: ClusterState) => ClusterState | void): void {
    this.present = act(this.present) ?? this.present;
    this.checkers = new Checkers(this.present);
  }

  /** Executes a command and remembers its changes. */
  execute(command: Command): Commit {
    const commit = this.executing(this.state, command);
    this.changes.push(...commit.changes);
    this.checkers.after(this.state, commit);
    return commit;
  }

  /** Creates an object; it must be accepted. */
  create<T extends KubeObject = KubeObject>(manifest: JsonObject | object): T {
    const { apiVersion, kind, metadata } = manifest as KubeObject;
    const found = kindByGvk(apiVersion, kind);
    if (found === undefined) throw new Error(`no kind ${apiVersion} ${kind}`);
    const namespace = found.namespaced ? { namespace: metadata.namespace ?? 'default' } : {};
    return this.accept<T>({ verb: 'create', resource: resourceOf(found), ...namespace, body: manifest as JsonObject, options: {} });
  }

  /** Merge-patches an object; it must be accepted. */
  patch<T extends KubeObject = KubeObject>(path: string, body: object, subresource?: string): T {
    const target = this.target(path);
    const extra = subresource === undefined ? {} : { subresource };
    return this.accept<T>({ verb: 'patch', ...target, ...extra, patchType: 'merge', body: body as JsonObject, options: {} });
  }

  /** Deletes an object; it must be accepted. */
  remove(path: string, options: RequestOptions = {}): void {
    this.accept({ verb: 'delete', ...this.target(path), options });
  }

  /** Sends a request and returns the Status of its refusal, or undefined. */
  refusal(request: ApiRequest): Status | undefined {
    const { outcome } = this.execute({ type: 'request', request });
    return outcome.ok ? undefined : outcome.status;
  }

  accept<T extends KubeObject = KubeObject>(request: ApiRequest): T {
    const { outcome } = this.execute({ type: 'request', request });
    if (!outcome.ok) throw new Error(`${request.verb} ${request.resource}: ${outcome.status.message}`);
    return outcome.object as T;
  }

  /** Moves the clock by milliseconds. */
  advance(ms: number): void {
    this.execute({ type: 'advance', toMs: this.state.nowMs + ms });
  }

  /** Moves the clock to milliseconds after the start of the cluster. */
  advanceTo(ms: number): void {
    this.execute({ type: 'advance', toMs: this.state.startMs + ms });
  }

  /** `pods/name` or `pods/namespace/name`; undefined when there is none. */
  find<T extends KubeObject = KubeObject>(path: string): T | undefined {
    const { resource, namespace, name = '' } = this.target(path);
    return getObject(this.state, kindOf(resource), namespace, name) as unknown as T | undefined;
  }

  get<T extends KubeObject = KubeObject>(path: string): T {
    const found = this.find<T>(path);
    if (found === undefined) throw new Error(`${path} not found`);
    return found;
  }

  list<T extends KubeObject = KubeObject>(resource: string, namespace?: string): T[] {
    return listObjects(this.state, kindOf(resource), namespace) as unknown as T[];
  }

  /** Changes of a resource made by `act`. */
  during(resource: string, act: () => void): Change[] {
    const from = this.changes.length;
    act();
    return this.changes.slice(from).filter((change) => change.resource === resource);
  }

  /** Texts of the events about an object: `Normal Scheduled message`. */
  events(path: string): string[] {
    const { namespace = 'default', name } = this.target(path);
    const events = this.list<KubeObject & { type: string; reason: string; message: string; involvedObject: { name?: string } }>(
      'events',
      namespace,
    );
    return events.filter((event) => event.involvedObject.name === name).map((event) => `${event.type} ${event.reason} "${event.message}"`);
  }

  /** Replaces the state by what a restore of its records gives. */
  reopen(): void {
    const header = snapshotHeader(this.state);
    const records = allRecords(this.state);
    const restored = restoreState(header, [...records].reverse());
    this.checkers.restored(this.state, restored);
    this.present = restored;
  }

  private target(path: string): { resource: string; namespace?: string; name?: string } {
    const parts = path.split('/');
    const resource = parts[0] ?? '';
    if (!kindOf(resource).namespaced) return { resource, name: parts[1] ?? '' };
    return parts.length === 3
      ? { resource, namespace: parts[1] ?? '', name: parts[2] ?? '' }
      : { resource, namespace: 'default', name: parts[1] ?? '' };
  }
}

function kindOf(resource: string): Kind {
  const kind = kindByResource(resource);
  if (kind === undefined) throw new Error(`no resource ${resource}`);
  return kind;
}

/** A ReplicaSet with one container; `spec` is merged over the spec. */
export function replicaSet(name: string, replicas: number, spec: object = {}, metadata: object = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, ...metadata },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate({ app: name }),
      ...spec,
    },
  } as JsonObject;
}

export function podTemplate(labels: Record<string, string>): object {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/app:v1' }] } };
}

/** A bare pod; `spec` is merged over the spec. */
export function barePod(name: string, metadata: object = {}, spec: object = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'c', image: 'registry.example/app:v1' }], ...spec },
  } as JsonObject;
}

/** A status patch that makes a pod run, ready since `readyTime`. */
export function readyStatus(readyTime: string): object {
  return { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: readyTime }] } };
}

/** One line per change: `TYPE kind/name what`, for kinds that a test watches. */
export function describeChange(change: Change): string {
  const object = change.object as unknown as KubeObject & { spec?: Record<string, unknown>; status?: Record<string, unknown> };
  const { name, deletionTimestamp, ownerReferences } = object.metadata;
  const facts: string[] = [];
  if (object.kind === 'ReplicaSet') facts.push(JSON.stringify(object.status));
  if (object.kind === 'Pod') {
    if (ownerReferences !== undefined) facts.push(`owner=${ownerReferences.map((owner) => owner.name).join(',')}`);
    if (object.spec?.['nodeName'] !== undefined) facts.push(`node=${String(object.spec['nodeName'])}`);
  }
  if (deletionTimestamp !== undefined) facts.push('deleting');
  return [change.type, `${object.kind}/${name}`, ...facts].join(' ');
}
