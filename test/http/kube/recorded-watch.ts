// Watches of recorded cases: what a stream has brought so far, and its events in the form in which a recording keeps them.

import { setImmediate } from 'node:timers/promises';

/** An event of a recording: whole objects, or only some of their members. */
export interface RecordedEvent {
  readonly type: string;
  readonly object?: unknown;
  readonly [member: string]: unknown;
}

interface WatchedObject {
  readonly metadata?: {
    readonly name?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly phase?: string };
}

export interface WatchEvent {
  readonly type: string;
  readonly object: WatchedObject;
}

/** Turns of the event loop without a byte after which a stream has nothing more to say. */
const QUIET_TURNS = 20;

/** Reads what a watch has to say until now, and leaves it. */
export async function readEvents(response: Response): Promise<readonly WatchEvent[]> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const chunk = await firstOf(reader.read());
    if (chunk === undefined || chunk.done) break;
    text += decoder.decode(chunk.value, { stream: true });
  }
  await reader.cancel();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WatchEvent);
}

/** The value of a promise, or undefined when it does not come soon. */
async function firstOf<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, quiet()]);
}

async function quiet(): Promise<undefined> {
  for (let turn = 0; turn < QUIET_TURNS; turn += 1) await setImmediate();
  return undefined;
}

/** What recordings keep of an object, by member. */
const MEMBERS: Readonly<Record<string, (object: WatchedObject, recorded: unknown) => unknown>> = {
  name: ({ metadata }, recorded) => (String(recorded).endsWith('-*') ? metadata?.name?.replace(/[a-z0-9]{5}$/, '*') : metadata?.name),
  deletionTimestamp: ({ metadata }, recorded) =>
    typeof recorded === 'boolean' ? metadata?.deletionTimestamp !== undefined : metadata?.deletionTimestamp,
  grace: ({ metadata }) => metadata?.deletionGracePeriodSeconds,
  owners: ({ metadata }) => metadata?.ownerReferences?.length,
  generation: ({ metadata }) => metadata?.generation,
  replicas: ({ spec }) => spec?.replicas,
  status: ({ status }) => status,
  phase: ({ status }) => status?.phase,
  // The last resource version of a recording stands for any.
  rv: (_, recorded) => recorded,
  atMs: (_, recorded) => recorded,
};

/** An event with the members that the recorded one has. */
export function likeRecordedEvent(event: WatchEvent, recorded: RecordedEvent): RecordedEvent {
  const kept = Object.entries(recorded).map(([member, value]) => {
    if (member === 'type') return [member, event.type];
    if (member === 'object') return [member, event.object];
    return [member, MEMBERS[member]?.(event.object, value)];
  });
  return Object.fromEntries(kept) as unknown as RecordedEvent;
}
