// The SQLite database of a Durable Object, which the runtime has opened and keeps. It has no file that anybody else could move or cut, and a transaction
// ends in the turn of the event loop in which it began. See docs/decisions/0070-workerd.md.

import { drizzle } from 'drizzle-orm/durable-sqlite';
import { migrate } from 'drizzle-orm/durable-sqlite/migrator';
import { finish, type Steps } from '../engine/cluster/index.ts';
import type { Orm, SqlDatabase } from './sql-database.ts';

/** What is used here of an object's storage. */
export interface ObjectStorage {
  readonly sql: { exec(query: string, ...values: readonly unknown[]): unknown };
  transactionSync<T>(body: () => T): T;
}

/** Migrations as text, by the names under which they are looked for. */
export interface Migrations {
  readonly journal: {
    readonly entries: readonly { readonly idx: number; readonly when: number; readonly tag: string; readonly breakpoints: boolean }[];
  };
  readonly migrations: Readonly<Record<string, string>>;
}

export class ObjectDatabase implements SqlDatabase {
  readonly file: string;
  readonly orm: Orm;
  private readonly storage: ObjectStorage;

  /** `file` is what the database is called in what is said of it. */
  constructor(file: string, storage: ObjectStorage) {
    this.file = file;
    this.storage = storage;
    const sql = { exec: (query: string, ...values: readonly unknown[]) => withCodes(() => storage.sql.exec(query, ...values)) };
    this.orm = drizzle({ sql, transactionSync: (body: () => unknown) => storage.transactionSync(body) });
  }

  /** Brings the tables up to date. It is done when the call returns; that it failed is told by the promise. */
  async migrate({ journal, migrations }: Migrations): Promise<void> {
    await migrate(this.orm as Parameters<typeof migrate>[0], {
      journal: { entries: [...journal.entries] },
      migrations: { ...migrations },
    });
  }

  transaction(body: () => void): void {
    withCodes(() => this.storage.transactionSync(body));
  }

  /** All steps in one: others cannot come in between. */
  transactionSteps<T>(body: Steps<T>, last: () => void): Steps<T> {
    return inOneStep(() =>
      withCodes(() =>
        this.storage.transactionSync(() => {
          const done = finish(body);
          last();
          return done;
        }),
      ),
    );
  }

  /** Nothing is. */
  isBeside(): boolean {
    return false;
  }

  originBeside(): undefined {}

  /** The runtime does it. */
  close(): void {}

  abandon(): void {}
}

function* inOneStep<T>(act: () => T): Steps<T> {
  yield* [];
  return act();
}

/** The runtime gives the code of SQLite within the message only. */
function withCodes<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    const code = error instanceof Error && !('code' in error) ? CODE.exec(error.message)?.[0] : undefined;
    throw code === undefined ? error : Object.assign(error as Error, { code });
  }
}

const CODE = /\bSQLITE_[A-Z]+(?:_[A-Z]+)*/;
