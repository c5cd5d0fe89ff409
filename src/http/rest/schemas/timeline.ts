// The timeline: rows, spans of state on them, marks.

import { z } from '@hono/zod-openapi';
import { MARK_TYPES, ROW_KINDS, SPAN_STATES } from '../../../engine/cluster/index.ts';
import { instantText } from './common.ts';

const atMs = (description: string) =>
  z.int().openapi({ description: `${description} Virtual milliseconds since 1970.`, example: 1_735_689_600_000 });

const rowMembers = {
  id: z.string().openapi({ description: 'Of the row, the same in every answer.', example: 'pods/default/web-0' }),
  kind: z.enum(ROW_KINDS),
  resource: z.string().openapi({ description: 'Of the object; of a container its pod.', example: 'pods' }),
  namespace: z.string().optional(),
  name: z.string(),
  parent: z.string().optional().openapi({ description: 'Row that it belongs to: the workload of a pod, the pod of a container.' }),
  node: z.string().optional().openapi({ description: 'Of a pod that has one.' }),
};

const standingMembers = {
  fromMs: atMs('When it began, or the timeline did.'),
  state: z.enum(SPAN_STATES),
  reason: z.string().optional().openapi({ example: 'CrashLoopBackOff' }),
};

const spanSchema = z.strictObject({ ...standingMembers, toMs: atMs('Absent: it goes on.').optional() }).openapi('TimelineSpan');

const markMembers = {
  atMs: atMs('When it happened.'),
  type: z.enum(MARK_TYPES),
  text: z.string().openapi({ example: 'Readiness probe failed: HTTP probe failed with statuscode: 500' }),
  number: z
    .int()
    .optional()
    .openapi({ description: 'Of a command or a fault: that of the command. Of what was refused: that of the command before it.' }),
  fault: z.string().optional().openapi({
    description:
      'Id of the fault that strikes, or that is ended. One that is ended before its time never strikes: of a stream its mark counts no more.',
    example: 'fault-1',
  }),
};

const markSchema = z.strictObject(markMembers).openapi('TimelineMark');

export const timelineSchema = z
  .strictObject({
    fromMs: atMs('Where it begins.'),
    toMs: atMs('Where it ends: spans that go on have no end.'),
    to: instantText,
    resourceVersion: z.string().openapi({ description: 'The last revision that was looked at.' }),
    rows: z.array(z.strictObject({ ...rowMembers, spans: z.array(spanSchema), marks: z.array(markSchema) }).openapi('TimelineRow')),
    marks: z.array(markSchema).openapi({ description: 'Those that belong to no row: commands, faults of registries and images.' }),
    next: z.string().optional().openapi({ description: '`from` of the next page; absent on the last one.', example: 'rv:5000' }),
  })
  .openapi('Timeline');

const stepSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('row'), row: z.strictObject(rowMembers).openapi('TimelineRowName') }).openapi('TimelineRowStep'),
    z.strictObject({ type: z.literal('span'), row: z.string(), ...standingMembers }).openapi('TimelineSpanStep'),
    z.strictObject({ type: z.literal('end'), row: z.string(), toMs: atMs('When the object was gone.') }).openapi('TimelineEndStep'),
    z.strictObject({ type: z.literal('mark'), row: z.string().optional(), mark: markSchema }).openapi('TimelineMarkStep'),
  ])
  .openapi('TimelineStep');

/** The data of the `steps` events of a stream. */
export const timelineStepsSchema = z.strictObject({ steps: z.array(stepSchema) }).openapi('TimelineSteps');

/** The data of its `now` events. */
export const timelineNowSchema = z
  .strictObject({ nowMs: atMs('Everything up to here was told.'), resourceVersion: z.string() })
  .openapi('TimelineNow');

export type TimelineBody = z.output<typeof timelineSchema>;
export type TimelineStepBody = z.output<typeof stepSchema>;
