// Image references and behaviours (docs/contract.md, section 5). What a behaviour may say is known to the engine; here it is any object that the
// engine's parser accepts, and `behavior.ts` says it to readers of the document.

import { z } from '@hono/zod-openapi';
import { normalizeReference, parseBehavior } from '../../../engine/cluster/index.ts';
import type { JsonObject } from '../../../engine/apimachinery/meta.ts';
import { clusterParams, nextCursor } from './common.ts';

const REFERENCE_LENGTH_MAX = 512;

export const imageReferenceSchema = z
  .string()
  .max(REFERENCE_LENGTH_MAX, `must be at most ${REFERENCE_LENGTH_MAX} characters long`)
  .refine((text) => normalizeReference(text) !== undefined, 'is not an image reference such as nginx:1.27')
  .openapi({ description: 'Image reference.', example: 'nginx:1.27' });

export const imageBehaviorSchema = z
  .record(z.string(), z.unknown())
  .superRefine((value, context) => {
    const parsed = parseBehavior(value, '');
    if (parsed.ok) return;
    for (const { field, message } of parsed.errors) context.addIssue({ code: 'custom', path: pathOf(field), message });
  })
  .transform((value) => value as JsonObject)
  .openapi('ImageBehavior');

/** `http[0].status` as its parts. */
function pathOf(field: string): PropertyKey[] {
  return field
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export const imageParams = clusterParams.extend({ reference: imageReferenceSchema });

export const imageSchema = z.strictObject({ reference: z.string(), behavior: imageBehaviorSchema }).openapi('ClusterImage');

export const imageListSchema = z.strictObject({ items: z.array(imageSchema), nextCursor }).openapi('ClusterImageList');
