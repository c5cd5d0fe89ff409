// Forks.

import { z } from '@hono/zod-openapi';
import { labelsSchema } from './labels.ts';
import { clusterSchema, seedSchema, selfLinkSchema, tokenSchema } from './cluster.ts';
import { clusterNameSchema, momentSchema, nextCursor, ttlSchema } from './common.ts';

export const createForkSchema = z
  .strictObject({
    name: clusterNameSchema.optional(),
    at: momentSchema.optional(),
    seed: seedSchema.optional().openapi({ description: 'Seeds random choices from then on; absent: they go on as they would.' }),
    token: tokenSchema.optional(),
    labels: labelsSchema.optional(),
    ttl: ttlSchema.optional(),
  })
  .prefault({})
  .openapi('ForkSpec');

export interface ForkEntry {
  readonly name: string;
  readonly createdAt: string;
  readonly from: { readonly command: number; readonly resourceVersion: string; readonly digest: string };
  readonly forks: readonly ForkEntry[];
  readonly links: { readonly self: string };
}

const forkSchema: z.ZodType<ForkEntry> = z
  .strictObject({
    name: z.string(),
    createdAt: z.string().openapi({ description: 'Wall time of the creation.', format: 'date-time' }),
    from: z
      .strictObject({
        command: z.int().openapi({ description: 'The last command that both have.', example: 45 }),
        resourceVersion: z.string().openapi({ example: '123' }),
        digest: z.string(),
      })
      .openapi('ForkOrigin', { description: 'Where it begins.' }),
    get forks() {
      return z.array(forkSchema).readonly();
    },
    links: selfLinkSchema,
  })
  .openapi('ClusterFork');

export const forkListSchema = z.strictObject({ items: z.array(forkSchema), nextCursor }).openapi('ClusterForkList');

export const rewindSchema = z.strictObject({ to: momentSchema }).openapi('RewindSpec');

export const rewoundSchema = z
  .strictObject({
    cluster: clusterSchema,
    kept: z
      .strictObject({ name: z.string(), links: selfLinkSchema })
      .openapi('KeptFork', { description: 'What came after, as a cluster of its own.' }),
  })
  .openapi('RewindResult');
