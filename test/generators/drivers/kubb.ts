// kubb, with its client on fetch.

import * as api from '../out/kubb/index.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

const config = { baseURL: URL_OF_SERVICE, headers: { 'Content-Type': 'application/json' } };
// Its client on fetch reads JSON only.
const text = async (path: string): Promise<string> => (await fetch(`${URL_OF_SERVICE}${path}`)).text();

await drive('kubb', {
  create: (body) => api.createCluster(body, config),
  applyJson: (cluster, body) => api.applyManifests(cluster, body, undefined, config),
  // One media type stands in its types; the other is said beside it.
  applyYaml: async (cluster, text) =>
    (await (
      await fetch(`${URL_OF_SERVICE}/v1/clusters/${cluster}/manifests`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/yaml' },
        body: text,
      })
    ).json()) as api.ManifestResults,
  advanceBy: async (cluster, by) => (await api.advanceClock(cluster, { by }, undefined, undefined, config)) as api.AdvanceResult,
  advanceUntilReady: async (cluster, name) =>
    (await api.advanceClock(
      cluster,
      { until: { for: 'condition=Ready', name }, timeout: '5m' },
      undefined,
      undefined,
      config,
    )) as api.AdvanceResult,
  watch: (cluster) => text(`/v1/clusters/${cluster}/watch?resource=pods&namespace=default&format=text&timeoutSeconds=1`),
  setImage: (cluster, reference) => api.setImage(cluster, encodeURIComponent(reference), { run: [{ for: '1m', exitCode: 1 }] }, config),
  failNode: (cluster, node) => api.createFault(cluster, { type: 'node-down', target: { node }, after: '30s' }, config),
  endFault: (cluster, id) => api.deleteFault(cluster, id, config),
  fork: (cluster, name) => api.createFork(cluster, { name }, config),
  kubeconfig: (cluster) => text(`/v1/clusters/${cluster}/kubeconfig`),
  list: () => api.listClusters(undefined, config),
  remove: (cluster) => api.deleteCluster(cluster, config),
  missing: async (cluster) => {
    const answer: unknown = await api.getCluster(cluster, undefined, config).catch((error: unknown) => error);
    return JSON.stringify(answer).includes('cluster-not-found') ? 'cluster-not-found' : String(answer);
  },
});
