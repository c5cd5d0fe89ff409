// Why a request was refused or failed, for the log: noted beside the answer, which may say less to the client.

import { bearerOf } from './bearer.ts';

const reasons = new WeakMap<Response, string>();

/** Notes it. It must hold no secret. */
export function withReason(response: Response, reason: string): Response {
  reasons.set(response, reason);
  return response;
}

export function reasonOf(response: Response): string | undefined {
  return reasons.get(response);
}

/** Why a request gets 401 or 403 at the door of the service. */
export const REFUSALS = {
  /** Nothing was sent that could open it. */
  missing: 'no token was sent',
  unknown: 'the token is not known',
  foreign: 'the token is that of another cluster, or of a user of one',
  key: 'the key in the path is not known',
} as const;

/** Why a request is not admitted. */
export function refusalOf(request: Request, admission: 'unauthorized' | 'forbidden'): string {
  if (admission === 'forbidden') return REFUSALS.foreign;
  return request.headers.has('authorization') || bearerOf(request) !== undefined ? REFUSALS.unknown : REFUSALS.missing;
}
