// A service whose cluster has a custom resource of two versions, which a webhook on loopback converts.

import { afterEach, beforeEach, expect } from 'vitest';
import { clusterOf, sendExpecting } from './kube-client.ts';
import { type ConversionServer, startConversionServer } from './conversion-server.ts';
import { startTestService, type TestService } from './service.ts';

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const V1 = '/apis/stable.example.com/v1/namespaces/default/spots';
export const V2 = '/apis/stable.example.com/v2/namespaces/default/spots';
export const MERGE = 'application/merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';

interface Scene {
  served: TestService;
  hook: ConversionServer;
}

/** What is there while a test runs. */
export const scene = {} as Scene;

/** Starts everything before each test of a file, with a cluster `demo`, and ends it after. */
export function useScene(): void {
  beforeEach(async () => {
    scene.served = await startTestService({ webhookHosts: ['loopback'] });
    scene.hook = await startConversionServer();
    await scene.served.http.post('/v1/clusters').send({ name: 'demo', nodes: [] }).expect(201);
  });
  afterEach(async () => {
    await scene.hook.close();
    await scene.served.close();
    expect(scene.served.failures).toEqual([]);
  });
}

/** What is answered, as far as tests look into it. */
export interface Body {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: object;
    readonly annotations?: object;
    readonly managedFields?: readonly { readonly manager: string; readonly apiVersion: string; readonly fieldsV1: object }[];
  };
  readonly items: readonly Body[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
  readonly status?: { readonly storedVersions?: readonly string[] };
  readonly host?: string;
  readonly port?: string;
  readonly hostPort?: string;
}

export interface Sending {
  readonly type?: string;
  readonly accept?: string;
  readonly cluster?: string;
}

/** Sends a request that must be answered with a code. */
export async function send(method: string, path: string, code: number, body?: unknown, how: Sending = {}): Promise<Body> {
  const { type = 'application/json', accept = 'application/json', cluster = 'demo' } = how;
  const server = clusterOf(() => scene.served, cluster);
  return (await sendExpecting(server, method, path, code, body, { 'Content-Type': type, Accept: accept })).body as Body;
}

export const text = { type: 'string' };
export const VERSIONS: readonly object[] = [
  {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { hostPort: text } } },
    selectableFields: [{ jsonPath: '.hostPort' }],
  },
  {
    name: 'v2',
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: 'object', properties: { host: text, port: text } } },
    selectableFields: [{ jsonPath: '.host' }, { jsonPath: '.port' }],
    additionalPrinterColumns: [{ name: 'Host', type: 'string', jsonPath: '.host' }],
  },
];

/** The definition; without a client it names the server of the scene. */
export function definition(clientConfig: object = { url: scene.hook.url, caBundle: scene.hook.caBundle }, versions = VERSIONS): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'spots.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'spots', kind: 'Spot' },
      versions,
      conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] } },
    },
  };
}

/** Makes the definition. */
export const define = (...parts: Parameters<typeof definition>): Promise<Body> => send('POST', DEFINITIONS, 201, definition(...parts));

/** An object. */
export function spot(version: 'v1' | 'v2', name: string, content: object, metadata: object = {}): object {
  return { apiVersion: `stable.example.com/${version}`, kind: 'Spot', metadata: { name, ...metadata }, ...content };
}

/** The digest of a cluster. */
export const digestOf = async (name: string): Promise<string> => (await scene.served.http.get(`/v1/clusters/${name}`)).body.digest;

/** What its versions say differently. */
export const contentOf = ({ apiVersion, hostPort, host, port }: Body): object => ({ apiVersion, hostPort, host, port });
export const AS_V1 = { apiVersion: 'stable.example.com/v1', hostPort: 'a:1', host: undefined, port: undefined };
export const AS_V2 = { apiVersion: 'stable.example.com/v2', hostPort: undefined, host: 'a', port: '1' };
export const FAILED = 'conversion webhook for stable.example.com/v1, Kind=Spot failed: ';
