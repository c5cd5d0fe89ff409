// Clusters: what they are created from, and how they are shown.

import { z } from '@hono/zod-openapi';
import { defaultNodes } from '../../../engine/cluster/index.ts';
import { parseTime } from '../../../engine/apimachinery/time.ts';
import { clockSpecSchema, clockStateSchema } from './clock.ts';
import { clusterNameSchema, instantText, nextCursor, refuseValue, ttlSchema } from './common.ts';
import { imageBehaviorSchema, imageReferenceSchema } from './image.ts';
import { labelsSchema } from './labels.ts';
import { nodesSchema } from './node.ts';
import { outsideSchema } from './outside.ts';
import { timingSchema } from './timing.ts';

const NODE_COUNT_DEFAULT = 3;
const START_TIME_DEFAULT = '2025-01-01T00:00:00Z';
const WATCH_EVENTS_DEFAULT = 10_000;
const WATCH_EVENTS_MAX = 10_000_000;
/** The last year a cluster may begin in: ten years later its dates still have four digits. */
const START_YEAR_MAX = 9_900;

const TOKEN_LENGTH_MIN = 16;
const TOKEN_LENGTH_MAX = 256;

const SEED_RANGE = 'must be a whole number from 0 to 2^53-1';

/** `now` stays as it is: only the service knows the wall clock. */
const startTimeSchema = z
  .string({ error: 'must be a date and time such as "2025-01-01T00:00:00Z", or "now"' })
  .transform((text, context) => {
    if (text === 'now') return text;
    const ms = parseTime(text);
    if (ms === undefined) return refuseValue(context, `${JSON.stringify(text)} is not a date and time; write 2025-01-01T00:00:00Z or now`);
    if (ms % 1000 !== 0) return refuseValue(context, 'must be whole seconds');
    if (ms < 0 || Number(text.slice(0, 4)) > START_YEAR_MAX) return refuseValue(context, `must be between 1970 and ${START_YEAR_MAX}`);
    return ms;
  })
  .openapi({ description: 'RFC 3339, whole seconds, or `now`.', example: START_TIME_DEFAULT });

const retentionSchema = z
  .strictObject({
    watchEvents: z
      .int()
      .min(0)
      .max(WATCH_EVENTS_MAX)
      .default(WATCH_EVENTS_DEFAULT)
      .openapi({ description: 'How many watch events stay replayable.' }),
  })
  .openapi('Retention');

export const tokenSchema = z
  .string()
  .min(TOKEN_LENGTH_MIN, `must have at least ${TOKEN_LENGTH_MIN} characters`)
  .max(TOKEN_LENGTH_MAX, `must have at most ${TOKEN_LENGTH_MAX} characters`)
  .regex(/^[A-Za-z0-9\-._~+/]+=*$/, 'may consist of letters, digits and -._~+/ with = at the end')
  .openapi({
    description:
      'A secret of the cluster’s own: from then on its part of both APIs needs it, or the token of the service, as a bearer token, and it opens nothing else. Only a digest is stored; it is no part of the history.',
    example: 'a-secret-of-at-least-16-characters',
  });

export const seedSchema = z.int({ error: SEED_RANGE }).min(0, 'must not be negative').max(Number.MAX_SAFE_INTEGER, SEED_RANGE);

/** Everything a new cluster may be told; the whole of it may be absent. */
export const createClusterSchema = z
  .strictObject({
    name: clusterNameSchema.optional(),
    seed: seedSchema.default(1).openapi({ description: 'Seeds every random choice.' }),
    startTime: startTimeSchema.default(parseTime(START_TIME_DEFAULT) as number).openapi({ default: START_TIME_DEFAULT }),
    clock: clockSpecSchema.default({ mode: 'manual' }).openapi({ default: { mode: 'manual' } }),
    nodes: nodesSchema.default(() => defaultNodes(NODE_COUNT_DEFAULT)).openapi({ default: NODE_COUNT_DEFAULT }),
    images: z.record(imageReferenceSchema, imageBehaviorSchema).default({}).openapi({ description: 'Behaviours by image reference.' }),
    timing: timingSchema.default({}),
    outside: outsideSchema.optional(),
    retention: retentionSchema.default({ watchEvents: WATCH_EVENTS_DEFAULT }),
    token: tokenSchema.optional(),
    labels: labelsSchema.optional(),
    ttl: ttlSchema.optional(),
  })
  .prefault({})
  .openapi('ClusterSpec');

