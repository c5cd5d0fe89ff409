// Failures of storage, as the driver and the file system throw them, in the words of the service.

import { ServiceError } from './ports.ts';

/** What a failure of storage means; undefined when it is none. */
export function storageErrorOf(error: unknown): ServiceError | undefined {
  const code = codeOf(error) ?? codeOf((error as { cause?: unknown } | undefined)?.cause);
  if (code === undefined) return undefined;
  if (/FULL|ENOSPC|EDQUOT|SHMSIZE/.test(code))
    return new ServiceError('storage-full', 'the storage is full; nothing was changed', { cause: error });
  return new ServiceError('storage-unavailable', `the storage cannot be used (${code}); nothing was changed`, { cause: error });
}

/** The code of a failure of storage. What the query layer throws has it in its cause: migrations fail in this way. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^(?:SQLITE_|E[A-Z]+$)/.test(code) ? code : undefined;
}
