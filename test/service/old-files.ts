// Takes from a cluster's file what later versions added to it.

/** What versions 3 to 8 added: several checkpoints, times and numbers in the journal, forks, labels and lifetimes, refusals. Its checksums stay those of them. */
export const WITHOUT_HISTORY = `
  create table old_records (table_name text not null, key text not null, value text not null, checksum integer not null default 0, primary key (table_name, key));
  insert into old_records select table_name, key, value, checksum from records where to_seq is null;
  drop table records; alter table old_records rename to records;
  create table old_checkpoints (id integer primary key not null, header text not null, journal_seq integer not null, record_count integer not null default 0, record_sum integer not null default 0, checksum integer not null default 0);
  insert into old_checkpoints select 1, header, journal_seq, record_count, record_sum, checksum from checkpoints order by journal_seq desc limit 1;
  drop table checkpoints; alter table old_checkpoints rename to checkpoints;
  alter table journal drop column now_ms; alter table journal drop column wall_ms; alter table journal drop column client; alter table journal drop column number;
  delete from __drizzle_migrations where created_at in (select created_at from __drizzle_migrations order by created_at desc limit 6);
  drop table forks; drop table refusals; alter table identity drop column origin; alter table identity drop column labels; alter table identity drop column ttl_ms;
  pragma user_version = 2;`;
