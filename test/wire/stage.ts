// The stage of a wire scenario: the whole service, listening on a port of its own, one cluster, and a shell with a real kubectl.

import { scenarioRunner } from '../../src/hosts/scenario-runner.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clusters } from '../../src/front/clusters.ts';
import { type RunningServer, startServer } from '../../src/hosts/node-server.ts';
import { openLocalClusters } from '../../src/hosts/open-clusters.ts';
import { createApp } from '../../src/http/app.ts';
import type { ClusterService } from '../../src/service/ports.ts';
import { createShell, type Kubectl } from './kubectl.ts';
import type { Stage } from './scenario.ts';

/** Name of the cluster of every scenario. */
const CLUSTER = 'wire';

export interface OpenStage extends Stage {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a stage; `cluster` is the body of the request that creates the cluster. */
export async function openStage(kubectl: Kubectl, cluster: object): Promise<OpenStage> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-stage-'));
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const watches = new WatchCounter();
  const { clusters } = openLocalClusters(folder, { onFailure, wrap: (service) => watches.around(service) });
  const app = createApp({ clusters, scenarios: scenarioRunner(), version: 'test', onFailure });
  const server = await startServer(app.fetch, { host: '127.0.0.1', port: 0 });
  const api = `${server.url}/v1/clusters`;
  await ask(api, { ...cluster, name: CLUSTER });
  const kubeconfig = await (await fetch(`${api}/${CLUSTER}/kubeconfig`)).text();
  const shell = createShell(kubectl, kubeconfig, seedManifests());
  return {
    url: server.url,
    shell,
    async advance(by) {
      const { elapsedSeconds } = (await ask(`${api}/${CLUSTER}/clock/advance`, { by })) as { elapsedSeconds: number };
      return `${elapsedSeconds}s`;
    },
    watchOpened: () => watches.nextWatch(),
    endWatches: async () => watches.endAll(),
    async close() {
      shell.remove();
      await closeAll(server, clusters);
      rmSync(folder, { recursive: true, force: true });
      if (failures.length > 0) throw failures[0];
    },
  };
}

async function closeAll(server: RunningServer, clusters: Clusters): Promise<void> {
  await server.close();
  await clusters.close();
}

async function ask(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The manifests that learners type, by file name. */
function seedManifests(): Readonly<Record<string, string>> {
  const folder = new URL('../seed/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

/** Knows when a client has begun to watch, and can end what it watches, as the server does when it stops. */
class WatchCounter {
  private readonly waiting: (() => void)[] = [];
  private readonly endings = new Set<() => void>();

  around(service: ClusterService): ClusterService {
    return new Proxy(service, {
      get: (target, name) => {
        if (name === 'watch') return this.watch.bind(this, target);
        const member: unknown = Reflect.get(target, name);
        // Whoever awaits the service asks whether it has a `then`.
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  nextWatch(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  endAll(): void {
    for (const end of this.endings) end();
  }

  private watch(service: ClusterService, name: string, after: number, client?: string): ReturnType<ClusterService['watch']> {
    const cursor = service.watch(name, after, client);
    const close = () => {
      this.endings.delete(end);
      cursor.close();
    };
    // A cursor that is closed behind its last change ends the stream once everything was sent.
    let isEnding = false;
    const end = () => {
      isEnding = true;
      if (service.latestRevision(name) <= seen) cursor.close();
    };
    let seen = after;
    this.endings.add(end);
    this.waiting.shift()?.();
    return {
      close,
      moved: (isExact: boolean) => cursor.moved(isExact),
      served: () => cursor.served(),
      next: async () => {
        if (isEnding && service.latestRevision(name) <= seen) return undefined;
        const changes = await cursor.next();
        seen = changes?.at(-1)?.revision ?? seen;
        return changes;
      },
    };
  }
}
