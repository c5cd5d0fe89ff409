// GET /v1/clusters/{cluster}/commands

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { JournalRow } from '../../service/storage.ts';
import { decodeNumberCursor, encodeCursor } from './cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery, queryInteger } from './schemas/common.ts';
import { commandListSchema, type CommandEntry } from './schemas/history.ts';

export const listCommands = defineEndpoint({
  operationId: 'listCommands',
  method: 'get',
  path: '/v1/clusters/{cluster}/commands',
  tag: 'History',
  summary: 'List what was ever asked of the cluster',
  description:
    'Every command that changed the cluster or moved its clock, in order. Executed from the genesis on they give the same history to the byte. What was refused changed nothing and is not among them.',
  params: clusterParams,
  query: z.strictObject({
    ...pageQuery('Commands'),
    after: queryInteger(0, Number.MAX_SAFE_INTEGER, 'Number of the command behind which the list begins; default 0.').optional(),
  }),
  answer: { status: 200, description: 'One page of commands.', schema: commandListSchema },
  problems: ['cluster-not-found', 'cluster-broken'],
  async handle({ params, query }, { service }) {
    const limit = query.limit ?? PAGE_SIZE_DEFAULT;
    const rows = await service.history.commands(
      params.cluster,
      query.cursor === undefined ? (query.after ?? 0) : decodeNumberCursor(query.cursor),
      limit + 1,
    );
    const items = rows.slice(0, limit).map(describeCommand);
    const last = items.at(-1);
    return { value: rows.length > limit && last !== undefined ? { items, nextCursor: encodeCursor(String(last.number)) } : { items } };
  },
});

function describeCommand({ number, command, revision, digest, nowMs, wallMs, client }: JournalRow): CommandEntry {
  const { type, ...details } = command;
  return {
    number,
    type,
    ...(nowMs === undefined ? {} : { time: formatInstant(nowMs) }),
    ...(wallMs === undefined ? {} : { storedAt: new Date(wallMs).toISOString() }),
    ...(client === undefined ? {} : { client }),
    resourceVersion: String(revision),
    digest,
    details,
  };
}
