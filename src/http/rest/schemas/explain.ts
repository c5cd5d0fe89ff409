// Why an object is as it is.

import { z } from '@hono/zod-openapi';
import { instantText } from './common.ts';

const referenceSchema = z
  .strictObject({
    resource: z.string().openapi({ example: 'pods' }),
    namespace: z.string().optional(),
    name: z.string(),
    field: z.string().optional().openapi({ description: 'Where in the object.', example: 'status.conditions[PodScheduled].message' }),
    value: z.string().optional().openapi({ description: 'What stands there.' }),
  })
  .openapi('ObjectReference');

export const findingSchema = z
  .strictObject({
    code: z
      .string()
      .openapi({ description: 'What it is, for programs. `healthy`: there is nothing to explain.', example: 'insufficient-cpu' }),
    sentence: z.string().openapi({
      example: 'Not scheduled: the pod requests 8 of cpu, but node-1 has 4 of 4 left.',
    }),
    because: z.array(referenceSchema).openapi({ description: 'Objects, fields and events that prove it.' }),
    wouldChange: z.string().optional().openapi({ description: 'What a user can do.' }),
    documentation: z.string().openapi({ description: 'A page of the Kubernetes documentation.', format: 'uri' }),
  })
  .openapi('Finding');

export const explanationSchema = z
  .strictObject({
    resource: z.string().openapi({ example: 'pods' }),
    namespace: z.string().optional(),
    name: z.string(),
    time: instantText,
    resourceVersion: z.string().openapi({ description: 'Of the object.' }),
    findings: z.array(findingSchema).openapi({ description: 'At least one.' }),
  })
  .openapi('Explanation');
