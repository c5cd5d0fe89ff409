// Query of the watch.

import { z } from '@hono/zod-openapi';
import { instantText, kubernetesObjectSchema, queryInteger, queryText } from './common.ts';

const TIMEOUT_SECONDS_MAX = 86_400;

export const watchQuery = z.strictObject({
  resource: queryText('Resources, separated by commas; absent: all.', 'pods,replicasets.apps').optional(),
  namespace: queryText('Namespace; absent: all.', 'default').optional(),
  labelSelector: queryText('Label selector; an object that leaves the selection appears as DELETED.', 'app=web').optional(),
  fieldSelector: queryText('Field selector.', 'metadata.name=web').optional(),
  resourceVersion: queryText('Changes after this resource version; absent: the present objects first, as ADDED, then changes.').optional(),
  format: z
    .enum(['object', 'table', 'text'], { error: 'must be object, table or text' })
    .optional()
    .openapi({ description: '`object` (default), `table`: a server-side Table of one row, `text`: the line of `kubectl get --watch`.' }),
  timeoutSeconds: queryInteger(1, TIMEOUT_SECONDS_MAX, 'Ends the stream after that much wall time.').optional(),
});

/** What the document says of the headers of the watch. */
export const watchHeaders = z.strictObject({
  'Last-Event-ID': z
    .string()
    .optional()
    .openapi({ description: 'The `id` of the last event that came; the stream goes on behind it.', example: '42' }),
});

/** Data of the events of a watch. */
export const watchEventSchema = z
  .strictObject({
    type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
    time: instantText,
    object: kubernetesObjectSchema.openapi({ description: 'The object; with `format=table` a Table of one row, with ERROR a Status.' }),
  })
  .openapi('WatchEvent', { description: 'Something that happened: the data of the events of a watch.' });

export type WatchQuery = z.output<typeof watchQuery>;
