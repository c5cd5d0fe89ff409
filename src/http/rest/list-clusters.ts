// GET /v1/clusters

import { z } from '@hono/zod-openapi';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { describeListed } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterListSchema } from './schemas/cluster.ts';
import { anySelectorSchema, selects } from './schemas/labels.ts';
import { PAGE_SIZE_DEFAULT, pageQuery } from './schemas/common.ts';

export const listClusters = defineFrontEndpoint({
  operationId: 'listClusters',
  method: 'get',
  path: '/v1/clusters',
  tag: 'Clusters',
  summary: 'List the clusters, by name',
  description: 'Those that sleep are listed as they fell asleep, and are not woken; those that are broken with what is wrong.',
  query: z.strictObject({ ...pageQuery('Clusters'), labelSelector: anySelectorSchema.optional() }),
  answer: { status: 200, description: 'One page of clusters.', schema: clusterListSchema },
  problems: [],
  async handle({ query }, { clusters }) {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const { limit = PAGE_SIZE_DEFAULT, labelSelector } = query;
    const page = await clusters.list({ limit, after, ...(labelSelector === undefined ? {} : { selects: selects(labelSelector) }) });
    const items = page.items.map(describeListed);
    return { value: page.next === undefined ? { items } : { items, nextCursor: encodeCursor(page.next) } };
  },
});
