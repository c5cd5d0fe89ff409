// Names that the service makes up; the name of a cluster has no influence on what happens in it.

import { CLUSTER_NAME_LENGTH_MAX, ServiceError } from '../../service/ports.ts';

const ATTEMPTS_MAX = 20;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LETTER_COUNT = 5;

/** Names that are looked at for one that may be used. */
const NAMES_MAX = 100_000;

/** Creates under names like `cluster-x7k2p` until one is free; `mayBe` says which names can be used at all. */
export async function underFreeName<T>(
  stem: string,
  create: (name: string) => Promise<T>,
  mayBe: (name: string) => boolean = () => true,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await create(madeUpName(stem, mayBe));
    } catch (error) {
      const isTaken = error instanceof ServiceError && error.code === 'cluster-exists';
      if (!isTaken || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

function madeUpName(stem: string, mayBe: (name: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const letters = Array.from({ length: LETTER_COUNT }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]);
    const name = `${stem.slice(0, CLUSTER_NAME_LENGTH_MAX - LETTER_COUNT - 1)}-${letters.join('')}`;
    if (mayBe(name) || count === NAMES_MAX) return name;
  }
}
