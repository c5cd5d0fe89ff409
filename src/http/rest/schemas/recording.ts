// Recordings.

import { z } from '@hono/zod-openapi';
import { clusterSchema } from './cluster.ts';
import { differenceSchema } from './history.ts';

export const importedSchema = z
  .strictObject({
    cluster: clusterSchema,
    engine: z.string().openapi({
      description: 'Version of the engine that the recording is from; `unknown`: from before they were noted.',
      example: '0.1.0',
    }),
    differences: z
      .array(
        z
          .strictObject({
            number: z.int().openapi({ description: 'Of the command.', example: 45 }),
            command: z.string().openapi({ description: 'What it says, in a line.', example: 'create pods web in default' }),
            recorded: z.string().openapi({ description: 'The digest behind it in the recording.' }),
            found: z.string().optional().openapi({ description: 'The digest here; absent when the command was refused.' }),
            refusal: z.string().optional().openapi({ description: 'Why it was refused.' }),
          })
          .openapi('RecordingDifference'),
      )
      .openapi({
        description:
          'Commands behind which the digest is another one, the first hundred; a digest is of all that was, so the first one is where it began. Empty: the cluster is the recorded one, to the byte.',
      }),
    difference: differenceSchema.optional().openapi({
      description:
        'With `check=report`, of a recording with its state: what differs from it in the end, by field. `from` is the recorded moment.',
    }),
  })
  .openapi('ImportResult');
