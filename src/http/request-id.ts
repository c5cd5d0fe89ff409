// The id under which a request is found in the log: the client's own, or one that is made for it. It goes with the request to its host, and back in the answer.

import { randomUUID } from 'node:crypto';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What may stand in a line of a log as it is. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._~:/+=@-]{0,127}$/;

/** Gives a request its id, unless it came with a sane one. */
export function nameRequest(request: Pick<Request, 'headers'>): string {
  const given = request.headers.get(REQUEST_ID_HEADER);
  if (given !== null && SANE_ID.test(given)) return given;
  const made = randomUUID();
  request.headers.set(REQUEST_ID_HEADER, made);
  return made;
}

/** Undefined when the request has not been named. */
export function requestIdOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  return headers.get(REQUEST_ID_HEADER) ?? undefined;
}
