// The problem document (RFC 9457).

import { z } from '@hono/zod-openapi';
import { PROBLEM_CODES } from '../../errors.ts';

const itemSchema = z
  .strictObject({
    in: z.enum(['body', 'query', 'path', 'header']).openapi({ description: 'The part of the request.' }),
    field: z.string().optional().openapi({ description: 'JSON pointer into the body, name of the parameter, or field path of an object.' }),
    message: z.string(),
    document: z.int().min(0).optional().openapi({ description: 'Index of the document among the manifests.' }),
    line: z.int().min(1).optional(),
    column: z.int().min(1).optional(),
  })
  .openapi('ProblemItem');

export const problemSchema = z
  .strictObject({
    type: z.string().openapi({ description: 'A URI that names the kind of problem.', example: 'urn:orrery:problem:cluster-not-found' }),
    title: z.string().openapi({ description: 'The kind of problem in words.' }),
    status: z.int().openapi({ description: 'The HTTP status.' }),
    code: z.enum(PROBLEM_CODES).openapi({ description: 'The kind of problem, for programs.' }),
    detail: z.string().openapi({ description: 'What is wrong this time.' }),
    errors: z.array(itemSchema).optional().openapi({ description: 'Every single mistake.' }),
  })
  .openapi('Problem');
