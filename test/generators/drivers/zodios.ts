// openapi-zod-client: a client that checks every answer against schemas in zod.

import { createApiClient } from '../out/zodios/api.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

const client = createApiClient(URL_OF_SERVICE);
const of = (cluster: string) => ({ params: { cluster } });

await drive('zodios', {
  create: (body) => client.createCluster(body),
  applyJson: (cluster, body) => client.applyManifests(body, of(cluster)),
  // One media type stands in its types; the other goes through the client below it.
  applyYaml: async (cluster, text) =>
    (
      await client.axios.post(`/v1/clusters/${cluster}/manifests`, text, {
        baseURL: URL_OF_SERVICE,
        headers: { 'Content-Type': 'application/yaml' },
      })
    ).data,
  advanceBy: (cluster, by) => client.advanceClock({ by }, of(cluster)),
  advanceUntilReady: (cluster, name) => client.advanceClock({ until: { for: 'condition=Ready', name }, timeout: '5m' }, of(cluster)),
  watch: async (cluster) => {
    const queries = { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 } as const;
    return String(await client.watchCluster({ ...of(cluster), queries, responseType: 'text' }));
  },
  setImage: (cluster, reference) => client.setImage({ run: [{ for: '1m', exitCode: 1 }] }, { params: { cluster, reference } }),
  failNode: (cluster, node) => client.createFault({ type: 'node-down', target: { node }, after: '30s' }, of(cluster)),
  endFault: (cluster, id) => client.deleteFault(undefined, { params: { cluster, id } }),
  fork: (cluster, name) => client.createFork({ name }, of(cluster)),
  kubeconfig: async (cluster) => String(await client.getKubeconfig({ ...of(cluster), responseType: 'text' })),
  list: () => client.listClusters(),
  remove: (cluster) => client.deleteCluster(undefined, of(cluster)),
  missing: (cluster) =>
    client.getCluster(of(cluster)).then(
      () => '',
      (error: { response?: { data: { code: string } } }) => error.response?.data.code ?? String(error),
    ),
});
