// Values that many routes use: durations, instants, names, page sizes.

import { z } from '@hono/zod-openapi';
import { parseDuration, parseTime } from '../../../engine/apimachinery/time.ts';
import { parseInstant } from '../../../service/instant.ts';
import { CLUSTER_NAME_LENGTH_MAX } from '../../../service/ports.ts';

export const noParameters = z.strictObject({});

/** Parts of a Go duration. */
const DURATION = /^(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/;

const CLUSTER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The name of a new cluster. */
export const clusterNameSchema = z
  .string()
  .max(CLUSTER_NAME_LENGTH_MAX, `must be at most ${CLUSTER_NAME_LENGTH_MAX} characters long`)
  .regex(CLUSTER_NAME, 'must consist of lower case letters, digits and -, and begin and end with a letter or digit (a DNS-1123 label)')
  .openapi({ description: 'A DNS-1123 label, the id of the cluster.', example: 'demo' });

export const clusterParams = z.strictObject({
  cluster: z.string().openapi({ description: 'Name of the cluster.', example: 'demo' }),
});

/** A duration as Kubernetes users write it, or seconds; becomes milliseconds. */
export const durationSchema = z
  .union([z.string(), z.number()], { error: 'must be a duration such as "1h30m", or a number of seconds' })
  .transform((value, context) => {
    const ms = typeof value === 'number' ? Math.round(value * 1000) : parseDuration(value);
    if (ms === undefined || !Number.isSafeInteger(ms))
      return refuseValue(context, `${JSON.stringify(value)} is not a duration; write 90s, 1h30m or 500ms`);
    return ms < 0 ? refuseValue(context, 'must not be negative') : ms;
  })
  .openapi('Duration');

/** What the document says of a duration. */
export const durationDescribed = z
  .string()
  .regex(DURATION)
  .openapi('Duration', {
    description: 'A Go duration, as Kubernetes users write it. A number is taken as well: seconds.',
    examples: ['90s', '1h30m', '500ms'],
  });

/** What the document says of a duration that a word may stand for. */
export function durationOrWord(word: string) {
  return z.string().regex(new RegExp(`^(?:${word}|${DURATION.source.slice(1, -1)})$`));
}

const TTL_MS_MIN = 1_000;
const TTL_MS_MAX = 10 * 366 * 24 * 60 * 60 * 1_000;

/** Wall time without use after which a cluster is deleted. */
export const ttlSchema = durationSchema
  .refine((ms) => ms >= TTL_MS_MIN && ms <= TTL_MS_MAX, 'must be from 1s to ten years')
  .openapi('Duration', {
    description:
      'Wall time without use after which the cluster is deleted, with its history. Every request that is about it is a use, and as long as one is being answered (a watch, for instance) it is in use; lists are not, nor is a running clock. Absent: it is kept until it is deleted.',
    example: '2h',
  });

/** RFC 3339; becomes milliseconds since 1970. */
export const instantSchema = z
  .string({ error: 'must be a date and time such as "2025-01-01T00:00:00Z"' })
  .transform(
    (text, context) =>
      parseTime(text) ?? refuseValue(context, `${JSON.stringify(text)} is not a date and time; write 2025-01-01T00:00:00Z`),
  )
  .openapi({ description: 'RFC 3339.', format: 'date-time', example: '2025-01-01T00:10:00Z' });

/** A moment of the past. */
export const momentSchema = z
  .string({ error: 'must be given once' })
  .transform(
    (text, context) =>
      parseInstant(text) ??
      refuseValue(context, `${JSON.stringify(text)} is no moment; write a time such as 2025-01-01T00:10:00Z, rv:123 or command:45`),
  )
  .openapi({
    type: 'string',
    description:
      'A moment of the past: a virtual time (RFC 3339; with all that happened at it), a revision (`rv:123`), or a command (`#45`, `command:45`). Absent: now.',
    example: 'rv:123',
  });

/** An instant in an answer. */
export const instantText = z.string().openapi({ description: 'RFC 3339, UTC.', format: 'date-time', example: '2025-01-01T00:10:00Z' });

/** Whole numbers in a query. */
export function queryInteger(minimum: number, maximum: number, description: string) {
  return z
    .string({ error: 'must be given once' })
    .regex(/^\d{1,15}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be a whole number from ${minimum} to ${maximum}`)
    .openapi({ type: 'integer', minimum, maximum, description });
}

/** Text in a query. */
export function queryText(description: string, example?: string) {
  return z.string({ error: 'must be given once' }).openapi({ description, ...(example === undefined ? {} : { example }) });
}

/** Reports a mistake from inside a transformation. */
export function refuseValue(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message, input: context.value });
  return z.NEVER;
}

/** An object of Kubernetes; what is in it beside its names, its API says. */
export const kubernetesObjectSchema = z
  .looseObject({
    apiVersion: z.string().optional().openapi({ example: 'v1' }),
    kind: z.string().optional().openapi({ example: 'Pod' }),
    metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('KubernetesObject', { description: 'An object of Kubernetes.' });

/** Items of a page, when nothing is said and at most. */
export const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 500;

/** How a list is read, page by page. */
export function pageQuery(name: string) {
  return {
    limit: queryInteger(1, PAGE_SIZE_MAX, `${name} per page, default ${PAGE_SIZE_DEFAULT}.`).optional(),
    cursor: queryText('`nextCursor` of the page before.').optional(),
  };
}

/** Where the next page of a list begins. */
export const nextCursor = z.string().optional().openapi({ description: '`cursor` of the next page; absent on the last one.' });
