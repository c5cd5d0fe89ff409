// What `import 'orrery'` gives: a service in this process, and its clusters as objects. Everything goes through the service API, so that a program sees what
// every other client sees; types of bodies are those of the OpenAPI document.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, askJson, type Connection, jsonRequest, type Schemas, withQuery, yamlRequest } from '../client/connection.ts';
import { readConfig } from './config.ts';
import { readVersion } from './package-facts.ts';

export { OrreryProblem, ServiceUnreachable } from '../client/connection.ts';
export type { components, operations, paths } from '../client/service-api.generated.ts';

/** What `orrery serve` takes as flags; everything may be left out. */
export interface OrreryOptions {
  /** Absent: 127.0.0.1. */
  readonly host?: string;
  /** Absent or 0: a free one. */
  readonly port?: number;
  /** Folder of the data; absent: one that is removed when the service is closed. */
  readonly data?: string;
  readonly token?: string;
  /** Worker threads that have the clusters; absent: none, they are in this thread. */
  readonly workers?: number;
  /** Absent: `silent`. */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** A service that runs in this process. */
export interface Orrery {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Makes a cluster. Fails: OrreryProblem. */
  createCluster(spec?: Schemas['ClusterSpec']): Promise<OrreryCluster>;
  /** Stops it, and stores what is left. */
  close(): Promise<void>;
}

/** A cluster of the service. Every method fails with an OrreryProblem when the service answers with a problem. */
export interface OrreryCluster {
  readonly name: string;
  /** Base of its Kubernetes API. */
  readonly server: string;
  get(): Promise<Schemas['Cluster']>;
  /** A kubeconfig, in YAML. */
  kubeconfig(): Promise<string>;
  /** Applies manifests: an object, a list of them, or text in YAML. */
  apply(manifests: string | object, options?: { readonly namespace?: string }): Promise<Schemas['ManifestResults']>;
  /** Moves the clock. */
  advance(goal: Schemas['Advance']): Promise<Schemas['AdvanceResult']>;
  /** Breaks something. */
  fault(spec: Schemas['FaultSpec']): Promise<Schemas['ClusterFault']>;
  /** Makes a cluster that goes on from now, or from `at`, a moment of the past. */
  fork(spec?: Schemas['ForkSpec']): Promise<OrreryCluster>;
  /** Says why an object is as it is, now or `at` a moment of the past. */
  explain(object: {
    readonly resource: string;
    readonly name: string;
    readonly namespace?: string;
    readonly at?: string;
  }): Promise<Schemas['Explanation']>;
  delete(): Promise<void>;
}

/** Starts a service. Fails: as `orrery serve` does, with what is wrong and what to do. */
export async function startOrrery(options: OrreryOptions = {}): Promise<Orrery> {
  const { host = '127.0.0.1', port = 0, token, workers = 0, logLevel = 'silent' } = options;
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'orrery-'));
  const removeFolder = () => {
    if (options.data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const settings = { host, port, token, workers, 'log-level': logLevel, data: folder };
  const flags = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  try {
    const config = readConfig(flags, {});
    const { serve } = await import('./node.ts');
    const service = await serve(config, readVersion());
    const connection = { url: service.url, token };
    return {
      url: service.url,
      createCluster: async (spec = {}) => {
        const { name } = await askJson<Schemas['Cluster']>(connection, '/v1/clusters', jsonRequest('POST', spec));
        return clusterOf(connection, name);
      },
      close: async () => {
        await service.close();
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

function clusterOf(connection: Connection, name: string): OrreryCluster {
  const path = `/v1/clusters/${name}`;
  return {
    name,
    server: `${connection.url}/clusters/${name}`,
    get: () => askJson(connection, path),
    kubeconfig: async () => (await ask(connection, `${path}/kubeconfig`)).text(),
    apply: (manifests, { namespace } = {}) => {
      const request = typeof manifests === 'string' ? yamlRequest('POST', manifests) : jsonRequest('POST', manifests);
      return askJson(connection, withQuery(`${path}/manifests`, { namespace }), request);
    },
    advance: (goal) => askJson(connection, `${path}/clock/advance`, jsonRequest('POST', goal)),
    fault: (spec) => askJson(connection, `${path}/faults`, jsonRequest('POST', spec)),
    fork: async (spec = {}) => {
      const made = await askJson<Schemas['Cluster']>(connection, `${path}/forks`, jsonRequest('POST', spec));
      return clusterOf(connection, made.name);
    },
    explain: (object) => askJson(connection, withQuery(`${path}/explain`, { ...object })),
    delete: async () => void (await ask(connection, path, { method: 'DELETE' })),
  };
}
