// The causes of a change, by replaying the part of the history in which it was made, with a recording switched on. What began in an earlier part is looked for
// there. Nobody pays for it but who asks.

import {
  beginCommand,
  type CauseLink,
  type Change,
  type Cursor,
  executeSteps,
  followCauses,
  foundingLink,
  recordCauses,
  say,
  type Steps,
} from '../engine/cluster/index.ts';
import { describeCommand } from './command-text.ts';
import { firstCommandOf } from './instant.ts';
import { restoredChange } from './logged-change.ts';
import { checkDigest, startBefore } from './past-states.ts';
import type { CommitLog, JournalRow } from './storage.ts';

/** Parts of the history that are replayed for one answer, each from a checkpoint to the next. */
const PARTS_MAX = 16;

/** A link of a chain; a command has its number. */
export interface CauseStep extends CauseLink {
  readonly number?: number;
  readonly client?: string;
}

export interface CauseChain {
  /** From the change back. */
  readonly links: readonly CauseStep[];
  /** Whether the chain leads to a command; if not it goes further back than is looked. */
  readonly isWhole: boolean;
}

/** Fails: invalid-instant, gone, StorageDamage. */
export function* causesOf(log: CommitLog, revision: number, lastSeq: number): Steps<CauseChain> {
  const links: CauseLink[] = [];
  let cursor: Cursor = { kind: 'revision', revision };
  let endSeq = firstCommandOf(revision, log, lastSeq);
  for (let parts = 0; parts < PARTS_MAX; parts += 1) {
    const part = yield* replayPart(log, endSeq);
    cursor = followCauses(part, cursor, links);
    if (cursor.kind === 'unknown') break;
    if (cursor.kind === 'command') return { links: [...links, commandStep(log, cursor.seq)], isWhole: true };
    // What was before the first command was made with the cluster.
    if (part.startSeq <= 1) return { links: [...links, ...genesisLink(log, cursor), commandStep(log, 1)], isWhole: true };
    endSeq = cursor.kind === 'revision' ? Math.min(part.startSeq, firstCommandOf(cursor.revision, log, lastSeq)) : part.startSeq;
  }
  return { links, isWhole: false };
}

interface Part {
  readonly startSeq: number;
  readonly causes: ReturnType<typeof recordCauses>;
  readonly changes: ReadonlyMap<number, Change>;
}

/** The commands from the checkpoint before one up to it. */
function* replayPart(log: CommitLog, endSeq: number): Steps<Part> {
  const { state, seq: startSeq } = yield* startBefore(log, endSeq - 1);
  const causes = recordCauses(state);
  const changes = new Map<number, Change>();
  for (const { seq, command, digest } of log.readJournal(startSeq)) {
    if (seq > endSeq) break;
    beginCommand(state, seq);
    const commit = yield* executeSteps(state, command);
    checkDigest(state, seq, digest);
    for (const change of commit.changes) changes.set(change.revision, change);
  }
  return { startSeq, causes, changes };
}

/** A change of the genesis, which was made in one piece. */
function genesisLink(log: CommitLog, cursor: Cursor): CauseLink[] {
  const [stored] = cursor.kind === 'revision' ? log.readChanges(cursor.revision - 1, 1, 1) : [];
  if (stored === undefined || cursor.kind !== 'revision' || stored.revision !== cursor.revision) return [];
  const { object } = restoredChange(stored);
  return [foundingLink({ ...stored, object: object as Change['object'] })];
}

function commandStep(log: CommitLog, seq: number): CauseStep {
  const [row] = log.readJournal(seq - 1);
  const { command, number, nowMs = 0, client } = row as JournalRow;
  const isFault = command.type === 'fault' || command.type === 'end-fault';
  return {
    kind: 'command',
    timeMs: command.type === 'genesis' ? command.config.startMs : nowMs,
    sentence: say(isFault ? 'gaveFault' : 'gaveCommand', { client, number, line: describeCommand(command) }),
    rule: 'contract, section 7',
    number,
    ...(client === undefined ? {} : { client }),
  };
}
