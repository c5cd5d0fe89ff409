// DELETE /v1/clusters?labelSelector=...

import { z } from '@hono/zod-openapi';
import { ServiceError } from '../../service/ports.ts';
import { problemOfError } from '../errors.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { bulkDeletionSchema } from './schemas/cluster.ts';
import { labelSelectorSchema, selects } from './schemas/labels.ts';

export const deleteClusters = defineFrontEndpoint({
  operationId: 'deleteClusters',
  method: 'delete',
  path: '/v1/clusters',
  tag: 'Clusters',
  summary: 'Delete the clusters that labels select',
  description:
    'All of them, with their histories, one after the other. One that cannot be deleted does not keep the others; the answer names both. A selector is needed, and one that selects everything is refused.',
  query: z.strictObject({ labelSelector: labelSelectorSchema }),
  answer: { status: 200, description: 'What was deleted, and what was not.', schema: bulkDeletionSchema },
  problems: ['storage-unavailable'],
  async handle({ query }, { clusters }) {
    const deleted: string[] = [];
    const failed: { name: string; problem: { code: string; detail: string } }[] = [];
    for (const name of clusters.selected(selects(query.labelSelector))) {
      try {
        await clusters.remove(name);
        deleted.push(name);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        // Somebody else was quicker.
        if (error.code === 'cluster-not-found') continue;
        const { code, detail } = problemOfError(error);
        failed.push({ name, problem: { code, detail } });
      }
    }
    return { value: { deleted, failed } };
  },
});
