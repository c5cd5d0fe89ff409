// What is wrong with a file, in words that go on from its name.

import { basename } from 'node:path';
import { StorageDamage } from '../service/storage.ts';

/** Damage of a file, in the words of the cluster whose file it is. */
export function damageOf(file: string, { message, cause }: StorageDamage): StorageDamage {
  return new StorageDamage(`its file ${basename(file)} ${message}`, { cause });
}

/** What a read that failed says of the file; failures of the environment stay what they are. */
export function asDamage(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'SQLITE_NOTADB') return new StorageDamage('is no database', { cause: error });
  // A plain SQLITE_ERROR is a table or a column that is not there.
  if (typeof code === 'string' && (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_ERROR'))
    return new StorageDamage(`is damaged: ${String(message)}`, { cause: error });
  if (error instanceof SyntaxError) return new StorageDamage(`is damaged: ${error.message}`, { cause: error });
  return error;
}

/** Fails: StorageDamage, unless `isSound`. */
export function checkSound(isSound: boolean, problem: string): void {
  if (!isSound) throw new StorageDamage(`is damaged: ${problem}`);
}
