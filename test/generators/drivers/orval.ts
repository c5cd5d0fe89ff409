// orval, with its client on fetch.

import * as api from '../out/orval/api.ts';
import { drive, URL_OF_SERVICE } from '../session.ts';

// Its functions ask for paths, as the document says them: they are below the page that asks, and here below the service.
const { fetch } = globalThis;
globalThis.fetch = (path, init) => fetch(new URL(String(path), URL_OF_SERVICE), init);

/** What was answered; its types know which statuses are answered with what. */
const must = <T>({ data, status }: { data: T | api.Problem; status: number }): T => {
  if (status >= 300) throw new Error(JSON.stringify(data));
  return data as T;
};
const result = (answer: api.advanceClockResponse): api.AdvanceResult => must<api.AdvanceResult | string>(answer) as api.AdvanceResult;
// Its client on fetch reads JSON only.
const text = async (path: string): Promise<string> => (await globalThis.fetch(path)).text();

await drive('orval', {
  create: async (body) => must<api.Cluster>(await api.createCluster(body)),
  // Where a body has two media types it names none.
  applyJson: async (cluster, body) => {
    const headers = { 'Content-Type': 'application/json' };
    return must<api.ManifestResults>(await api.applyManifests(cluster, body, undefined, { headers }));
  },
  // What it sends is made JSON; the other media type goes beside it.
  applyYaml: async (cluster, body) => {
    const headers = { 'Content-Type': 'application/yaml' };
    const answer = await globalThis.fetch(api.getApplyManifestsUrl(cluster), { method: 'POST', headers, body });
    return (await answer.json()) as api.ManifestResults;
  },
  advanceBy: async (cluster, by) => result(await api.advanceClock(cluster, { by })),
  advanceUntilReady: async (cluster, name) =>
    result(await api.advanceClock(cluster, { until: { for: 'condition=Ready', name }, timeout: '5m' })),
  watch: (cluster) => text(api.getWatchClusterUrl(cluster, { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 })),
  setImage: async (cluster, reference) =>
    must<api.ClusterImage>(await api.setImage(cluster, encodeURIComponent(reference), { run: [{ for: '1m', exitCode: 1 }] })),
  failNode: async (cluster, node) =>
    must<api.ClusterFault>(await api.createFault(cluster, { type: 'node-down', target: { node }, after: '30s' })),
  endFault: (cluster, id) => api.deleteFault(cluster, id),
  fork: async (cluster, name) => must<api.Cluster>(await api.createFork(cluster, { name })),
  kubeconfig: (cluster) => text(api.getGetKubeconfigUrl(cluster)),
  list: async () => must<api.ClusterList>(await api.listClusters()),
  remove: (cluster) => api.deleteCluster(cluster),
  missing: async (cluster) => {
    const { data, status } = await api.getCluster(cluster);
    return status === 404 ? data.code : String(status);
  },
});
