// @hey-api/openapi-ts, with its client on fetch.

import { client } from '../out/hey-api/client.gen.ts';
import * as sdk from '../out/hey-api/index.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

client.setConfig({ baseUrl: URL_OF_SERVICE });
const must = <T>({ data, error }: { data?: T | undefined; error?: unknown }): T => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};
const result = async (data: unknown): Promise<sdk.AdvanceResult> => data as sdk.AdvanceResult;
const of = (cluster: string) => ({ path: { cluster } });

await drive('hey-api', {
  create: async (body) => must(await sdk.createCluster({ body })),
  applyJson: async (cluster, body) => must(await sdk.applyManifests({ ...of(cluster), body })),
  // One media type stands in its types; the other is said beside it.
  applyYaml: async (cluster, body) =>
    must(
      await sdk.applyManifests({
        ...of(cluster),
        body: body as never,
        bodySerializer: null,
        headers: { 'Content-Type': 'application/yaml' },
      }),
    ),
  advanceBy: async (cluster, by) =>
    result(
      must(
        await client.post<sdk.AdvanceClockResponses>({
          url: '/v1/clusters/{cluster}/clock/advance',
          ...of(cluster),
          body: { by } as sdk.Advance,
          headers: { 'Content-Type': 'application/json' },
        }),
      ),
    ),
  advanceUntilReady: async (cluster, name) => {
    const body: sdk.Advance = { until: { for: 'condition=Ready', name }, timeout: '5m' };
    return result(
      must(
        await client.post<sdk.AdvanceClockResponses>({
          url: '/v1/clusters/{cluster}/clock/advance',
          ...of(cluster),
          body,
          headers: { 'Content-Type': 'application/json' },
        }),
      ),
    );
  },
  watch: async (cluster) => {
    const lines: string[] = [];
    const { stream } = await sdk.watchCluster({
      ...of(cluster),
      query: { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 },
      sseMaxRetryAttempts: 1,
    });
    for await (const line of stream) lines.push(...String(line).split('\n'));
    return lines.map((line) => `data: ${line}\n`).join('');
  },
  setImage: async (cluster, reference) =>
    must(await sdk.setImage({ path: { cluster, reference }, body: { run: [{ for: '1m', exitCode: 1 }] } })),
  failNode: async (cluster, node) =>
    must(await sdk.createFault({ ...of(cluster), body: { type: 'node-down', target: { node }, after: '30s' } })),
  endFault: (cluster, id) => sdk.deleteFault({ path: { cluster, id } }),
  fork: async (cluster, name) => must(await sdk.createFork({ ...of(cluster), body: { name } })),
  kubeconfig: async (cluster) => must(await sdk.getKubeconfig({ ...of(cluster), parseAs: 'text' })),
  list: async () => must(await sdk.listClusters()),
  remove: (cluster) => sdk.deleteCluster(of(cluster)),
  missing: async (cluster) => (await sdk.getCluster(of(cluster))).error?.code ?? '',
});
