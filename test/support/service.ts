// A whole service as its users see it: Node's server on a free port, storage in a folder of its own. Every answer is checked against its
// schema, and a failure that is the service's own fails the test that caused it.

import { scenarioRunner } from '../../src/hosts/scenario-runner.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import type { Clusters } from '../../src/front/clusters.ts';
import { parseProxies } from '../../src/hosts/forwarded.ts';
import { type Patience, startServer } from '../../src/hosts/node-server.ts';
import { openLocalClusters } from '../../src/hosts/open-clusters.ts';
import { createApp } from '../../src/http/app.ts';
import type { PageFiles } from '../../src/http/web/page-files.ts';
import type { ServiceLimits } from '../../src/service/limits.ts';
import type { ClusterService } from '../../src/service/ports.ts';

export interface TestService {
  readonly url: string;
  readonly clusters: Clusters;
  /** That of the only host, which is in this process. */
  readonly service: ClusterService;
  /** Supertest on the service. */
  readonly http: ReturnType<typeof request>;
  /** Failures of the service itself; empty unless there is a bug. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly token?: string;
  /** The cluster whose API is at the root. */
  readonly defaultCluster?: string;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  /** Addresses whose `X-Forwarded-*` headers count. */
  readonly trustedProxies?: readonly string[];
  readonly patience?: Patience;
  readonly limits?: Partial<ServiceLimits>;
  /** Hosts on which admission webhooks may be called; absent: none. */
  readonly webhookHosts?: readonly string[];
  /** A folder that outlives the service. */
  readonly folder?: string;
  /** The page at /. */
  readonly page?: PageFiles;
  /** Wall time by which clusters expire. */
  readonly now?: () => number;
  /** Absent: a free one. */
  readonly port?: number;
}

/** Starts a service. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'orrery-service-'));
  const failures: unknown[] = [];
  const onError = (_message: string, error: unknown) => void failures.push(error);
  const onFailure = (error: unknown) => void failures.push(error);
  const { clusters, service } = openLocalClusters(folder, {
    ...(options.limits === undefined ? {} : { limits: { service: options.limits } }),
    onError,
    onFailure,
    checksAnswers: true,
    now: options.now,
    ...(options.webhookHosts === undefined ? {} : { webhookHosts: options.webhookHosts }),
  });
  const app = createApp({
    scenarios: scenarioRunner(),
    clusters,
    version: '0.0.0-test',
    token: options.token,
    ...(options.page === undefined ? {} : { page: options.page }),
    ...(options.defaultCluster === undefined ? {} : { defaultCluster: options.defaultCluster }),
    ...(options.allowedHosts === undefined ? {} : { allowedHosts: options.allowedHosts }),
    ...(options.allowedOrigins === undefined ? {} : { allowedOrigins: options.allowedOrigins }),
    checksAnswers: true,
    onFailure,
  });
  const server = await startServer(app.fetch, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    trustedProxies: parseProxies(options.trustedProxies ?? []),
    ...(options.patience === undefined ? {} : { patience: options.patience }),
  });
  return {
    url: server.url,
    clusters,
    service,
    http: request(server.server),
    failures,
    async close() {
      clusters.endCalls();
      await server.close();
      await clusters.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
      if (failures.length > 0) throw failures[0];
    },
  };
}
