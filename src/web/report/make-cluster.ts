// A scenario as a cluster to look at: the service runs it, and makes a cluster of what was done, as anybody can with a recording.

import { api, ApiError, dataOf } from '../api/client.ts';
import { go } from '../state/route.ts';
import { text } from '../text/text.ts';

/** Goes to the moment at which the scenario fails, in a cluster of its own. Fails: ApiError, TypeError when nobody answers. */
export async function makeCluster(scenario: object, atMs: number): Promise<void> {
  // What was made smaller may have lost its name.
  const body = JSON.stringify({ metadata: { name: 'scenario' }, ...scenario });
  const { runs } = await dataOf(
    api.POST('/v1/scenarios/runs', {
      params: { query: { recordings: true } },
      body: body as never,
      bodySerializer: () => body,
      headers: { 'Content-Type': 'application/json' },
    }),
  );
  const recording = runs[0]?.recording;
  if (recording === undefined) throw new ApiError(text.report.none);
  const { cluster } = await dataOf(
    api.POST('/v1/clusters/import', {
      params: { query: { check: 'report' } },
      body: recording,
      bodySerializer: () => recording,
      headers: { 'Content-Type': 'application/x-ndjson' },
    }),
  );
  const isPast = atMs < Date.parse(cluster.now);
  go({ cluster: cluster.name, at: isPast ? new Date(atMs).toISOString() : undefined });
}
