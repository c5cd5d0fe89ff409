// The file of a fork's parent, as the fork reads it. A parent that was deleted has left it under another name.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CommitLog, type ForkOrigin, StorageDamage } from '../service/storage.ts';
import { SqliteCommitLog } from './commit-log.ts';
import { asDamage } from './damage.ts';
import { OpenDatabase } from './database.ts';
import { Database } from './driver.ts';
import { ForkedLog } from './forked-log.ts';
import { readIdentity } from './identity.ts';

/** What the file of a deleted cluster is called that has forks. */
export const BASE = '.base';

/** The log as whoever has the file reads it: with what lies in the files of its ancestors. */
export function withParents(log: SqliteCommitLog, file: string, origin: ForkOrigin | undefined): CommitLog {
  return origin === undefined ? log : new ForkedLog(log, origin, () => openParent(dirname(file), origin));
}

/** Fails: StorageDamage. */
function openParent(folder: string, { uid, files }: ForkOrigin): CommitLog {
  const [file = ''] = files;
  const path = [join(folder, file), join(folder, `${file}${BASE}`)].find((candidate) => existsSync(candidate));
  if (path === undefined) throw new StorageDamage(`needs the file ${file} of the cluster that it was forked from, which is missing`);
  try {
    const database = new OpenDatabase(path, new Database(path, { readonly: true, fileMustExist: true }));
    try {
      const found = readIdentity(database);
      if (found.uid !== uid) throw new StorageDamage(`needs the file ${file}, which is another cluster's`);
      return withParents(new SqliteCommitLog(database, found), path, found.origin);
    } catch (error) {
      database.abandon();
      throw error;
    }
  } catch (error) {
    const damage = asDamage(error);
    throw damage instanceof StorageDamage ? new StorageDamage(`${basename(path)}: ${damage.message}`, { cause: error }) : damage;
  }
}
