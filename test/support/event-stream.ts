// A client of server-sent events for tests: frames by what they must be, not by when they come.

export interface EventFrame {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** The next frame; undefined at the end of the stream. */
  next(): Promise<EventFrame | undefined>;
  /** The next frames up to the first for which `isLast` holds, that one included. */
  until(isLast: (frame: EventFrame) => boolean): Promise<EventFrame[]>;
  /** All frames to the end of the stream. */
  rest(): Promise<EventFrame[]>;
  close(): void;
}

/** Opens a stream. */
export async function openEvents(url: string, init: RequestInit = {}): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal, headers: { Accept: 'text/event-stream', ...init.headers } });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<EventFrame | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const frame = parseFrame(text.slice(0, end));
        text = text.slice(end + 2);
        if (frame !== undefined) return frame;
        continue;
      }
      const read = await reader.read();
      if (read.done) return undefined;
      text += read.value;
    }
  };
  const collect = async (isLast: (frame: EventFrame) => boolean): Promise<EventFrame[]> => {
    const frames: EventFrame[] = [];
    for (let frame = await next(); frame !== undefined; frame = await next()) {
      frames.push(frame);
      if (isLast(frame)) break;
    }
    return frames;
  };
  return {
    status: response.status,
    headers: response.headers,
    next,
    until: collect,
    rest: () => collect(() => false),
    close: () => abort.abort(),
  };
}

/** A frame; undefined for comments. */
function parseFrame(text: string): EventFrame | undefined {
  const lines = text.split('\n').filter((line) => !line.startsWith(':'));
  if (lines.length === 0) return undefined;
  const valueOf = (name: string) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const [id] = valueOf('id');
  return { ...(id === undefined ? {} : { id }), event: valueOf('event')[0] ?? 'message', data: valueOf('data').join('\n') };
}
