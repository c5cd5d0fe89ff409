// The changes of one commit, or some of many, as one value.

import type { StoredChange } from '../service/storage.ts';

/** A line a change: numbers and words first, then the two encodings, none of which contains a tab or an end of line. */
export function encodeChunk(rows: readonly StoredChange[]): string {
  return rows
    .map((row) => `${row.revision}\t${row.timeMs}\t${row.type}\t${row.resource}\t${row.json}\t${row.previousJson ?? ''}`)
    .join('\n');
}

/** Changes of one value at most, and characters of their JSON; a larger change is a value by itself. */
const CHUNK_MAX = 500;
const CHUNK_LENGTH_MAX = 262_144;

/** Where the value ends that begins with a change: behind at least that one. */
export function chunkEnd(rows: readonly StoredChange[], from: number): number {
  let length = 0;
  for (let to = from; to < rows.length; to += 1) {
    const row = rows[to] as StoredChange;
    length += row.json.length + (row.previousJson?.length ?? 0);
    if (to > from && (length > CHUNK_LENGTH_MAX || to - from === CHUNK_MAX)) return to;
  }
  return rows.length;
}

export function decodeChunk(body: string): StoredChange[] {
  return body.split('\n').map((line) => {
    const [revision, timeMs, type, resource = '', json = '', previous = ''] = line.split('\t');
    return {
      revision: Number(revision),
      timeMs: Number(timeMs),
      type: type as StoredChange['type'],
      resource,
      json,
      previousJson: previous === '' ? null : previous,
    };
  });
}
