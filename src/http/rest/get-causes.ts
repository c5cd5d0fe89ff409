// GET /v1/clusters/{cluster}/changes/{revision}/causes

import { formatInstant } from '../../engine/apimachinery/time.ts';
import { inWords } from '../../engine/cluster/index.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, queryInteger } from './schemas/common.ts';
import { causesSchema } from './schemas/history.ts';

export const getCauses = defineEndpoint({
  operationId: 'getCauses',
  method: 'get',
  path: '/v1/clusters/{cluster}/changes/{revision}/causes',
  tag: 'History',
  summary: 'Say what brought a change',
  description:
    'The chain from a change back to the command or fault that began it: each link is there because of the next one. It is found by replaying the history from the checkpoint before, ' +
    'with every work noted with what woke it, so that nothing is guessed.',
  params: clusterParams.extend({ revision: queryInteger(1, Number.MAX_SAFE_INTEGER, 'The revision of the change.') }),
  answer: { status: 200, description: 'The chain.', schema: causesSchema },
  speaks: true,
  problems: ['cluster-not-found', 'cluster-broken', 'invalid-instant', 'gone'],
  async handle({ params: { cluster, revision }, language }, { service }) {
    const { links, isWhole } = await service.history.causes(cluster, revision);
    const causes = links.map(({ timeMs, revision: of, ...link }) => ({
      ...link,
      sentence: inWords(link.sentence, language),
      time: formatInstant(timeMs),
      ...(of === undefined ? {} : { resourceVersion: String(of) }),
    }));
    return { value: { resourceVersion: String(revision), causes, isWhole } };
  },
});
