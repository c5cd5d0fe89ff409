// Who asks a cluster for the same again and again: such a client waits, too. It has no connection that could tell, so it is known by what it asks.

/** Wall time after which who has not asked again waits no longer. */
const POLL_GAP_MS = 10_000;

/** Questions of one cluster that are remembered; the one asked longest ago is forgotten first. */
const POLLS_MAX = 1_000;

/** A question of a client, and what he was answered. */
interface Poll {
  readonly finding: string;
  /** Answers in a row that said nothing new, the first one not counted. */
  readonly repeats: number;
  /** Has been seen to wait. */
  readonly isWaiting: boolean;
  readonly atMs: number;
}

/** Repeated answers after which a client is taken for one that waits. */
const REPEATS_MIN = 2;

export class Polls {
  private readonly polls = new Map<string, Poll>();
  private lastTurn: Promise<void> = Promise.resolve();

  /** Whether who asks this waits for something else than he would find. */
  isWaiting(question: string, finding: string): boolean {
    const poll = this.polls.get(question);
    if (poll === undefined || poll.finding !== finding || performance.now() - poll.atMs > POLL_GAP_MS) return false;
    return poll.isWaiting || poll.repeats + 1 >= REPEATS_MIN;
  }

  /** Remembers an answer; `isWaiting`: nobody asks this but to ask again. */
  answer(question: string, finding: string, isWaiting: boolean): void {
    const before = this.polls.get(question);
    const isRecent = before !== undefined && performance.now() - before.atMs <= POLL_GAP_MS;
    const repeats = isRecent && before.finding === finding ? before.repeats + 1 : 0;
    const waits = isWaiting || (isRecent && (before.isWaiting || repeats >= REPEATS_MIN));
    this.polls.delete(question);
    this.polls.set(question, { finding, repeats, isWaiting: waits, atMs: performance.now() });
    const [oldest] = this.polls.keys();
    if (this.polls.size > POLLS_MAX && oldest !== undefined) this.polls.delete(oldest);
  }

  /** Runs what turns the clock of the cluster, one after the other. */
  inTurn(turn: () => Promise<void>): Promise<void> {
    const mine = this.lastTurn.then(turn);
    this.lastTurn = mine.catch(() => {});
    return mine;
  }
}
