// How a client says in which language it wants to read sentences.

import { z } from '@hono/zod-openapi';
import { LANGUAGE_TAGS } from '../../language.ts';

export const languageQuery = {
  language: z
    .enum(LANGUAGE_TAGS, { error: `must be one of ${LANGUAGE_TAGS.join(', ')}` })
    .optional()
    .openapi({ description: 'In which language to speak; it goes before Accept-Language. Default `en`.', example: 'en' }),
};

export const languageHeaders = {
  'Accept-Language': z.string().optional().openapi({
    description: 'Languages that the client understands; the first one that there is, is spoken. Default `en`.',
    example: 'en',
  }),
};

export const languageAnswerHeaders = {
  'Content-Language': 'The language of the sentences.',
  Vary: 'Accept-Language, by which the language is chosen.',
};
