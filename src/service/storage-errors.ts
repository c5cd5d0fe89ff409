// Failures of storage, as the driver and the file system throw them, in the words of the service.

import { ServiceError } from './ports.ts';

/** What a failure of storage means; undefined when it is none. */
export function storageErrorOf(error: unknown): ServiceError | undefined {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string' || !/^(?:SQLITE_|E[A-Z]+$)/.test(code)) return undefined;
  if (/FULL|ENOSPC|EDQUOT|SHMSIZE/.test(code))
    return new ServiceError('storage-full', 'the storage is full; nothing was changed', { cause: error });
  return new ServiceError('storage-unavailable', `the storage cannot be used (${code}); nothing was changed`, { cause: error });
}
