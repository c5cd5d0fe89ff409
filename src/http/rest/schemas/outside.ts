// Names outside of a cluster. The engine has the last word on them; the document says what may be said of a name.

import { z } from '@hono/zod-openapi';
import type { JsonObject } from '../../../engine/apimachinery/meta.ts';
import { parseOutside } from '../../../engine/cluster/index.ts';
import { durationDescribed } from './common.ts';

const DESCRIPTION =
  'Names outside of the cluster and what containers find there, beside the usual ones of tutorials, which answer 200: a name, `*.suffix` or `*`.';
const EXAMPLE = { 'api.example.org': { status: 503 }, '*': { fault: 'unknown' } };

export const outsideSchema = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .superRefine((value, context) => {
    const parsed = parseOutside(value as JsonObject);
    if (parsed.ok) return;
    for (const { field, message } of parsed.errors) context.addIssue({ code: 'custom', path: [field.slice('outside.'.length)], message });
  })
  .transform((value) => value as JsonObject)
  .openapi('OutsideNames', { description: DESCRIPTION, example: EXAMPLE });

const outsideNameDescribed = z
  .strictObject({
    fault: z
      .enum(['unknown', 'refused', 'timeout'])
      .optional()
      .openapi({ description: 'How it fails instead: nobody knows the name, the connection is refused, or nobody answers.' }),
    ports: z.array(z.int().min(1).max(65_535)).optional().openapi({ description: 'On which something answers. Default 53, 80 and 443.' }),
    status: z.int().min(100).max(599).optional().openapi({ description: 'Of each HTTP answer. Default 200.' }),
    body: z.string().optional().openapi({ description: 'Of each HTTP answer; absent: a page with the name.' }),
    latency: durationDescribed.optional().openapi({ description: 'Of each answer. Default 20ms.' }),
  })
  .openapi('OutsideName', { description: 'What is behind a name outside of the cluster.' });

/** What the document says of them. */
export const outsideDescribed = z
  .record(z.string(), outsideNameDescribed)
  .openapi('OutsideNames', { description: DESCRIPTION, example: EXAMPLE });
