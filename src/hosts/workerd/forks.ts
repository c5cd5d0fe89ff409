// Forks of a cluster that is an object: other objects, into which its history is carried piece by piece, because objects share nothing.

import type { Namespace } from 'cloudflare:workers';
import { readHistory } from '../../db/history-copy.ts';
import type { SqlDatabase } from '../../db/sql-database.ts';
import type { Elsewhere } from '../../service/forking-elsewhere.ts';
import { type ForkMade, ServiceError } from '../../service/ports.ts';
import type { DirectoryRow } from '../../service/storage.ts';
import { unpackError } from '../worker/crossing.ts';
import type { ClusterCalls, Told } from './calls.ts';

/** The objects of forks, as the object of their parent makes them out of its database; `alone` as in `Elsewhere`. */
export function forksElsewhere(database: SqlDatabase, objects: Namespace<ClusterCalls>, alone: () => Promise<void>): Elsewhere {
  const discard = ({ uid }: DirectoryRow) => asked(() => objects.getByName(uid).discard());
  return {
    async make(row, origin, beginning, check) {
      const object = objects.getByName(row.uid);
      try {
        for (const piece of readHistory(database, origin)) {
          await asked(() => object.takeHistory(row.uid, piece));
          check();
        }
        return answerOf(await asked(() => object.found({ ...row, origin }, beginning)));
      } catch (error) {
        // What cannot be told now goes by itself.
        await discard(row).catch(() => {});
        throw error;
      }
    },
    discard: (row) => discard(row).catch(() => {}),
    alone,
  };
}

function answerOf(told: Told<ForkMade>): ForkMade {
  if (told.kind === 'answer') return told.value;
  throw told.kind === 'failure' ? unpackError(told.error) : new ServiceError('host-lost', 'the object of the fork has ended');
}

/** Fails: host-lost. What is wrong with another object says nothing of this one. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new ServiceError('host-lost', 'the object of the fork ended before it was made; there is no fork', { cause: error });
  }
}
