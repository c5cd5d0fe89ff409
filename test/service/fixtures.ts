// A real service over a real folder, for the tests of this layer.

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectory } from '../../src/db/directory.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type ClusterConfig, type Command, createCluster, defaultNodes, execute, stateHash } from '../../src/engine/cluster/index.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';
import type { ServiceLimits } from '../../src/service/limits.ts';
import type { ClusterService, LoggedChange, WatchCursor } from '../../src/service/ports.ts';

/** 2025-01-01T00:00:00Z. */
export const START_MS = 1_735_689_600_000;

export interface Failure {
  readonly message: string;
  readonly error: unknown;
}

/** A service that can be stopped and started again on its folder. */
export class ServiceFixture {
  readonly folder: string;
  readonly failures: Failure[] = [];
  service: ClusterService;
  private readonly limits: Partial<ServiceLimits>;
  private readonly clusterBytesMax: number | undefined;
  private readonly copies: ServiceFixture[] = [];

  constructor(limits: Partial<ServiceLimits> = {}, { source, clusterBytesMax }: { source?: string; clusterBytesMax?: number } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'orrery-service-'));
    if (source !== undefined) cpSync(source, this.folder, { recursive: true });
    this.limits = limits;
    this.clusterBytesMax = clusterBytesMax;
    this.service = this.open();
  }

  /** Stops in an orderly way and starts again. */
  async restart(): Promise<void> {
    await this.service.close();
    this.service = this.open();
  }

  /** A service of its own over the folder as it is at this moment, as if this process were killed. */
  copy(): ServiceFixture {
    const copy = new ServiceFixture(this.limits, { source: this.folder });
    this.copies.push(copy);
    return copy;
  }

  /** Starts again after a stop. */
  reopen(): this {
    this.service = this.open();
    return this;
  }

  async remove(): Promise<void> {
    for (const copy of this.copies) await copy.remove();
    await this.service.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Path of a cluster's file. */
  fileOf(cluster: string): string {
    const file = readdirSync(join(this.folder, 'clusters')).find((name) => name.startsWith(`${cluster}-`) && name.endsWith('.sqlite'));
    if (file === undefined) throw new Error(`no file of ${cluster}`);
    return join(this.folder, 'clusters', file);
  }

  private open(): ClusterService {
    const onError = (message: string, error: unknown) => void this.failures.push({ message, error });
    return createClusterService(openDirectory(this.folder, { clusterBytesMax: this.clusterBytesMax }), { limits: this.limits, onError });
  }
}

export function configOf(name: string, rest: Partial<ClusterConfig> = {}): ClusterConfig {
  return {
    name,
    seed: 1,
    startMs: START_MS,
    clock: { mode: 'manual' },
    nodes: defaultNodes(2),
    images: {},
    timing: {},
    retention: { watchEvents: 10_000 },
    ...rest,
  };
}

export function createPod(name: string, labels: Record<string, string> = {}): Command {
  const body: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  };
  return { type: 'request', request: { verb: 'create', resource: 'pods', namespace: 'default', body, options: {} } };
}

export function createReplicaSet(name: string, replicas: number, metadata: JsonObject = {}): Command {
  const template = { metadata: { labels: { app: name }, ...metadata }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const body: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
  return { type: 'request', request: { verb: 'create', resource: 'replicasets.apps', namespace: 'default', body, options: {} } };
}

export function patchPod(name: string, patch: JsonObject): Command {
  const request = { verb: 'patch', resource: 'pods', namespace: 'default', name, patchType: 'merge', body: patch, options: {} } as const;
  return { type: 'request', request };
}

/** What a run that was never interrupted comes to. */
export function uninterrupted(config: ClusterConfig, commands: readonly Command[]): { digest: string; hash: string; revision: number } {
  const { state, genesis } = createCluster(config);
  let { digest } = genesis;
  for (const command of commands) {
    const commit = execute(state, command);
    if (commit.outcome.ok) ({ digest } = commit);
  }
  return { digest, hash: stateHash(state), revision: state.revision };
}

/** Reads a cursor until `count` changes have come. */
export async function readChanges(cursor: WatchCursor, count: number): Promise<LoggedChange[]> {
  const changes: LoggedChange[] = [];
  while (changes.length < count) {
    const batch = await cursor.next();
    if (batch === undefined) return changes;
    changes.push(...batch);
  }
  return changes;
}

/** The code of the ServiceError that a call fails with. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
  return 'no error';
}
