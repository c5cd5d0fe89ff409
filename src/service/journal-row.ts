// The row of the journal that a commit becomes.

import type { Commit } from '../engine/cluster/index.ts';
import type { JournalRow } from './storage.ts';

/** What was asked for, which may be stored in parts: one object for all of them. */
export interface Call {
  /** Who asked, as he names himself. */
  readonly client?: string | undefined;
}

const CLIENT_LENGTH_MAX = 200;

export function journalRow(
  { command, revision, digest, nowMs }: Commit,
  seq: number,
  number: number,
  { client = '' }: Call = {},
): JournalRow {
  const row = { seq, number, command, revision, digest, nowMs, wallMs: Date.now() };
  return client === '' ? row : { ...row, client: client.slice(0, CLIENT_LENGTH_MAX) };
}
