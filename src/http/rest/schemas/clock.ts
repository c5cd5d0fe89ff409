// The virtual clock: its mode, and the ways to move it.

import { z } from '@hono/zod-openapi';
import { formatDuration } from '../../../engine/apimachinery/time.ts';
import { AUTO_RATE, PATIENCE_MS } from '../../../service/limits.ts';
import { findingSchema } from './explain.ts';
import { durationDescribed, durationSchema, instantSchema, instantText } from './common.ts';

export const RATE_MAX = 100_000;
export const PATIENCE_MS_MAX = 60_000;

const RATE_DESCRIPTION =
  'Virtual seconds per wall second; only of running clocks, default 1. With "auto" the clock stands still while nobody waits. While a watch is open, a log is followed, a command is executed in a container or a client asks for ' +
  `the same again and again, it goes from change to change, by up to ${AUTO_RATE} virtual seconds per wall second, and stops where something went to one who waits, until he has left or was silent for \`patience\`. ` +
  'Equal sessions of commands that follow on each other therefore give equal digests.';

const PATIENCE_DESCRIPTION = `Wall time, only with the rate "auto"; default ${PATIENCE_MS}ms, at most ${PATIENCE_MS_MAX / 1000}s.`;

const rateSchema = z
  .union([z.number().gt(0, 'must be greater than 0').max(RATE_MAX, `must be at most ${RATE_MAX}`), z.literal('auto')], {
    error: `must be a number greater than 0 and at most ${RATE_MAX}, or "auto"`,
  })
  .openapi('ClockRate', { description: RATE_DESCRIPTION });

const wallTime = durationSchema.refine((ms) => ms <= PATIENCE_MS_MAX, `must be at most ${PATIENCE_MS_MAX / 1000}s`);

/** A clock as it is set. */
export const clockSpecSchema = z
  .strictObject({
    mode: z.enum(['manual', 'running'], { error: 'must be "manual" or "running"' }),
    rate: rateSchema.optional(),
    patience: wallTime.transform(formatDuration).optional().openapi('Duration', { description: PATIENCE_DESCRIPTION, example: '100ms' }),
  })
  .refine((clock) => clock.rate === 'auto' || clock.patience === undefined, {
    path: ['patience'],
    error: 'only a clock with the rate "auto" has patience',
  })
  .refine((clock) => clock.mode === 'running' || clock.rate === undefined, { path: ['rate'], error: 'only a running clock has a rate' })
  .openapi('ClockSpec');

const clockMembers = {
  mode: z.enum(['manual', 'running']),
  rate: rateSchema.optional(),
  patience: z.string().optional().openapi({ description: PATIENCE_DESCRIPTION, example: '100ms' }),
};

/** A clock as it is part of a cluster. */
export const clockStateSchema = z.strictObject(clockMembers).openapi('ClockState');

/** A clock as it stands. */
export const clockSchema = z
  .strictObject({
    ...clockMembers,
    now: instantText,
    elapsedSeconds: z.number().openapi({ description: 'Virtual seconds since the start of the cluster.' }),
    nextChangeAt: instantText
      .nullable()
      .openapi({ description: 'The next instant at which something is scheduled; null when nothing is.' }),
  })
  .openapi('ClusterClock');

const waitSchema = z
  .strictObject({
    for: z.string().openapi({ description: 'As `kubectl wait --for` takes it.', example: 'condition=Ready' }),
    resource: z.string().default('pods').openapi({ description: 'Resource, as in `pods` or `replicasets.apps`.', example: 'pods' }),
    name: z.string().min(1, 'must not be empty').optional().openapi({ description: 'One object; absent: all selected ones.' }),
    selector: z.string().optional().openapi({ description: 'Label selector.', example: 'app=web' }),
    namespace: z
      .string()
      .min(1, 'must not be empty')
      .optional()
      .openapi({ description: 'Default `default`; not for cluster-scoped resources.' }),
  })
  .openapi('WaitCondition');

export type WaitBody = z.output<typeof waitSchema>;

const BARRIER_CLIENTS_MAX = 16;

const barrierSchema = z
  .strictObject({
    clients: z
      .array(z.string().min(1, 'must not be empty'))
      .min(1, 'must name a client')
      .max(BARRIER_CLIENTS_MAX)
      .openapi({ description: 'Names in their kubeconfigs (`GET …/kubeconfig?client=NAME`), or of their programs in the user agent.' }),
    quiet: wallTime
      .optional()
      .openapi('Duration', { description: 'Wall time in which a client must ask for nothing to be done; default 50ms.', example: '50ms' }),
    patience: wallTime
      .optional()
      .openapi('Duration', { description: 'Wall time that a client has for one instant; default 10s.', example: '10s' }),
  })
  .openapi('Barrier', {
    description:
      'Lockstep with clients outside: after each instant at which something changed, the clock waits for them to have read it and done what they do.',
  });

