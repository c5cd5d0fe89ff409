// The storage of a cluster that is a Durable Object: the object's own database, which holds this cluster and no other. What an object acknowledges is
// stored by the runtime, so that there is no head beside it; its rows carry their checksums as everywhere.

import { sql } from 'drizzle-orm';
import { type ClusterIdentity, type CommitLog, StorageDamage } from '../service/storage.ts';
import { lastPosition, SqliteCommitLog } from './commit-log.ts';
import { asDamage, damageOf } from './damage.ts';
import type { ClusterStorage } from './host-directory.ts';
import { identityMismatch, readIdentity, writeIdentity } from './identity.ts';
import type { SqlDatabase } from './sql-database.ts';

export class ObjectClusters implements ClusterStorage {
  private readonly database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.database = database;
  }

  create(_: string, owner: ClusterIdentity, fill: (log: CommitLog) => void): void {
    this.database.transaction(() => {
      writeIdentity(this.database, owner);
      fill(new SqliteCommitLog(this.database, owner));
    });
  }

  open(_: string, owner: ClusterIdentity): CommitLog {
    try {
      const found = readIdentity(this.database);
      const mismatch = identityMismatch(found, owner);
      if (mismatch !== undefined) throw new StorageDamage(mismatch);
      if (lastPosition(this.database) === undefined) throw new StorageDamage('holds no history');
      // A fork has all of its history itself.
      const { uid, isRunning } = found;
      return new SqliteCommitLog(this.database, { uid, isRunning });
    } catch (error) {
      const damage = asDamage(error);
      throw damage instanceof StorageDamage ? damageOf(this.database.file, damage) : damage;
    }
  }

  /** Nobody mends an object while it runs. */
  stamp(): string {
    return '';
  }

  isPresent(): boolean {
    return this.tableCount() > 0;
  }

  /** Whose the object is; undefined: nobody's. Fails: StorageDamage. */
  identify(): ClusterIdentity | undefined {
    return this.isPresent() ? readIdentity(this.database) : undefined;
  }

  private tableCount(): number {
    const found = this.database.orm.get<{ count: number }>(sql`select count(*) as count from sqlite_master where name = 'identity'`);
    return found.count;
  }
}
