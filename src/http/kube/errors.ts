// Failures of the service as the Status that a Kubernetes client understands. Rules: A9, E1.

import { badRequest, expired, failure, internalError, type Status } from '../../engine/apimachinery/status.ts';
import { ServiceError } from '../../service/ports.ts';

/** The Status of an error that a call of the service threw; what is unknown is a 500. */
export function statusOfError(error: unknown): Status {
  if (!(error instanceof ServiceError)) return internalError('the request could not be completed');
  switch (error.code) {
    case 'cluster-not-found':
      return failure(404, 'NotFound', error.detail, { kind: 'clusters' });
    case 'engine-failed':
      return internalError(error.detail);
    case 'cluster-broken':
      return failure(503, 'ServiceUnavailable', error.detail);
    case 'storage-unavailable':
    case 'host-lost':
    case 'closing':
    case 'busy':
      // A9: the client tries again.
      return failure(503, 'ServiceUnavailable', error.detail, { retryAfterSeconds: 1 });
    case 'storage-full':
      return failure(507, 'InsufficientStorage', error.detail);
    case 'limit-exceeded':
      return failure(429, 'TooManyRequests', error.detail);
    case 'read-only':
      return failure(405, 'MethodNotAllowed', error.detail);
    case 'recording-differs':
    case 'invalid-instant':
      return badRequest(error.detail);
    case 'gone':
      return expired(error.detail);
    case 'cluster-exists':
    case 'token-taken':
      return failure(409, 'AlreadyExists', error.detail);
  }
}
