// Recordings.

import { z } from '@hono/zod-openapi';
import { clusterSchema } from './cluster.ts';

export const importedSchema = z
  .strictObject({
    cluster: clusterSchema,
    differences: z
      .array(
        z
          .strictObject({
            number: z.int().openapi({ description: 'Of the command.', example: 45 }),
            recorded: z.string().openapi({ description: 'The digest behind it in the recording.' }),
            found: z.string().optional().openapi({ description: 'The digest here; absent when the command was refused.' }),
            refusal: z.string().optional().openapi({ description: 'Why it was refused.' }),
          })
          .openapi('RecordingDifference'),
      )
      .openapi({
        description:
          'Commands behind which the digest is another one, the first hundred; empty: the cluster is the recorded one, to the byte.',
      }),
  })
  .openapi('ImportResult');
