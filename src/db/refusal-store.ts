// The refusals of a cluster's file, see schema/refusals.ts: the newest, each with a checksum of its own, because the oldest go.

import { and, asc, gt, gte, lt, max, sql } from 'drizzle-orm';
import { type Refusal, REFUSALS_MAX, type RefusalPosition } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';
import { checkSound } from './damage.ts';
import { refusals } from './schema/refusals.ts';
import type { SqlDatabase } from './sql-database.ts';

type RefusalRow = typeof refusals.$inferSelect;

/** Rows that are read at once, of some KiB each. */
const ROWS_READ = 100;

export class RefusalStore {
  private readonly database: SqlDatabase;
  private readonly seed: number;
  private isKnown: boolean | undefined;

  constructor(database: SqlDatabase, seed: number) {
    this.database = database;
    this.seed = seed;
  }

  /** Within a transaction. */
  append(rows: readonly Refusal[]): void {
    const { orm } = this.database;
    for (const row of rows) orm.insert(refusals).values(storedRefusal(this.seed, row)).run();
    const oldest = (rows.at(-1)?.id ?? 0) - REFUSALS_MAX + 1;
    if (oldest > 1) orm.delete(refusals).where(lt(refusals.id, oldest)).run();
  }

  lastId(): number {
    const { orm } = this.database;
    return (
      orm
        .select({ last: max(refusals.id) })
        .from(refusals)
        .get()?.last ?? 0
    );
  }

  /** Those behind a position, in their order. Fails: StorageDamage. */
  *read({ number, id }: RefusalPosition): Generator<Refusal, void> {
    if (!this.hasTable()) return;
    const { orm } = this.database;
    for (let after = id; ; ) {
      const isBehind = and(gt(refusals.id, after), gte(refusals.number, number));
      const page = orm.select().from(refusals).where(isBehind).orderBy(asc(refusals.id)).limit(ROWS_READ).all();
      for (const row of page) yield checkedRefusal(this.seed, row);
      if (page.length < ROWS_READ) return;
      after = page.at(-1)?.id ?? after;
    }
  }

  /** The file of a fork's parent stays as it is, and may be of an earlier version. */
  private hasTable(): boolean {
    this.isKnown ??= this.database.orm.get(sql`select 1 from sqlite_master where name = 'refusals'`) !== undefined;
    return this.isKnown;
  }
}

/** What was refused before a command was given, for a fork that begins there, some rows at a time. */
export function* refusalsBefore(database: SqlDatabase, seed: number, number: number): Generator<readonly Refusal[], void> {
  let rows: Refusal[] = [];
  for (const refusal of new RefusalStore(database, seed).read({ number: 0, id: 0 })) {
    if (refusal.number >= number) break;
    rows.push(refusal);
    if (rows.length < ROWS_READ) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

export function storedRefusal(seed: number, { command, isShortened, client, ...rest }: Refusal): RefusalRow {
  const row = { ...rest, client: client ?? null, command: JSON.stringify(command), isShortened: isShortened ? 1 : 0 };
  return { ...row, checksum: checksumOfRefusal(seed, row) };
}

function checkedRefusal(seed: number, { checksum, ...row }: RefusalRow): Refusal {
  checkSound(checksum === checksumOfRefusal(seed, row), `the refusal ${row.id} does not pass its checksum`);
  const { client, command, isShortened, ...rest } = row;
  return { ...rest, command: JSON.parse(command), isShortened: isShortened === 1, ...(client === null ? {} : { client }) };
}

function checksumOfRefusal(seed: number, row: Omit<RefusalRow, 'checksum'>): number {
  const { id, number, revision, digest, nowMs, wallMs, client, code, reason, message, line, isShortened } = row;
  const columns = [id, number, revision, digest, nowMs, wallMs, client ?? '', code, reason, message, line, isShortened];
  return checksumOf(seed, columns, row.command);
}
