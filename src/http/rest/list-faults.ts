// GET /v1/clusters/{cluster}/faults

import { z } from '@hono/zod-openapi';
import { listFaults as faultsOf } from '../../engine/cluster/index.ts';
import { pageOf } from './cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery } from './schemas/common.ts';
import { describeFault, faultListSchema } from './schemas/fault.ts';

/** Digits of ids, so that they sort. */
const KEY_LENGTH = 32;

export const listFaults = defineEndpoint({
  operationId: 'listFaults',
  method: 'get',
  path: '/v1/clusters/{cluster}/faults',
  tag: 'Faults',
  summary: 'List the faults',
  description: 'Those that wait, that are going on, and that are over.',
  params: clusterParams,
  query: z.strictObject(pageQuery('Faults')),
  answer: { status: 200, description: 'The faults, in the order in which they were asked for.', schema: faultListSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'cluster-broken'],
  handle({ params, query }, { service }) {
    const items = service.read(params.cluster, (state) => faultsOf(state).map(describeFault));
    // Their numbers grow.
    return { value: pageOf(items, { ...query, limit: query.limit ?? PAGE_SIZE_DEFAULT }, ({ id }) => id.padStart(KEY_LENGTH, '0')) };
  },
});
