// Cursors of lists: opaque to clients; inside is the last key of the page, so that a cursor stays good when items come and go.

import type { RefusalPosition } from '../../service/storage.ts';
import { refuseField } from '../errors.ts';

/** The cursor behind a key. */
export function encodeCursor(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64url');
}

/** The key that a cursor is behind. Fails: invalid-request. */
export function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('after:') || encodeCursor(text.slice('after:'.length)) !== cursor)
    refuseField('query', 'cursor', 'is not a cursor of this list');
  return text.slice('after:'.length);
}

/** The number that a cursor is behind. Fails: invalid-request. */
export function decodeNumberCursor(cursor: string): number {
  const text = decodeCursor(cursor);
  if (!/^\d{1,15}$/.test(text)) refuseField('query', 'cursor', 'is not a cursor of this list');
  return Number(text);
}

/** The command that a cursor is behind, with what was refused since up to one of these. Fails: invalid-request. */
export function decodePositionCursor(cursor: string): RefusalPosition {
  const found = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(decodeCursor(cursor));
  if (found === null) return refuseField('query', 'cursor', 'is not a cursor of this list');
  return { number: Number(found[1]), id: Number(found[2] ?? 0) };
}

/** One page of items that are all at hand, in the order of their keys. */
export function pageOf<T>(
  items: readonly T[],
  { limit, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  keyOf: (item: T) => string,
): { items: T[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const found = after === undefined ? 0 : items.findIndex((item) => keyOf(item) > after);
  const start = found < 0 ? items.length : found;
  const end = limit === undefined ? items.length : Math.min(items.length, start + limit);
  const shown = items.slice(start, end);
  const last = shown.at(-1);
  return end < items.length && last !== undefined ? { items: shown, nextCursor: encodeCursor(keyOf(last)) } : { items: shown };
}
