// Handing in manifests: the query, and one result per object.

import { z } from '@hono/zod-openapi';
import { kubernetesObjectSchema, queryText } from './common.ts';
import { fieldDifferenceSchema } from './history.ts';

export const manifestsQuery = z.strictObject({
  mode: z
    .enum(['apply', 'create', 'delete'], { error: 'must be apply, create or delete' })
    .optional()
    .openapi({ description: '`apply` (default): create or change; `create`: refuse what exists; `delete`: remove.' }),
  namespace: queryText('Namespace of objects that name none, default `default`.', 'default').optional(),
  dryRun: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .optional()
    .openapi({ type: 'boolean', description: 'Checks everything, changes nothing, and says by field what would be different.' }),
});

/** What the document says of manifests in JSON. */
export const manifestsDescribed = z
  .union([kubernetesObjectSchema, z.array(kubernetesObjectSchema)])
  .openapi('Manifests', { description: 'One object, which may be a List, or an array of them.' });

const manifestResultSchema = z
  .strictObject({
    action: z.enum(['created', 'configured', 'unchanged', 'deleted']),
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    fields: z
      .array(fieldDifferenceSchema)
      .optional()
      .openapi({ description: 'With `dryRun`, of an object that would be `configured`: what would be different in it.' }),
  })
  .openapi('ManifestResult');

export const manifestResultsSchema = z
  .strictObject({
    items: z.array(manifestResultSchema).openapi({ description: 'One result per object, in the order of the manifests.' }),
    warnings: z.array(z.string()).openapi({ description: 'What Kubernetes would warn of.' }),
  })
  .openapi('ManifestResults');
