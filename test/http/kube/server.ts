// A service on a folder of its own, asked through the Kubernetes API of one cluster, without a socket.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectory } from '../../../src/db/directory.ts';
import { type ClusterConfig, defaultNodes } from '../../../src/engine/cluster/index.ts';
import { handleKubeRequest } from '../../../src/http/kube/router.ts';
import { createClusterService } from '../../../src/service/cluster-service.ts';
import type { ClusterService } from '../../../src/service/ports.ts';

/** The only cluster of a service. */
export interface TestCluster {
  readonly service: ClusterService;
  /** Asks the Kubernetes API; the path is relative to the cluster. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  advance(milliseconds: number): Promise<void>;
  nowMs(): number;
  remove(): Promise<void>;
}

export const CLUSTER_NAME = 'test';

/** Makes a service with one cluster. Failures that are the server's own fail the test. */
export function createTestCluster(config: Partial<Omit<ClusterConfig, 'nodes'>> & { readonly nodes?: number } = {}): TestCluster {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-kube-'));
  const service = createClusterService(openDirectory(folder));
  service.create({
    name: CLUSTER_NAME,
    seed: 1,
    startMs: Date.UTC(2025, 0, 1),
    clock: { mode: 'manual' },
    images: {},
    timing: {},
    retention: { watchEvents: 10_000 },
    ...config,
    nodes: defaultNodes(config.nodes ?? 1),
  });
  const failures: unknown[] = [];
  return {
    service,
    async fetch(path, init) {
      const request = new Request(`http://127.0.0.1:8080/clusters/${CLUSTER_NAME}${path}`, init);
      const response = await handleKubeRequest(service, request, { onFailure: (error) => failures.push(error) });
      if (failures.length > 0) throw failures[0];
      return response;
    },
    async advance(milliseconds) {
      const toMs = service.read(CLUSTER_NAME, (state) => state.nowMs) + milliseconds;
      await service.advance(CLUSTER_NAME, { kind: 'to', toMs });
    },
    nowMs: () => service.read(CLUSTER_NAME, (state) => state.nowMs),
    async remove() {
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
