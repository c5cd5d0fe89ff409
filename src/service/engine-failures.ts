// What happens when the engine fails, which is a bug of ours and never a client's mistake: the cluster is taken back to its last command, the failure gets
// an id and a report from which it can be made again, and work on which the engine fails again is parked, so that it stops nothing else.

import { randomBytes } from 'node:crypto';
import type { Command } from '../engine/cluster/index.ts';
import { formatInstant } from '../engine/apimachinery/time.ts';
import type { ClusterState } from '../engine/kernel/state.ts';

type Work = Extract<Command, { type: 'park' }>['work'];

/** Characters of a command that a report holds. */
const COMMAND_LENGTH_MAX = 1_048_576;
/** Failures on the same work before it is parked, when commands bring them. */
const FAILURES_MAX = 2;

/** What is told of a job that somebody brought to its end who could not wait, and who reported how it failed. */
export const FAILED_BESIDE = 'the engine failed, nothing was changed; the log of the service says more';

/** Where a cluster stood before the command that failed: copying its file and replaying up to `seq` leads there. */
export interface Position {
  readonly cluster: string;
  /** The last command that is stored. */
  readonly seq: number;
  readonly revision: number;
}

/** A failure of the engine, with all that is needed to make it again; for the log. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  /** Eight hexadecimal digits, for people to name it by. */
  readonly id = randomBytes(4).toString('hex');
  readonly position: Position;
  /** Virtual time of the failure. */
  readonly now: string;
  /** JSON of the command that failed. */
  readonly command: string;
  /** The key or timer on which it failed; undefined when it was the command itself. */
  readonly work: Work | undefined;

  constructor(position: Position, state: ClusterState, command: unknown, cause: unknown) {
    super(`the engine failed: ${String((cause as Error | undefined)?.message ?? cause)}`, { cause });
    this.position = position;
    this.now = formatInstant(state.nowMs);
    this.work = state.derived.running;
    const text = JSON.stringify(command) ?? '';
    this.command = text.length > COMMAND_LENGTH_MAX ? `${text.length} characters, too long for the log` : text;
  }

  /** What a client is told. */
  get detail(): string {
    return `the engine failed, nothing was changed; the log of the service says more under the id ${this.id}`;
  }
}

/** Counts failures by cluster and work. */
export class FailureCounts {
  private readonly counts = new Map<string, number>();

  /** Whether the work is to be parked now: at once when a clock met it, because it would meet it again. */
  mustPark(cluster: string, work: Work, isClock: boolean): boolean {
    const key = `${cluster}|${work.kind}|${work.owner}|${work.key}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    if (!isClock && count < FAILURES_MAX) {
      this.counts.set(key, count);
      return false;
    }
    this.counts.delete(key);
    return true;
  }

  /** Forgets a cluster that is gone. */
  forget(cluster: string): void {
    for (const key of this.counts.keys()) if (key.startsWith(`${cluster}|`)) this.counts.delete(key);
  }
}
