// What a cluster refused. It changed nothing and is no part of the history that makes the state, but it was asked, and whoever looks back wants to see it.
// Refusals are stored behind the answers, all of a second in one transaction, so that a flood of them costs no more than that; the newest are kept.

import type { JsonObject } from '../engine/apimachinery/meta.ts';
import type { Command, Commit } from '../engine/cluster/index.ts';
import { commandText } from './command-text.ts';
import { isDryRun } from './commands.ts';
import { type CommitLog, type Refusal, REFUSALS_MAX, type RefusalPosition } from './storage.ts';

/** Wall milliseconds for which a refusal is in memory only: as much of them as a process that dies takes along. */
export const REFUSAL_STORE_MS = 1_000;

/** Characters of a command's JSON, beyond which what is long in it is left out; of a message; of the command in a line. */
const COMMAND_LENGTH_MAX = 4_096;
const MESSAGE_LENGTH_MAX = 1_024;
const LINE_LENGTH_MAX = 256;
const CLIENT_LENGTH_MAX = 200;

/** Objects of a shortened manifests call that are named, and characters of a name. */
const NAMED_MAX = 10;
const NAME_LENGTH_MAX = 253;

export class Refusals {
  private readonly log: CommitLog;
  private readonly isOccupied: () => boolean;
  private readonly onLost: (error: unknown) => void;
  /** Those that are not stored yet, the oldest first. */
  private pending: Refusal[] = [];
  private lastId: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `isOccupied`: something is in progress, so that nothing may be written. `onLost` learns of what could not be stored. */
  constructor(log: CommitLog, isOccupied: () => boolean, onLost: (error: unknown) => void) {
    this.log = log;
    this.isOccupied = isOccupied;
    this.onLost = onLost;
  }

  /** Takes note of a commit that was refused; `number` is that of the command before it. */
  note({ command, outcome, revision, digest, nowMs }: Commit, number: number, client = ''): void {
    // What is asked of webhooks first is no answer yet, and who tries something out asks for nothing.
    if (outcome.ok || outcome.asks !== undefined || isDryRun(command)) return;
    this.lastId ??= this.log.lastRefusalId();
    this.lastId += 1;
    const { code = 500, reason = 'InternalError', message = '' } = outcome.status;
    const [id, wallMs] = [this.lastId, Date.now()];
    this.pending.push(refusalOf(command, { id, number, revision, digest, nowMs, wallMs, code, reason, message }, client));
    if (this.pending.length > REFUSALS_MAX) this.pending.shift();
    this.timer ??= this.later();
  }

  /** Those behind a position, in their order. */
  *after(position: RefusalPosition): Generator<Refusal, void> {
    yield* this.log.readRefusals(position);
    for (const refusal of this.pending) if (refusal.number >= position.number && refusal.id > position.id) yield refusal;
  }

  /** Stores what is not stored yet, unless something is in progress. What cannot be stored is forgotten. */
  flush(): void {
    if (this.pending.length === 0 || this.isOccupied()) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = this.pending;
    this.pending = [];
    try {
      this.log.appendRefusals(rows);
    } catch (error) {
      this.onLost(error);
    }
  }

  /** Forgets what is not stored yet. */
  drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = [];
  }

  private later(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timer = this.isOccupied() ? this.later() : undefined;
      this.flush();
    }, REFUSAL_STORE_MS);
    // Where timers are numbers nothing waits for them.
    if (typeof timer === 'object') timer.unref();
    return timer;
  }
}

/** What is kept of a command that was refused. */
export function refusalOf(command: Command, about: Omit<Refusal, 'command' | 'isShortened' | 'line' | 'client'>, client = ''): Refusal {
  return {
    ...about,
    message: clip(about.message, MESSAGE_LENGTH_MAX),
    line: clip(commandText(command), LINE_LENGTH_MAX),
    ...shortened(command),
    ...(client === '' ? {} : { client: client.slice(0, CLIENT_LENGTH_MAX) }),
  };
}

function shortened(command: Command): Pick<Refusal, 'command' | 'isShortened'> {
  if (JSON.stringify(command).length <= COMMAND_LENGTH_MAX) return { command, isShortened: false };
  const brief = briefOf(command);
  const { type } = command;
  return { command: JSON.stringify(brief).length <= COMMAND_LENGTH_MAX ? brief : ({ type } as Command), isShortened: true };
}

/** The command with the names of its objects only. */
function briefOf(command: Command): Command {
  if (command.type === 'request') {
    const { body, webhooks: _, ...request } = command.request;
    return { ...command, request: { ...request, ...(body === undefined ? {} : { body: namesOf(body) }) } };
  }
  if (command.type !== 'manifests') return { type: command.type } as Command;
  const { webhooks: _, ...rest } = command;
  return { ...rest, objects: command.objects.slice(0, NAMED_MAX).map(namesOf) };
}

function namesOf(object: unknown): JsonObject {
  const { apiVersion, kind, metadata } = (object ?? {}) as JsonObject;
  const { name, generateName, namespace } = (metadata ?? {}) as JsonObject;
  const texts = (values: JsonObject) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [[key, clip(value, NAME_LENGTH_MAX)]] : [])),
    );
  return { ...texts({ apiVersion, kind } as JsonObject), metadata: texts({ name, generateName, namespace } as JsonObject) };
}

function clip(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
