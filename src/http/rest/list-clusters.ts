// GET /v1/clusters

import { z } from '@hono/zod-openapi';
import { refuseField } from '../errors.ts';
import { describeListed } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterListSchema } from './schemas/cluster.ts';
import { queryInteger, queryText } from './schemas/common.ts';

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 500;

export const listClusters = defineFrontEndpoint({
  operationId: 'listClusters',
  method: 'get',
  path: '/v1/clusters',
  tag: 'Clusters',
  summary: 'List the clusters, by name',
  query: z.strictObject({
    limit: queryInteger(1, PAGE_SIZE_MAX, `Clusters per page, default ${PAGE_SIZE_DEFAULT}.`).optional(),
    cursor: queryText('`nextCursor` of the page before.').optional(),
  }),
  answer: { status: 200, description: 'One page of clusters.', schema: clusterListSchema },
  problems: [],
  async handle({ query }, { clusters }) {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const page = await clusters.list({ limit: query.limit ?? PAGE_SIZE_DEFAULT, ...(after === undefined ? {} : { after }) });
    const items = page.items.map(describeListed);
    return { value: page.next === undefined ? { items } : { items, nextCursor: encodeCursor(page.next) } };
  },
});

/** Cursors are opaque to clients; inside is the last name of the page, which stays valid when clusters come and go. */
function encodeCursor(name: string): string {
  return Buffer.from(`after:${name}`).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('after:') || encodeCursor(text.slice('after:'.length)) !== cursor)
    refuseField('query', 'cursor', 'is not a cursor of this list');
  return text.slice('after:'.length);
}
