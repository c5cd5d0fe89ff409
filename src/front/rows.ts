// The rows of a directory, read some at a time.

import type { DamagedRow, Directory, DirectoryRow, Labels } from '../service/storage.ts';

const ROWS_AT_A_TIME = 500;

/** All rows behind a name. */
export function* rowsAfter(list: Directory['list'], after: string | undefined): Generator<DirectoryRow | DamagedRow> {
  for (let last = after; ; ) {
    const rows = list(ROWS_AT_A_TIME, last);
    yield* rows;
    last = rows.at(-1)?.name;
    if (rows.length < ROWS_AT_A_TIME) return;
  }
}

/** What is damaged has no labels that anybody may rely on. */
export function labelsOf(row: DirectoryRow | DamagedRow): Labels {
  return 'damage' in row ? {} : (row.labels ?? {});
}