export type CreateClusterBody = z.output<typeof createClusterSchema>;

const linksSchema = z
  .strictObject({
    self: z.string(),
    kubernetes: z.string().openapi({ description: 'Base of the Kubernetes API.' }),
    kubeconfig: z.string(),
    manifests: z.string(),
    clock: z.string(),
    watch: z.string(),
    images: z.string(),
    faults: z.string(),
    commands: z.string(),
    changes: z.string(),
    timeline: z.string(),
    forks: z.string(),
    rewind: z.string(),
    explain: z.string(),
    difference: z.string(),
    export: z.string(),
    advance: z.string(),
  })
  .openapi('ClusterLinks', { description: 'Paths below the address of the service.' });

const parkedWorkSchema = z
  .strictObject({
    kind: z.enum(['key', 'timer']).openapi({ description: 'An object in the queue of a component, or something that was due.' }),
    owner: z.string().openapi({ description: 'The component.', example: 'deployment' }),
    key: z.string().openapi({ description: 'The object, for instance.', example: 'default/web' }),
    until: instantText.openapi({ description: 'Virtual time at which it is tried again.' }),
  })
  .openapi('ParkedWork');

const recordedBySchema = z
  .strictObject({
    engine: z.string().openapi({ description: '`unknown`: from before versions were noted.', example: '0.1.0' }),
    number: z.int().openapi({ description: 'Of the last of these commands.', example: 45 }),
  })
  .openapi('RecordedBy', {
    description:
      'Commands up to this one were executed by another version of the engine. What came of them is served as it was recorded; moments between its checkpoints only where this version comes to the same. Absent: this version executed all.',
  });

export const clusterSchema = z
  .strictObject({
    name: z.string(),
    state: z.enum(['awake', 'asleep']).openapi({ description: 'Whether it is in memory. One that is asleep wakes when it is asked for.' }),
    seed: z.int(),
    startTime: instantText,
    now: instantText,
    elapsedSeconds: z.number().openapi({ description: 'Virtual seconds since the start.' }),
    clock: clockStateSchema,
    resourceVersion: z.string().openapi({ description: 'The latest revision.' }),
    digest: z.string().openapi({ description: 'Hash over the whole history; equal digests mean equal histories.' }),
    nodes: z.int(),
    objects: z.int().openapi({ description: 'Number of stored objects.' }),
    recorded: recordedBySchema.optional(),
    createdAt: z.string().openapi({ description: 'Wall time of the creation.', format: 'date-time' }),
    parked: z.array(parkedWorkSchema).readonly().optional().openapi({
      description:
        'Work on which the engine failed again and again, by a fault of its own, and which waits so that the rest of the cluster goes on. The log has a report of each failure.',
    }),
    labels: labelsSchema.optional(),
    ttl: z
      .string()
      .optional()
      .openapi({ description: 'Wall time without use after which it is deleted; absent: it is kept.', example: '2h' }),
    expiresAt: z.string().optional().openapi({
      description: 'In lists, of clusters with a `ttl`: wall time at which it is deleted unless it is used before.',
      format: 'date-time',
    }),
    links: linksSchema,
  })
  .openapi('Cluster');

/** Links of what has none but its own. */
export const selfLinkSchema = z
  .strictObject({ self: z.string() })
  .openapi('SelfLink', { description: 'Paths below the address of the service.' });

export const brokenClusterSchema = z
  .strictObject({
    name: z.string(),
    state: z.literal('broken').openapi({ description: 'Its files cannot be trusted. It can be deleted.' }),
    problem: z.string().openapi({ description: 'What is wrong with which file, and how to get on.' }),
    links: selfLinkSchema,
  })
  .openapi('BrokenCluster');

const clusterListItemSchema = z.discriminatedUnion('state', [clusterSchema, brokenClusterSchema]).openapi('ClusterListItem');

export const clusterListSchema = z
  .strictObject({
    items: z.array(clusterListItemSchema),
    nextCursor,
  })
  .openapi('ClusterList');

const deletionProblemSchema = z.strictObject({ code: z.string(), detail: z.string() }).openapi('DeletionProblem');

export const bulkDeletionSchema = z
  .strictObject({
    deleted: z.array(z.string()).openapi({ description: 'Names of the clusters that are gone.' }),
    failed: z.array(z.strictObject({ name: z.string(), problem: deletionProblemSchema }).openapi('FailedDeletion')),
  })
  .openapi('BulkDeletion');
