// Whether two strikes have brought the same: what the states that they left hold otherwise than the state that they struck. Only what is equal in everything that
// the future can depend on is equal: names, UIDs, times and positions of random streams decide what is drawn next, and so they count. What does not count is the
// history (the digest), and the record of a fault that is over, which nothing looks at.

import { compareText } from '../engine/apimachinery/text.ts';
import { hash128, hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState, TableData } from '../engine/kernel/state.ts';

/** What a state holds otherwise than the one that it was forked from; equal texts are equal states. */
export function differenceOf(before: ClusterState, after: ClusterState): string {
  const parts: string[] = [`${after.nowMs} ${after.revision} ${after.seed}`];
  for (const [name, { rows }] of [...after.tables].sort(([a], [b]) => compareText(a, b))) {
    const known = before.tables.get(name)?.rows ?? NO_ROWS;
    // In the order of the rows: whoever goes through them goes through them in it.
    for (const [key, row] of rows) {
      if (known.get(key) === row || isFaultThatIsOver(name, row)) continue;
      const json = jsonOf(row);
      if (!known.has(key) || jsonOf(known.get(key)) !== json) parts.push(name, key, json);
    }
    for (const key of known.keys()) if (!rows.has(key)) parts.push(name, key, 'gone');
  }
  return parts.join('\u0000');
}

/** A short name for a text. */
export function shortOf(text: string): string {
  return hashToHex(hash128(text));
}

const NO_ROWS: TableData['rows'] = new Map();

/** Objects keep their JSON; it is joined from parts that are encoded already. */
function jsonOf(row: unknown): string {
  return typeof row === 'object' && row !== null && 'json' in row ? String(row.json) : JSON.stringify(row);
}

function isFaultThatIsOver(table: string, row: unknown): boolean {
  return table === 'faults' && (row as { readonly state?: string }).state === 'over';
}
