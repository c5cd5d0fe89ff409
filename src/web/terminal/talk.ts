// What a terminal shows: a command in a container that one talks to, or the container's log as it grows.

import { ApiError, read } from '../api/client.ts';
import { kubernetesPath } from '../objects/kubernetes.ts';
import { sentenceOf } from '../state/notices.ts';
import type { ObjectName } from '../timeline/objects.ts';
import type { ExecEnd } from './exec-end.ts';
import { type ExecSocket, openExec } from './exec-socket.ts';
import type { Screen } from './screen.ts';

export interface Place {
  readonly cluster: string;
  readonly pod: ObjectName;
  readonly container: string | undefined;
  /** A moment of the past. */
  readonly at: string | undefined;
}

export type TalkEnd = ExecEnd | { readonly kind: 'read' };

export interface Talk {
  write(text: string): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

interface TalkHandlers {
  onOpen(): void;
  onEnd(end: TalkEnd): void;
}

function podPath({ pod: { namespace, name } }: Place): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace ?? 'default')}/pods/${encodeURIComponent(name)}`;
}

/** Runs a command with a terminal. */
export function talkTo(place: Place, command: readonly string[], screen: Screen, handlers: TalkHandlers): Talk {
  const query = new URLSearchParams({ stdin: 'true', stdout: 'true', tty: 'true' });
  if (place.container !== undefined) query.set('container', place.container);
  for (const word of command) query.append('command', word);
  const path = `/clusters/${encodeURIComponent(place.cluster)}${podPath(place)}/exec?${query}`;
  let isLeft = false;
  const socket: ExecSocket = openExec(path, {
    onOpen() {
      socket.resize(screen.size.columns, screen.size.rows);
      handlers.onOpen();
    },
    onOutput: (bytes) => screen.write(bytes),
    onEnd(end) {
      if (end.kind !== 'lost' || end.wasOpen) handlers.onEnd(end);
      else
        void refusalOf(path).then((message) => {
          if (!isLeft) handlers.onEnd(message === undefined ? end : { kind: 'failed', message });
        });
    },
  });
  return {
    write: (text) => socket.write(text),
    resize: (columns, rows) => socket.resize(columns, rows),
    close() {
      isLeft = true;
      socket.close();
    },
  };
}

/** A browser does not tell why no WebSocket came about; the same request without one does. */
async function refusalOf(path: string): Promise<string | undefined> {
  try {
    const response = await read(path);
    return ((await response.json()) as { message?: string }).message;
  } catch {
    return undefined;
  }
}

/** Lines of a log that are shown before those to come. */
const LINES_BEFORE = 1_000;

/** Shows the log of a container: of the present as it grows, of the past as it was. */
export function listenTo(place: Place, screen: Screen, handlers: TalkHandlers): Talk {
  const abort = new AbortController();
  const query = new URLSearchParams({ tailLines: String(LINES_BEFORE), ...(place.at === undefined ? { follow: 'true' } : {}) });
  if (place.container !== undefined) query.set('container', place.container);
  const run = async (): Promise<TalkEnd> => {
    const base = await kubernetesPath(place.cluster, place.at);
    const response = await read(`${base}${podPath(place)}/log?${query}`, '*/*', abort.signal);
    if (!response.ok) throw new ApiError(((await response.json()) as { message?: string }).message ?? response.statusText);
    handlers.onOpen();
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) screen.write(part.value);
    return { kind: 'read' };
  };
  run()
    .catch((error: unknown): TalkEnd => ({ kind: 'failed', message: sentenceOf(error) }))
    .then((end) => {
      if (!abort.signal.aborted) handlers.onEnd(end);
    });
  return { write() {}, resize() {}, close: () => abort.abort() };
}
