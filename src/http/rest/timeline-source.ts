// A timeline as a stream: what was, in pieces that are read when the reader wants them, then what comes.

import type { Language, TimelineStep } from '../../engine/cluster/index.ts';
import type { ByteSource } from '../../service/host.ts';
import { type ClusterService, ServiceError, type WatchCursor } from '../../service/ports.ts';
import type { TimelineEnd, TimelineReader } from '../../service/timeline.ts';
import { problemOfError } from '../errors.ts';
import { withAlarm } from '../watch/alarm.ts';
import { encodeFrame, KEEP_ALIVE_FRAME } from '../watch/frames.ts';
import { describeStep } from './timeline-rows.ts';

/** Wall time without news after which a comment keeps the connection alive. */
const KEEP_ALIVE_MS = 15_000;

/** Steps of one event, and changes that are looked through for one. */
const STEPS_MAX = 500;

/** What is told, and in which language. */
export interface Told {
  readonly reader: TimelineReader;
  /** What is there when it begins. */
  readonly present: TimelineStep[];
  readonly language: Language;
}

export class TimelineSource implements ByteSource {
  private readonly service: ClusterService;
  private readonly cluster: string;
  private readonly reader: TimelineReader;
  private readonly language: Language;
  private readonly cursor: WatchCursor;
  private steps: TimelineStep[];
  private toldMs = -1;
  private toldRevision = -1;
  private pending: Promise<boolean> | undefined;
  private hasEnded = false;

  constructor(service: ClusterService, cluster: string, { reader, present, language }: Told) {
    this.service = service;
    this.cluster = cluster;
    this.reader = reader;
    this.language = language;
    this.steps = present;
    this.cursor = service.watch(cluster, service.latestRevision(cluster));
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      return await this.read();
    } catch (error) {
      if (this.hasEnded || !(error instanceof ServiceError)) throw error;
      this.hasEnded = true;
      return encodeFrame({ event: 'error', data: JSON.stringify(problemOfError(error)) });
    }
  }

  close(): void {
    this.hasEnded = true;
    this.cursor.close();
  }

  private async read(): Promise<Uint8Array | undefined> {
    while (!this.hasEnded) {
      await this.service.settled(this.cluster);
      const end = this.end();
      if (this.steps.length === 0) this.steps = await this.more(end);
      if (this.steps.length > 0) return this.tell();
      // At one instant objects change, too: by requests, while the clock stands.
      if (end.nowMs !== this.toldMs || end.revision !== this.toldRevision) return this.tellNow(end);
      // What happened while storage was read woke nobody.
      const { revision, nowMs } = this.end();
      if (revision !== end.revision || nowMs !== end.nowMs) continue;
      this.pending ??= this.cursor.moved(false);
      const moved = await withAlarm(this.pending, Date.now() + KEEP_ALIVE_MS);
      if (moved === 'alarm') return KEEP_ALIVE_FRAME;
      this.pending = undefined;
      if (!moved) return undefined;
    }
    return undefined;
  }

  private end(): TimelineEnd {
    return this.service.read(this.cluster, ({ revision, nowMs }) => ({ revision, nowMs }));
  }

  /** What is to be told up to an end, some hundred steps at most; none when everything was. */
  private async more(end: TimelineEnd): Promise<TimelineStep[]> {
    for (;;) {
      const changes = await this.reader.readChanges(end, STEPS_MAX);
      const steps =
        changes ?? (await this.reader.readCommands({ numberMax: await this.service.history.numberAt(this.cluster), refusedMs: end.nowMs }));
      if (steps === undefined) return [];
      if (steps.length > 0) return steps;
    }
  }

  private tell(): Uint8Array {
    const told = this.steps.slice(0, STEPS_MAX);
    this.steps = this.steps.slice(STEPS_MAX);
    this.cursor.served();
    return encodeFrame({ event: 'steps', data: JSON.stringify({ steps: told.map((step) => describeStep(step, this.language)) }) });
  }

  private tellNow({ nowMs, revision }: TimelineEnd): Uint8Array {
    [this.toldMs, this.toldRevision] = [nowMs, revision];
    return encodeFrame({ event: 'now', data: JSON.stringify({ nowMs, resourceVersion: String(revision) }) });
  }
}