const GOALS = ['by', 'to', 'steps', 'until'] as const;

export const STEPS_MAX = 1_000_000;

/** Where to move the clock: exactly one goal. */
export const advanceSchema = z
  .strictObject({
    by: durationSchema.optional(),
    to: instantSchema.optional(),
    steps: z
      .int({ error: `must be a whole number from 1 to ${STEPS_MAX}` })
      .min(1, 'must be at least 1')
      .max(STEPS_MAX, `must be at most ${STEPS_MAX}`)
      .optional()
      .openapi({ description: 'That many further instants at which an object changes.' }),
    until: z
      .union([z.literal('idle'), waitSchema], { error: 'must be "idle" or a condition {for, resource, name, selector, namespace}' })
      .optional()
      .openapi({ description: 'The first instant at which it holds; `idle`: nothing is scheduled any more that could change an object.' }),
    barrier: barrierSchema.optional(),
    timeout: durationSchema
      .optional()
      .openapi({ description: 'Virtual time to give up after; with `until` only. Default 10m, for `idle` 24h.' }),
  })
  .superRefine((body, context) => {
    const given = GOALS.filter((goal) => body[goal] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? 'none is given' : `${given.join(', ')} are given`;
      context.addIssue({ code: 'custom', message: `exactly one of ${GOALS.join(', ')} must be given; ${found}` });
    } else if (body.timeout !== undefined && body.until === undefined) {
      context.addIssue({ code: 'custom', path: ['timeout'], message: 'only an advance with until has a timeout' });
    }
  })
  .openapi('Advance');

export type AdvanceBody = z.output<typeof advanceSchema>;

const STEPS_DESCRIBED = z.int().min(1).max(STEPS_MAX).openapi({ description: 'That many further instants at which an object changes.' });
const timeoutOf = (fallback: string) =>
  durationDescribed.optional().openapi({ description: `Virtual time to give up after. Default: ${fallback}.` });

const LOCKSTEP = { barrier: barrierSchema.optional() };

/** What the document says of an advance: one schema for each form. */
export const advanceDescribed = z
  .union([
    z
      .strictObject({ by: durationDescribed, ...LOCKSTEP })
      .openapi('AdvanceBy', { description: 'By so much virtual time.', example: { by: '90s' } }),
    z
      .strictObject({ to: instantText, ...LOCKSTEP })
      .openapi('AdvanceTo', { description: 'To an instant, not before now.', example: { to: '2025-01-01T01:00:00Z' } }),
    z
      .strictObject({ steps: STEPS_DESCRIBED, ...LOCKSTEP })
      .openapi('AdvanceSteps', { description: 'From one change to the next.', example: { steps: 10 } }),
    z.strictObject({ until: waitSchema, timeout: timeoutOf('10m'), ...LOCKSTEP }).openapi('AdvanceUntil', {
      description: 'To the first instant at which a condition holds.',
      example: { until: { for: 'condition=Ready', resource: 'pods', name: 'web' }, timeout: '10m' },
    }),
    z.strictObject({ until: z.literal('idle'), timeout: timeoutOf('24h'), ...LOCKSTEP }).openapi('AdvanceUntilIdle', {
      description: 'Until nothing is scheduled any more that could change an object.',
      example: { until: 'idle', timeout: '24h' },
    }),
  ])
  .openapi('Advance', { description: 'Where to move the clock.' });

/** Data of the `progress` events of an advance. */
export const progressSchema = z
  .strictObject({ now: instantText, elapsedSeconds: z.number(), watchEvents: z.int() })
  .openapi('Progress', { description: 'How far an advance is: the data of its `progress` events.' });

const nearestSchema = z
  .strictObject({
    resource: z.string().openapi({ example: 'pods' }),
    namespace: z.string().optional(),
    name: z.string(),
    state: z.string().openapi({ example: 'Ready is False (ContainersNotReady) since 2025-01-01T00:00:00Z' }),
  })
  .openapi('NearestObject', { description: 'Of a condition that was not reached: the object that comes closest.' });

export const advanceResultSchema = z
  .strictObject({
    from: instantText,
    now: instantText,
    elapsedSeconds: z.number().openapi({ description: 'Virtual seconds since the start of the cluster.' }),
    reached: z.boolean().openapi({ description: 'Whether the goal was reached.' }),
    watchEvents: z.int().openapi({ description: 'How many watch events the advance made.' }),
    digest: z.string().openapi({ description: 'Hash over the whole history.' }),
    nearest: nearestSchema.optional(),
    explanation: z
      .array(findingSchema)
      .optional()
      .openapi({ description: 'Of a condition that was not reached: why, as `explain` says it of the nearest object.' }),
  })
  .openapi('AdvanceResult');
