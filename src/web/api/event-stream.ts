// Server-sent events over fetch, because EventSource can send no token. A stream that breaks goes on behind the last event that came.

import { askForToken } from '../state/token.ts';
import { BASE } from './base.ts';
import { problemText, send } from './client.ts';
import { EventParser, type StreamEvent } from './event-parser.ts';
import type { Problem } from './schemas.ts';

export interface StreamHandlers {
  /** A connection is there: with `isResumed` it goes on where the one before it broke, otherwise everything comes again. */
  onOpen(isResumed: boolean): void;
  onEvents(events: readonly StreamEvent[]): void;
  /** Nobody answers; the stream tries again by itself. */
  onBreak(): void;
  /** The service refuses, for good: the cluster is gone, for instance. */
  onRefusal(detail: string): void;
}

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 5000;

/** Opens a stream below the address of the service. Returns a function that closes it. */
export function openStream(path: string, handlers: StreamHandlers): () => void {
  const abort = new AbortController();
  void run(path, handlers, abort.signal);
  return () => abort.abort();
}

async function run(path: string, handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let retryMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    try {
      const headers = { Accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }) };
      const response = await send(new Request(`${BASE}${path}`, { headers, signal }));
      if (response.status === 401) {
        askForToken();
        return;
      }
      if (response.status >= 400 && response.status < 500) {
        handlers.onRefusal(problemText((await response.json()) as Partial<Problem>) ?? response.statusText);
        return;
      }
      if (!response.ok || response.body === null) throw new TypeError(response.statusText);
      handlers.onOpen(lastId !== undefined);
      retryMs = RETRY_MS_MIN;
      const isKept = await readAll(response.body, (events) => {
        lastId = events.findLast(({ id }) => id !== undefined)?.id ?? lastId;
        handlers.onEvents(events);
        return !events.some(({ type }) => type === 'ERROR');
      });
      if (!isKept) lastId = undefined;
    } catch {
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    handlers.onBreak();
    await sleep(retryMs, signal);
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  }
}

/** Reads to the end; false when the events say that the position is lost. */
async function readAll(body: ReadableStream<Uint8Array>, onEvents: (events: readonly StreamEvent[]) => boolean): Promise<boolean> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return true;
    const events = parser.push(decoder.decode(value, { stream: true }));
    if (events.length > 0 && !onEvents(events)) {
      await reader.cancel();
      return false;
    }
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
