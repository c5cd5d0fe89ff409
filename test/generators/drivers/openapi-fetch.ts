// openapi-typescript and openapi-fetch.

import createClient from 'openapi-fetch';
import type { paths } from '../out/openapi-typescript.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

const client = createClient<paths>({ baseUrl: URL_OF_SERVICE });
const must = <T>({ data, error }: { data?: T | undefined; error?: unknown }): T => {
  if (error !== undefined || data === undefined) throw new Error(JSON.stringify(error));
  return data;
};
const json = <T>(data: T | string): T => {
  if (typeof data === 'string') throw new Error('that is text');
  return data;
};
const MANIFESTS = '/v1/clusters/{cluster}/manifests';
const ADVANCE = '/v1/clusters/{cluster}/clock/advance';
const of = (cluster: string) => ({ params: { path: { cluster } } });

await drive('openapi-fetch', {
  create: async (body) => must(await client.POST('/v1/clusters', { body })),
  applyJson: async (cluster, body) => must(await client.POST(MANIFESTS, { ...of(cluster), body })),
  applyYaml: async (cluster, body) =>
    must(
      await client.POST(MANIFESTS, {
        ...of(cluster),
        body,
        bodySerializer: (text) => String(text),
        headers: { 'Content-Type': 'application/yaml' },
      }),
    ),
  advanceBy: async (cluster, by) => json(must(await client.POST(ADVANCE, { ...of(cluster), body: { by } }))),
  advanceUntilReady: async (cluster, name) =>
    json(must(await client.POST(ADVANCE, { ...of(cluster), body: { until: { for: 'condition=Ready', name }, timeout: '5m' } }))),
  watch: async (cluster) => {
    const query = { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 } as const;
    return must(await client.GET('/v1/clusters/{cluster}/watch', { params: { path: { cluster }, query }, parseAs: 'text' }));
  },
  setImage: async (cluster, reference) =>
    must(
      await client.PUT('/v1/clusters/{cluster}/images/{reference}', {
        params: { path: { cluster, reference } },
        body: { run: [{ for: '1m', exitCode: 1 }] },
      }),
    ),
  failNode: async (cluster, node) =>
    must(
      await client.POST('/v1/clusters/{cluster}/faults', { ...of(cluster), body: { type: 'node-down', target: { node }, after: '30s' } }),
    ),
  endFault: (cluster, id) => client.DELETE('/v1/clusters/{cluster}/faults/{id}', { params: { path: { cluster, id } } }),
  fork: async (cluster, name) => must(await client.POST('/v1/clusters/{cluster}/forks', { ...of(cluster), body: { name } })),
  kubeconfig: async (cluster) => must(await client.GET('/v1/clusters/{cluster}/kubeconfig', { ...of(cluster), parseAs: 'text' })),
  list: async () => must(await client.GET('/v1/clusters')),
  remove: (cluster) => client.DELETE('/v1/clusters/{cluster}', of(cluster)),
  missing: async (cluster) => (await client.GET('/v1/clusters/{cluster}', of(cluster))).error?.code ?? '',
});
