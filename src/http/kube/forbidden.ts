// Refuses a request in the words of an authorizer. Rule: Q6.

import { forbidden } from '../../engine/cluster/index.ts';
import { answerStatus } from './answer.ts';
import { attributesOf } from './attributes.ts';

/** `path` is relative to the cluster. */
export function answerForbidden(username: string, request: Request, path: string): Response {
  return answerStatus(forbidden({ username }, attributesOf(request, path)));
}
