// What a recording of causes holds. It is switched on for a replay that somebody asks why of, and costs nothing otherwise; it is no part of the state.

/** Something that was done, and what woke who did it. */
export interface Work {
  readonly kind: 'command' | 'delivery' | 'firing' | 'reconcile';
  readonly component: string;
  /** Of the queue; of a firing that of the timer; of a command its place in the journal; of a delivery the revision that was seen. */
  readonly key: string;
  /** Of a firing: whose timer it was. */
  readonly owner?: string;
  readonly timeMs: number;
  /** Who put the key into the queue, or set the timer; absent: somebody before the recording. */
  readonly by: Work | undefined;
  /** Works behind each other. */
  readonly depth: number;
  /** `by` was left out, because there are too many. */
  readonly isCut?: boolean;
}

export interface CauseRecords {
  /** What is done just now. */
  now: Work | undefined;
  /** Who woke a key first, by queue and key. */
  readonly queued: Map<string, Work | undefined>;
  /** Who set a timer, by owner and key. */
  readonly timers: Map<string, Work>;
  /** By revision. */
  readonly changes: Map<number, Work | undefined>;
}
