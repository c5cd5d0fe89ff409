// Names that the service makes up; the name of a cluster has no influence on what happens in it.

import { CLUSTER_NAME_LENGTH_MAX, ServiceError } from '../../service/ports.ts';

const ATTEMPTS_MAX = 20;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LETTER_COUNT = 5;

/** Creates under names like `cluster-x7k2p` until one is free. */
export async function underFreeName<T>(stem: string, create: (name: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const letters = Array.from({ length: LETTER_COUNT }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]);
    try {
      return await create(`${stem.slice(0, CLUSTER_NAME_LENGTH_MAX - LETTER_COUNT - 1)}-${letters.join('')}`);
    } catch (error) {
      const isTaken = error instanceof ServiceError && error.code === 'cluster-exists';
      if (!isTaken || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}
