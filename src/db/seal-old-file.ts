// Files of earlier versions say not whose they are, and their rows have no checksums. They get both when they are opened for the first time.

import { asc, eq } from 'drizzle-orm';
import type { Command } from '../engine/cluster/index.ts';
import { type ClusterIdentity, StorageDamage } from '../service/storage.ts';
import { checksumSeed } from './checksum.ts';
import { checksumOfCheckpoint, checksumOfRecord } from './checkpoint-store.ts';
import { checksumOfChunk, checksumOfJournal, type Position, startOf } from './commit-log.ts';
import { migrateDatabase, type OpenDatabase } from './database.ts';
import { createHead } from './head.ts';
import { writeIdentity } from './identity.ts';
import { changes } from './schema/changes.ts';
import { journal } from './schema/journal.ts';
import { checkpoints, records } from './schema/records.ts';

/** Brings the file up to date. Fails: StorageDamage when it is not that of the cluster. */
export function sealOldFile(database: OpenDatabase, owner: ClusterIdentity): void {
  checkGenesis(database, owner.name);
  let last = { seq: 0, checksum: 0 };
  migrateDatabase(database, 'cluster', () => {
    last = seal(database, owner);
  });
  createHead(database.file, { uid: owner.uid, durability: 'process', ...last });
}

/** Writes identity and checksums anew, within a transaction; returns where the journal ends. */
export function seal(database: OpenDatabase, owner: ClusterIdentity): { readonly seq: number; readonly checksum: number } {
  writeIdentity(database, owner);
  const seed = checksumSeed(owner.uid);
  sealChanges(database, seed);
  sealCheckpoints(database, seed);
  return sealJournal(database, startOf(owner));
}

/** The first command of every journal says the name. */
function checkGenesis({ sqlite }: OpenDatabase, name: string): void {
  const row = sqlite.prepare('select command from journal where seq = 1').get() as { readonly command: string } | undefined;
  if (row === undefined) throw new StorageDamage('holds no history');
  const command = JSON.parse(row.command) as Command;
  if (command.type !== 'genesis') throw new StorageDamage('holds a history without a beginning');
  if (command.config.name !== name) throw new StorageDamage(`is the file of cluster ${command.config.name}`);
}

function sealJournal({ orm }: OpenDatabase, start: Position): Position {
  let last = start;
  for (const { seq } of orm.select({ seq: journal.seq }).from(journal).orderBy(asc(journal.seq)).all()) {
    const row = orm.select().from(journal).where(eq(journal.seq, seq)).get();
    if (row === undefined || seq !== last.seq + 1) throw new StorageDamage(`is damaged: command ${last.seq + 1} is missing`);
    last = { seq, checksum: checksumOfJournal(last, row) };
    orm.update(journal).set({ checksum: last.checksum }).where(eq(journal.seq, seq)).run();
  }
  return last;
}

function sealChanges({ orm }: OpenDatabase, seed: number): void {
  for (const { firstRevision } of orm.select({ firstRevision: changes.firstRevision }).from(changes).all()) {
    const chunk = orm.select().from(changes).where(eq(changes.firstRevision, firstRevision)).get();
    if (chunk === undefined) throw new StorageDamage(`is damaged: the changes from revision ${firstRevision} are missing`);
    orm
      .update(changes)
      .set({ checksum: checksumOfChunk(seed, chunk) })
      .where(eq(changes.firstRevision, firstRevision))
      .run();
  }
}

function sealCheckpoints({ sqlite, orm }: OpenDatabase, seed: number): void {
  const update = sqlite.prepare('update records set checksum = ? where table_name = ? and key = ? and from_seq = ?');
  for (const record of orm.select().from(records).all())
    update.run(checksumOfRecord(seed, record), record.table, record.key, record.fromSeq);
  const sums = sqlite.prepare(
    'select count(*) as recordCount, coalesce(sum(checksum), 0) as recordSum from records where from_seq <= @seq and (to_seq is null or to_seq > @seq)',
  );
  for (const checkpoint of orm.select().from(checkpoints).all()) {
    const { recordCount, recordSum } = sums.get({ seq: checkpoint.journalSeq }) as { recordCount: number; recordSum: number };
    const stored = { ...checkpoint, recordCount, recordSum };
    orm
      .update(checkpoints)
      .set({ recordCount, recordSum, checksum: checksumOfCheckpoint(seed, stored) })
      .where(eq(checkpoints.journalSeq, checkpoint.journalSeq))
      .run();
  }
}
