// GET /v1/clusters/{cluster}/diff

import { z } from '@hono/zod-openapi';
import { type Difference as ObjectDifference, diffObjects } from '../../engine/cluster/index.ts';
import { serviceAt } from '../../service/past-view.ts';
import type { ClusterInfo } from '../../service/ports.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, momentSchema, queryText } from './schemas/common.ts';
import { differenceSchema } from './schemas/history.ts';

export const getDifference = defineEndpoint({
  operationId: 'getDifference',
  method: 'get',
  path: '/v1/clusters/{cluster}/diff',
  tag: 'History',
  summary: 'Compare two moments of the cluster',
  description:
    'Objects that were added, removed and changed between two moments, by field. What differs in every write (`metadata.resourceVersion`, `metadata.managedFields`) is left out.',
  params: clusterParams,
  query: z.strictObject({
    from: momentSchema,
    to: momentSchema.optional(),
    resource: queryText('Only objects of this resource.', 'pods').optional(),
    namespace: queryText('Only objects in this namespace.', 'default').optional(),
  }),
  answer: { status: 200, description: 'What differs.', schema: differenceSchema },
  problems: ['cluster-not-found', 'cluster-broken', 'invalid-instant', 'gone'],
  async handle({ params: { cluster }, query }, { service }) {
    const before = await serviceAt(service, cluster, query.from);
    const after = await serviceAt(service, cluster, query.to);
    const difference: ObjectDifference = before.read(cluster, (from) => after.read(cluster, (to) => diffObjects(from, to, query)));
    return { value: { from: momentOf(before.get(cluster)), to: momentOf(after.get(cluster)), ...difference } };
  },
});

function momentOf({ now, resourceVersion, digest }: ClusterInfo): { time: string; resourceVersion: string; digest: string } {
  return { time: now, resourceVersion, digest };
}
