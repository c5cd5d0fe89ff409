// swagger-typescript-api, with its client on fetch.

import { Api, type ManifestResults, type Problem } from '../out/swagger-typescript-api/api.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

const { v1 } = new Api({ baseUrl: URL_OF_SERVICE });

await drive('swagger-typescript-api', {
  create: async (body) => (await v1.createCluster(body)).data,
  applyJson: async (cluster, body) => (await v1.applyManifests(cluster, body)).data,
  // Its formatters know no YAML.
  applyYaml: async (cluster, body) => {
    const headers = { 'Content-Type': 'application/yaml' };
    return (await (
      await fetch(`${URL_OF_SERVICE}/v1/clusters/${cluster}/manifests`, { method: 'POST', headers, body })
    ).json()) as ManifestResults;
  },
  advanceBy: async (cluster, by) => (await v1.advanceClock(cluster, { by })).data,
  advanceUntilReady: async (cluster, name) =>
    (await v1.advanceClock(cluster, { until: { for: 'condition=Ready', name }, timeout: '5m' })).data,
  watch: async (cluster) => {
    const query = { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 } as const;
    return String((await v1.watchCluster(cluster, query, { format: 'text' })).data);
  },
  setImage: async (cluster, reference) =>
    (await v1.setImage(cluster, encodeURIComponent(reference), { run: [{ for: '1m', exitCode: 1 }] })).data,
  failNode: async (cluster, node) => (await v1.createFault(cluster, { type: 'node-down', target: { node }, after: '30s' })).data,
  endFault: (cluster, id) => v1.deleteFault(cluster, id),
  fork: async (cluster, name) => (await v1.createFork(cluster, { name })).data,
  kubeconfig: async (cluster) => String((await v1.getKubeconfig(cluster, undefined, { format: 'text' })).data),
  list: async () => (await v1.listClusters({})).data,
  remove: (cluster) => v1.deleteCluster(cluster),
  missing: (cluster) =>
    v1.getCluster(cluster).then(
      () => '',
      (failure: { error: Problem }) => failure.error.code,
    ),
});
