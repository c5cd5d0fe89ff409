// `GET …/pods/{name}/log`: lines as plain text, at once or as they come. Rules: R1-R6.

import { formatNanoTime, parseTime } from '../../engine/apimachinery/time.ts';
import { type FieldError, forbidden, invalid } from '../../engine/apimachinery/field-errors.ts';
import { invalidObject } from '../../engine/apimachinery/status.ts';
import { type PodLog, type PodLogQuery, readPodLog, selectLines } from '../../engine/cluster/index.ts';
import type { ByteSource } from '../../service/host.ts';
import { waitingHeaders } from '../waiting-headers.ts';
import { answerStatus } from './answer.ts';
import type { ResourceRequest } from './handlers.ts';
import { messageHeaders } from './message-headers.ts';
import { Follower } from '../watch/follower.ts';
import { streamingResponse } from '../watch/stream.ts';

interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  readonly sinceMs?: number;
}

/** Answers a request for a log. */
export function handlePodLog(context: ResourceRequest): Response {
  const { service, cluster, target, query } = context;
  const options = parseOptions(query);
  if (Array.isArray(options)) return answerStatus(invalidObject(LOG_OPTIONS, target.name ?? '', options));
  const which: PodLogQuery = {
    namespace: target.namespace ?? '',
    name: target.name ?? '',
    container: query.get('container') ?? '',
    isPrevious: isTrue(query.get('previous')),
  };
  const read = () => service.read(cluster, (state) => ({ found: readPodLog(state, which), nowMs: state.nowMs }));
  const { found, nowMs } = read();
  if (!found.ok) return answerStatus(found.status);
  const printer = new LogPrinter(options, nowMs);
  const first = printer.print(found.value, true);
  const headers = { 'Content-Type': 'text/plain', ...messageHeaders(context.request) };
  // R5: nothing has run where no kubelet knows the pod.
  if (found.value.instanceId === '') return new Response(null, { status: 204 });
  if (!options.follow || found.value.isFinal || printer.isFull) return new Response(first, { headers });
  const follower = new Follower(service, cluster);
  const source = new LogSource(first, printer, {
    read() {
      const next = read().found;
      return next.ok ? next.value : undefined;
    },
    served: () => follower.served(),
    async moved() {
      await follower.moved();
      await service.settled(cluster);
    },
    close: () => follower.close(),
  });
  return streamingResponse(source, { ...headers, ...waitingHeaders(context) });
}

const LOG_OPTIONS = { kind: 'PodLogOptions', group: '', plural: 'podlogoptions' };

function parseOptions(query: URLSearchParams): LogOptions | FieldError[] {
  const errors: FieldError[] = [];
  const number = (name: string, min: number): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min)
      errors.push(
        invalid(name, Number.isNaN(value) ? text : value, min === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'),
      );
    return value;
  };
  const sinceTime = query.get('sinceTime');
  const sinceMs = sinceTime === null ? undefined : parseTime(sinceTime);
  if (sinceTime !== null && sinceMs === undefined) errors.push(invalid('sinceTime', sinceTime, 'must be an RFC 3339 time'));
  const values = {
    tailLines: number('tailLines', 0),
    limitBytes: number('limitBytes', 1),
    sinceSeconds: number('sinceSeconds', 1),
    sinceMs,
  };
  if (values.sinceSeconds !== undefined && sinceMs !== undefined)
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  if (errors.length > 0) return errors;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { follow: isTrue(query.get('follow')), timestamps: isTrue(query.get('timestamps')), ...given };
}

function isTrue(text: string | null): boolean {
  return text !== null && /^(?:1|t|true)$/i.test(text);
}

/** Turns a growing log into text, each line once. */
class LogPrinter {
  private readonly options: LogOptions;
  private readonly sinceMs: number | undefined;
  private instanceId = '';
  private printedCount = 0;
  private isWithinLine = false;
  private bytesLeft: number;

  constructor(options: LogOptions, nowMs: number) {
    this.options = options;
    this.sinceMs = options.sinceMs ?? (options.sinceSeconds === undefined ? undefined : nowMs - options.sinceSeconds * 1000);
    this.bytesLeft = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.bytesLeft <= 0;
  }

  /** The lines that were not printed yet. */
  print(log: PodLog, isFirst: boolean): Uint8Array {
    if (log.instanceId !== this.instanceId) this.printedCount = 0;
    this.instanceId = log.instanceId;
    const { tailLines } = this.options;
    const fresh = log.lines.slice(Math.max(0, this.printedCount - log.droppedCount));
    this.printedCount = log.droppedCount + log.lines.length;
    const chosen = selectLines(fresh, {
      ...(this.sinceMs === undefined ? {} : { sinceMs: this.sinceMs }),
      ...(isFirst && tailLines !== undefined ? { tailLines } : {}),
    });
    const text = chosen.map((line) => this.textOf(line)).join('');
    const bytes = new TextEncoder().encode(text);
    const kept = bytes.length > this.bytesLeft ? bytes.slice(0, this.bytesLeft) : bytes;
    this.bytesLeft -= kept.length;
    return kept;
  }

  /** R3: what continues a line has no time of its own. */
  private textOf({ ms, text, isPartial }: PodLog['lines'][number]): string {
    const time = this.options.timestamps && !this.isWithinLine ? `${formatNanoTime(ms)} ` : '';
    this.isWithinLine = isPartial === true;
    return `${time}${text}${this.isWithinLine ? '' : '\n'}`;
  }
}

interface FollowedLog {
  /** The log as it stands; undefined when its pod is gone. */
  read(): PodLog | undefined;
  /** The reader was told something. */
  served(): void;
  /** Resolves when there may be more to read. */
  moved(): Promise<void>;
  close(): void;
}

/** A log that is followed: ends with the container's last run, with the pod, or when the limit is reached. */
class LogSource implements ByteSource {
  private first: Uint8Array | undefined;
  private readonly printer: LogPrinter;
  private readonly log: FollowedLog;
  private isClosed = false;
  private isOver = false;

  constructor(first: Uint8Array, printer: LogPrinter, log: FollowedLog) {
    this.first = first;
    this.printer = printer;
    this.log = log;
  }

  async next(): Promise<Uint8Array | undefined> {
    const { first } = this;
    this.first = undefined;
    if (first !== undefined && first.length > 0) return first;
    while (!this.isClosed && !this.isOver && !this.printer.isFull) {
      const log = this.log.read();
      this.isOver = log === undefined || log.isFinal;
      const bytes = log === undefined ? new Uint8Array() : this.printer.print(log, false);
      if (bytes.length > 0 || this.isOver) this.log.served();
      if (bytes.length > 0) return bytes;
      if (!this.isOver) await this.log.moved();
    }
    return undefined;
  }

  close(): void {
    this.isClosed = true;
    this.log.close();
  }
}
