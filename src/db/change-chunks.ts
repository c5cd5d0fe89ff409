// The changes of one commit, or some of many, as one value.

import type { StoredChange } from '../service/storage.ts';

/** A line a change: numbers and words first, then the two encodings, none of which contains a tab or an end of line. */
export function encodeChunk(rows: readonly StoredChange[]): string {
  return rows
    .map((row) => `${row.revision}\t${row.timeMs}\t${row.type}\t${row.resource}\t${row.json}\t${row.previousJson ?? ''}`)
    .join('\n');
}

/** Characters that a change takes in a value. */
export function lengthInChunk({ json, previousJson }: StoredChange): number {
  return json.length + (previousJson?.length ?? 0);
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
