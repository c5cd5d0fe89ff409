// A SQLite database as the storage of clusters and of the directory uses it, whoever opens it: a file (database.ts), or the storage of an object
// (object-database.ts).

import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { Steps } from '../engine/cluster/index.ts';
import type { ForkOrigin } from '../service/storage.ts';

/** What the query layer offers over every synchronous driver; what a statement that writes gives back differs from one to the next. */
export type Orm = BaseSQLiteDatabase<'sync', unknown>;

export interface SqlDatabase {
  /** Its name in what is said of it. */
  readonly file: string;
  readonly orm: Orm;
  /** Runs a transaction that writes. Fails: as the driver fails, with a `code` that begins with SQLITE_ or is one of the system's. */
  transaction(body: () => void): void;
  /**
   * The same in steps, and `last` with its end. In between nothing else may be written; what is given up is undone. Fails: as `transaction`. With `part` it
   * is several transactions, one after the other: what is written before the last one must mean nothing without it, and is not undone.
   */
  transactionSteps<T>(body: Steps<T>, last: () => void, part?: Part): Steps<T>;
  /** Whether there is something of this name where the database is. */
  isBeside(name: string): boolean;
  /** Where the fork begins whose database is beside it; undefined: that cannot be read. */
  originBeside(name: string): ForkOrigin | undefined;
  close(): void;
  /** Closes without writing anything. */
  abandon(): void;
}

/** What a part of a long commit has written. A commit is one piece of work, whose length is that of what was written. */
export class Part {
  private length = 0;

  add(length: number): void {
    this.length += length;
  }

  /** Whether it is time for the next one, which begins then. */
  isFull(): boolean {
    if (this.length < PART_LENGTH) return false;
    this.length = 0;
    return true;
  }
}

/** Characters. SQLite writes a WAL back behind the commit that makes it long, so that each commit may have to write what the last few have written, too. */
const PART_LENGTH = 2_097_152;

/** Statements by name, each prepared when it is used first: a file that is made, or looked into once, needs few of them. */
export function prepareOnUse<T extends object>(makers: { readonly [Name in keyof T]: () => T[Name] }): T {
  const statements = {} as T;
  for (const name of Object.keys(makers) as (keyof T)[])
    Object.defineProperty(statements, name, {
      configurable: true,
      get() {
        const value = makers[name]();
        Object.defineProperty(statements, name, { value });
        return value;
      },
    });
  return statements;
}
