// Query of the watch.

import { z } from '@hono/zod-openapi';
import { queryInteger, queryText } from './common.ts';

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

export type WatchQuery = z.output<typeof watchQuery>;
