// GET /v1/clusters/{cluster}/commands

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { Asked } from '../../service/ports.ts';
import { type Refusal, type RefusalPosition, REFUSALS_MAX } from '../../service/storage.ts';
import { decodePositionCursor, encodeCursor } from './cursor.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery, queryInteger } from './schemas/common.ts';
import { COMMAND_OUTCOMES, commandListSchema, type CommandEntry } from './schemas/history.ts';

export const listCommands = defineEndpoint({
  operationId: 'listCommands',
  method: 'get',
  path: '/v1/clusters/{cluster}/commands',
  tag: 'History',
  summary: 'List what was ever asked of the cluster',
  description:
    'Every command that changed the cluster or moved its clock, in order. Executed from the genesis on they give the same history to the byte. ' +
    `Between them stands what was refused, the last ${REFUSALS_MAX} of it, with the answer: it changed nothing. What was tried with \`dryRun\` is not among them.`,
  params: clusterParams,
  query: z.strictObject({
    ...pageQuery('Commands'),
    after: queryInteger(0, Number.MAX_SAFE_INTEGER, 'Number of the command behind which the list begins; default 0.').optional(),
    outcome: z
      .enum(COMMAND_OUTCOMES)
      .optional()
      .openapi({ description: 'Only commands that were accepted, or only those that were refused.' }),
  }),
  answer: { status: 200, description: 'One page of commands.', schema: commandListSchema },
  problems: ['cluster-not-found', 'cluster-broken'],
  async handle({ params, query }, { service }) {
    const limit = query.limit ?? PAGE_SIZE_DEFAULT;
    const after = query.cursor === undefined ? { number: query.after ?? 0, id: 0 } : decodePositionCursor(query.cursor);
    const asked = await service.history.asked(params.cluster, after, limit + 1, query.outcome);
    const page = asked.slice(0, limit);
    const last = page.at(-1);
    const next = asked.length > limit && last !== undefined ? { nextCursor: cursorBehind(last) } : {};
    return { value: { items: page.map(describeAsked), ...next } };
  },
});

function cursorBehind(asked: Asked): string {
  const { number, id }: RefusalPosition = asked.outcome === 'accepted' ? { number: asked.row.number, id: 0 } : asked.refusal;
  return encodeCursor(id === 0 ? String(number) : `${number}.${id}`);
}

function describeAsked(asked: Asked): CommandEntry {
  const { number, command, revision, digest, nowMs, wallMs, client } = asked.outcome === 'accepted' ? asked.row : asked.refusal;
  const { type, ...details } = command;
  return {
    number,
    type,
    outcome: asked.outcome,
    ...(asked.outcome === 'accepted' ? {} : { refusal: describeRefusal(asked.refusal) }),
    ...(nowMs === undefined ? {} : { time: formatInstant(nowMs) }),
    ...(wallMs === undefined ? {} : { storedAt: new Date(wallMs).toISOString() }),
    ...(client === undefined ? {} : { client }),
    resourceVersion: String(revision),
    digest,
    details,
  };
}

function describeRefusal({ code, reason, message, isShortened }: Refusal): NonNullable<CommandEntry['refusal']> {
  return { code, reason, message, ...(isShortened ? { isShortened } : {}) };
}
