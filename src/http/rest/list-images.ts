// GET /v1/clusters/{cluster}/images

import { z } from '@hono/zod-openapi';
import { ownImages } from '../../engine/cluster/index.ts';
import { pageOf } from './cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery } from './schemas/common.ts';
import { writtenBehavior } from './written-behavior.ts';
import { imageListSchema } from './schemas/image.ts';

export const listImages = defineEndpoint({
  operationId: 'listImages',
  method: 'get',
  path: '/v1/clusters/{cluster}/images',
  tag: 'Images',
  summary: "List the cluster's own image behaviours",
  description: 'Images that are not listed behave as the built-in catalogue says, or as a server that is up at once.',
  params: clusterParams,
  query: z.strictObject(pageQuery('Images')),
  answer: { status: 200, description: 'Behaviours by reference, sorted.', schema: imageListSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'cluster-broken'],
  handle({ params, query }, { service }) {
    const images = service.read(params.cluster, (state) => [...ownImages(state)]);
    const items = images
      .map(([reference, behavior]) => ({ reference, behavior: writtenBehavior(behavior) }))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1));
    return { value: pageOf(items, { ...query, limit: query.limit ?? PAGE_SIZE_DEFAULT }, ({ reference }) => reference) };
  },
});
