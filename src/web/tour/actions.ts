// Each step of the guided visit, done by the page: with the calls that anybody could make.

import { api, dataOf } from '../api/client.ts';
import type { Advance } from '../cluster/advance-grammar.ts';
import { TEMPLATES } from '../clusters/templates.ts';
import { change, go, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import type { StepName } from './progress.ts';

/** Fails: ApiError with what the service says, or with what is missing. */
export async function doStep(step: StepName): Promise<void> {
  if (step === 'create') {
    const { name } = await dataOf(api.POST('/v1/clusters', { body: {} }));
    go({ cluster: name });
    return;
  }
  const { cluster } = route.value;
  if (cluster === undefined) throw new Error(text.tour.noCluster);
  await ACTIONS[step](cluster);
}

const ACTIONS: Readonly<Record<Exclude<StepName, 'create'>, (cluster: string) => Promise<void>>> = {
  async apply(cluster) {
    const [, { manifests = '' }] = TEMPLATES;
    const headers = { 'Content-Type': 'application/yaml' };
    const params = { path: { cluster } };
    await dataOf(
      api.POST('/v1/clusters/{cluster}/manifests', { params, body: manifests as never, bodySerializer: () => manifests, headers }),
    );
  },
  async turn(cluster) {
    await advance(cluster, { until: { for: 'condition=Ready', resource: 'pods' } });
  },
  async break(cluster) {
    const pod = await firstPod(cluster);
    const body = { type: 'probe-fail', target: { pod } } as const;
    await dataOf(api.POST('/v1/clusters/{cluster}/faults', { params: { path: { cluster } }, body }));
    await advance(cluster, { by: '1m' });
  },
  async why(cluster) {
    change({ at: undefined, object: `pods/default/${await firstPod(cluster)}`, tab: 'why' });
  },
  async mend(cluster) {
    const path = { cluster };
    const { items } = await dataOf(api.GET('/v1/clusters/{cluster}/faults', { params: { path, query: {} } }));
    for (const { id, state } of items)
      if (state !== 'over') await dataOf(api.DELETE('/v1/clusters/{cluster}/faults/{id}', { params: { path: { ...path, id } } }));
    await advance(cluster, { until: { for: 'condition=Ready', resource: 'pods' }, timeout: '10m' });
  },
  async fork(cluster) {
    const { name } = await dataOf(api.POST('/v1/clusters/{cluster}/forks', { params: { path: { cluster } }, body: {} }));
    go({ cluster: name });
  },
};

async function advance(cluster: string, body: Advance): Promise<void> {
  await dataOf(api.POST('/v1/clusters/{cluster}/clock/advance', { params: { path: { cluster } }, body }));
}

/** The first pod by name. Fails: when there is none. */
async function firstPod(cluster: string): Promise<string> {
  const query = { resource: 'pods' };
  const { rows } = await dataOf(api.GET('/v1/clusters/{cluster}/timeline', { params: { path: { cluster }, query } }));
  const names = rows.filter(({ kind }) => kind === 'pod').map(({ name }) => name);
  const [first] = names.sort();
  if (first === undefined) throw new Error(text.tour.noPod);
  return first;
}
