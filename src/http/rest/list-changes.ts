// GET /v1/clusters/{cluster}/changes

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { LoggedChange } from '../../service/ports.ts';
import { decodeNumberCursor, encodeCursor } from './cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery, queryInteger, queryText } from './schemas/common.ts';
import { type ChangeEntry, changeListSchema } from './schemas/history.ts';

export const listChanges = defineEndpoint({
  operationId: 'listChanges',
  method: 'get',
  path: '/v1/clusters/{cluster}/changes',
  tag: 'History',
  summary: 'List the changes of objects',
  description: 'The watch history, oldest first, as far back as it is retained.',
  params: clusterParams,
  query: z.strictObject({
    ...pageQuery('Changes'),
    after: queryInteger(
      0,
      Number.MAX_SAFE_INTEGER,
      'Revision behind which the list begins; absent: the oldest one that is retained.',
    ).optional(),
    resource: queryText('Only changes of this resource.', 'replicasets.apps').optional(),
    namespace: queryText('Only changes in this namespace.', 'default').optional(),
    name: queryText('Only changes of objects of this name.', 'web').optional(),
  }),
  answer: { status: 200, description: 'One page of changes.', schema: changeListSchema },
  problems: ['cluster-not-found', 'cluster-broken', 'gone'],
  async handle({ params: { cluster }, query }, { service }) {
    const limit = query.limit ?? PAGE_SIZE_DEFAULT;
    const items: ChangeEntry[] = [];
    const begin = query.cursor === undefined ? query.after : decodeNumberCursor(query.cursor);
    let after = begin ?? Math.max(0, service.oldestRetainedRevision(cluster) - 1);
    // A page looks through a bounded number of changes, found or not.
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const changes = await service.history.changes(cluster, after);
      if (changes.length === 0) return { value: { items } };
      for (const change of changes) {
        if (items.length === limit) return { value: { items, nextCursor: encodeCursor(String(after)) } };
        if (isAsked(change, query)) items.push(describeChange(change));
        after = change.revision;
      }
    }
    return { value: { items, nextCursor: encodeCursor(String(after)) } };
  },
});

const READS_MAX = 20;

interface Asked {
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

function isAsked({ resource, object }: LoggedChange, asked: Asked): boolean {
  const { namespace, name } = object.metadata;
  const isSame = (wanted: string | undefined, value: string | undefined) => wanted === undefined || wanted === value;
  return isSame(asked.resource, resource) && isSame(asked.namespace, namespace) && isSame(asked.name, name);
}

function describeChange({ revision, timeMs, type, resource, object }: LoggedChange): ChangeEntry {
  const { namespace, name } = object.metadata;
  return {
    resourceVersion: String(revision),
    time: formatInstant(timeMs),
    type,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    object: object as Record<string, unknown>,
  };
}
