// Why the service could not start, as one line for whoever started it.

/** The service cannot start; the message says why and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
