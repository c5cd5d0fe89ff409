// Moments of a cluster's history: as clients name them, and where they lie in the journal.

import { formatInstant, parseTime } from '../engine/apimachinery/time.ts';
import type { Stop } from '../engine/cluster/index.ts';
import { type Instant, ServiceError } from './ports.ts';
import type { CommandHead, CommitLog } from './storage.ts';

/** RFC 3339, `rv:123`, `#45`, or `command:45` where a fragment would be taken for one; undefined when the text names no moment. */
export function parseInstant(text: string): Instant | undefined {
  const [, word = '', digits = ''] = /^(rv:|#|command:)(\d{1,15})$/.exec(text) ?? [];
  if (word === 'rv:') return { kind: 'revision', revision: Number(digits) };
  if (word !== '') return { kind: 'command', number: Number(digits) };
  const ms = parseTime(text);
  return ms === undefined ? undefined : { kind: 'time', ms };
}

/** As clients write it. */
export function formatMoment(instant: Instant): string {
  if (instant.kind === 'revision') return `rv:${instant.revision}`;
  return instant.kind === 'command' ? `#${instant.number}` : formatInstant(instant.ms);
}

/** Where an instant lies in the journal: behind a command, or within the one that follows it. */
export interface Place {
  /** The last command that is whole. */
  readonly seq: number;
  readonly within?: Stop;
}

/** Finds an instant in a history that ends with command `lastSeq`. Fails: invalid-instant, gone. */
export function placeOf(instant: Instant, log: Pick<CommitLog, 'commandHead'>, lastSeq: number): Place {
  const last = log.commandHead(lastSeq);
  if (instant.kind === 'command') {
    const { number } = instant;
    if (number >= 1 && number <= last.number) return { seq: lastPartOf(number, log, lastSeq) };
    throw new ServiceError('invalid-instant', `there is no command ${number}; the commands are 1 to ${last.number}`);
  }
  return instant.kind === 'revision' ? placeOfRevision(instant.revision, log, last) : placeOfTime(instant.ms, log, last);
}

function placeOfRevision(revision: number, log: Pick<CommitLog, 'commandHead'>, last: CommandHead): Place {
  if (revision < 1 || revision > last.revision)
    throw new ServiceError('invalid-instant', `there is no revision ${revision}; the latest one is ${last.revision}`);
  const seq = firstCommand(last.seq, (candidate) => log.commandHead(candidate).revision >= revision);
  // The first revisions are those of the genesis, which is one piece.
  if (seq === 1 || log.commandHead(seq).revision === revision) return { seq };
  return { seq: seq - 1, within: { kind: 'revision', revision } };
}

/** The command in which a revision was made. Fails: invalid-instant. */
export function firstCommandOf(revision: number, log: Pick<CommitLog, 'commandHead'>, lastSeq: number): number {
  const { seq, within } = placeOfRevision(revision, log, log.commandHead(lastSeq));
  return within === undefined ? firstCommand(seq, (candidate) => log.commandHead(candidate).revision >= revision) : seq + 1;
}

function placeOfTime(ms: number, log: Pick<CommitLog, 'commandHead'>, last: CommandHead): Place {
  // Files of an earlier version have no times.
  if (last.nowMs === undefined) throw new ServiceError('gone', 'at what times the commands so far were given is not known');
  if (ms > last.nowMs) throw new ServiceError('invalid-instant', `${formatInstant(ms)} is in the future of the cluster`);
  const next = firstCommand(last.seq + 1, (candidate) => candidate > last.seq || (log.commandHead(candidate).nowMs ?? -1) > ms);
  const seq = next - 1;
  if (seq < 1) throw new ServiceError('invalid-instant', `${formatInstant(ms)} is before the start of the cluster`);
  const { nowMs } = log.commandHead(seq);
  return nowMs === ms || seq === last.seq ? { seq } : { seq, within: { kind: 'time', ms } };
}

/** The place in the journal behind the command of a number; 0 for 0. */
export function lastPartOf(number: number, log: Pick<CommitLog, 'commandHead'>, lastSeq: number): number {
  return firstCommand(lastSeq + 1, (candidate) => candidate > lastSeq || log.commandHead(candidate).number > number) - 1;
}

/** The first place from 1 to `last` for which a condition holds that holds for all after it; it holds for `last`. */
function firstCommand(last: number, holds: (seq: number) => boolean): number {
  let [low, high] = [1, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
