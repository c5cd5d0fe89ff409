// What was: commands, changes, and the difference between two moments.

import { z } from '@hono/zod-openapi';
import { instantText, kubernetesObjectSchema, nextCursor } from './common.ts';

/** What came of a command. */
export const COMMAND_OUTCOMES = ['accepted', 'refused'] as const;

const refusalSchema = z
  .strictObject({
    code: z.int().openapi({ description: 'Status code of the Kubernetes API.', example: 409 }),
    reason: z.string().openapi({ example: 'AlreadyExists' }),
    message: z.string().openapi({ example: 'pods "web" already exists' }),
    isShortened: z.boolean().optional().openapi({ description: 'The command was long: `details` has the names of its objects only.' }),
  })
  .openapi('CommandRefusal');

const commandSchema = z
  .strictObject({
    number: z.int().openapi({
      description:
        'From 1, the genesis. `#number` is the moment behind it. Of what was refused that of the command before it: behind that one it was refused.',
      example: 45,
    }),
    outcome: z
      .enum(COMMAND_OUTCOMES)
      .openapi({ description: 'What was refused changed nothing, and is no part of the history that makes the state.' }),
    refusal: refusalSchema.optional().openapi({ description: 'What was answered; absent unless it was refused.' }),
    type: z.string().openapi({ description: 'What kind of command it is.', example: 'request' }),
    time: instantText.optional().openapi({ description: 'Virtual time behind the command; absent in what an earlier version stored.' }),
    storedAt: z.string().optional().openapi({
      description: 'Wall time; absent in what an earlier version stored.',
      format: 'date-time',
      example: '2025-06-01T12:00:00.000Z',
    }),
    client: z.string().optional().openapi({ description: 'Who asked, as he names himself.' }),
    resourceVersion: z.string().openapi({ description: 'The latest revision behind it.', example: '123' }),
    digest: z.string().openapi({ description: 'Of the history up to it.' }),
    details: z.record(z.string(), z.unknown()).openapi({
      description: 'What it says; depends on the type. Of what was refused and was long, the names of its objects.',
    }),
  })
  .openapi('ClusterCommand');

export type CommandEntry = z.output<typeof commandSchema>;

export const commandListSchema = z
  .strictObject({
    items: z.array(commandSchema),
    nextCursor,
  })
  .openapi('ClusterCommandList');

const changeSchema = z
  .strictObject({
    resourceVersion: z.string().openapi({ example: '123' }),
    time: instantText,
    type: z.enum(['ADDED', 'MODIFIED', 'DELETED']),
    resource: z.string().openapi({ example: 'replicasets.apps' }),
    namespace: z.string().optional(),
    name: z.string(),
    object: kubernetesObjectSchema.openapi({ description: 'The object behind the change; for DELETED the last one.' }),
  })
  .openapi('ClusterChange');

export type ChangeEntry = z.output<typeof changeSchema>;

export const changeListSchema = z
  .strictObject({
    items: z.array(changeSchema),
    nextCursor,
  })
  .openapi('ClusterChangeList');

const objectName = {
  resource: z.string().openapi({ example: 'pods' }),
  namespace: z.string().optional(),
  name: z.string(),
};

export const fieldDifferenceSchema = z
  .strictObject({
    path: z.string().openapi({ description: 'JSON pointer into the object.', example: '/status/phase' }),
    from: z.unknown().optional().openapi({ description: 'Absent: the field was not there.' }),
    to: z.unknown().optional().openapi({ description: 'Absent: the field is gone.' }),
  })
  .openapi('FieldDifference');

const sideSchema = z.strictObject({ time: instantText, resourceVersion: z.string(), digest: z.string() }).openapi('ComparedMoment');

const comparedSchema = z.strictObject({ ...objectName, object: kubernetesObjectSchema }).openapi('ComparedObject');

const changedSchema = z.strictObject({ ...objectName, fields: z.array(fieldDifferenceSchema) }).openapi('ChangedObject');

export const differenceSchema = z
  .strictObject({
    from: sideSchema,
    to: sideSchema,
    added: z.array(comparedSchema),
    removed: z.array(comparedSchema),
    changed: z.array(changedSchema),
    isTruncated: z
      .boolean()
      .openapi({ description: 'Whether more may differ than one answer says, some 8 MiB. Objects come by resource, namespace and name.' }),
  })
  .openapi('ClusterDifference');

export type Difference = z.output<typeof differenceSchema>;

const causeSchema = z
  .strictObject({
    kind: z.enum(['change', 'timer', 'command']),
    time: instantText,
    component: z.string().optional().openapi({ description: 'Whose doing it was; absent of commands.', example: 'replicaset' }),
    sentence: z.string().openapi({ example: 'The ReplicaSet controller created pods default/web-5d4f8.' }),
    rule: z
      .string()
      .openapi({ description: 'By which it was done: an id of `docs/rules`, or a section of `docs/contract.md`.', example: 'C121' }),
    resourceVersion: z.string().optional().openapi({ description: 'Of a change.' }),
    object: z.strictObject(objectName).openapi('ObjectName').optional().openapi({ description: 'Of a change.' }),
    timer: z.string().optional().openapi({ description: 'Of a timer: whose, and for what.' }),
    number: z.int().optional().openapi({ description: 'Of a command.' }),
    client: z.string().optional().openapi({ description: 'Of a command: who gave it.' }),
  })
  .openapi('Cause');

export const causesSchema = z
  .strictObject({
    resourceVersion: z.string(),
    causes: z.array(causeSchema).openapi({ description: 'The change itself, then what brought it, and so on back to a command.' }),
    isWhole: z.boolean().openapi({ description: 'Whether the chain leads to a command; if not it goes further back than is looked.' }),
  })
  .openapi('Causes');
