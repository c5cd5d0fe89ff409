// Whether two strikes have brought the same: what the states that they left hold otherwise than the state that they struck. Only what is equal in everything that
// the future can depend on is equal: names, UIDs, times and positions of random streams decide what is drawn next, and so they count. What does not count is the
// history (the digest), and the record of a fault that is over, which nothing looks at.

import { compareText } from '../engine/apimachinery/text.ts';
import { hash128, hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState, TableData } from '../engine/kernel/state.ts';
import type { KernelObject, StoredObject } from '../engine/kernel/store.ts';

/** What a state holds otherwise than the one that it was forked from; equal texts are equal states. */
export function differenceOf(before: ClusterState, after: ClusterState): string {
  const parts: string[] = [`${after.nowMs} ${after.revision} ${after.seed}`];
  for (const [name, { rows }] of [...after.tables].sort(([a], [b]) => compareText(a, b))) {
    const known = before.tables.get(name)?.rows ?? NO_ROWS;
    // In the order of the rows: whoever goes through them goes through them in it.
    for (const [key, row] of rows) {
      const then = known.get(key);
      if (then === row || isFaultThatIsOver(name, row)) continue;
      const text = changeOf(row, then);
      if (text !== undefined) parts.push(name, key, text);
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

/** What a row holds otherwise than one before; undefined when that is nothing. */
function changeOf(row: unknown, then: unknown): string | undefined {
  if (isWritten(row) && isWritten(then)) return changedMembersOf(row.object, then.object);
  const json = jsonOf(row);
  return then !== undefined && jsonOf(then) === json ? undefined : json;
}

/** Members that are the same as they were are not looked into: nearly all of an object that was written are. */
function changedMembersOf(object: KernelObject, then: KernelObject): string | undefined {
  const parts: string[] = [];
  for (const name in object) if (object[name] !== then[name]) parts.push(`${name}:${JSON.stringify(object[name])}`);
  for (const name in then) if (!(name in object)) parts.push(`${name} gone`);
  return parts.length === 0 ? undefined : parts.join();
}

/** An object as it was written, of which nothing need be encoded. */
function isWritten(row: unknown): row is StoredObject {
  return typeof row === 'object' && row !== null && 'members' in row && row.members !== undefined;
}

function jsonOf(row: unknown): string {
  return typeof row === 'object' && row !== null && 'json' in row ? String(row.json) : JSON.stringify(row);
}

function isFaultThatIsOver(table: string, row: unknown): boolean {
  return table === 'faults' && (row as { readonly state?: string }).state === 'over';
}
