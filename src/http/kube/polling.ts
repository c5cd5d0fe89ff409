// Clients that ask again and again until something happens, such as kubectl drain. On a clock that runs while somebody waits they wait, too: such a
// request is answered when what it asks for has changed, or after a minute of virtual time. So the clock stands where an answer says that it stands,
// whenever the client comes (docs/contract.md, section 3).

import { type ChangedObjects, clockOf } from '../../engine/cluster/index.ts';
import { ServiceError } from '../../service/ports.ts';
import type { ResourceRequest } from './handlers.ts';

/** Virtual time that passes at most for a question that finds nothing new. */
const POLL_SPAN_MS = 60_000;

export interface Question {
  /** Whose changes may be an answer. */
  readonly of: ChangedObjects;
  /** What an answer would say, in short; two that differ are news. */
  find(): string;
  /** Nobody asks this but to ask again. */
  readonly isPoll: boolean;
}

/** Resolves when the question is to be answered. */
export async function awaitNews(
  { service, cluster, request, client }: Omit<ResourceRequest, 'target'>,
  { of, find, isPoll }: Question,
): Promise<void> {
  const readClock = () => service.read(cluster, (state) => ({ nowMs: state.nowMs, rate: clockOf(state).rate }));
  if (service.moment !== undefined || readClock().rate !== 'auto') return;
  const polls = service.waitersOf(cluster)?.polls;
  if (polls === undefined) return;
  const key = `${client} ${request.method} ${request.url}`;
  await polls.inTurn(async () => {
    const endMs = readClock().nowMs + POLL_SPAN_MS;
    const seen = find();
    if (polls.isWaiting(key, seen)) {
      for (let { nowMs } = readClock(); nowMs < endMs && find() === seen; { nowMs } = readClock()) {
        const goal = { kind: 'change', of, timeoutMs: endMs - nowMs } as const;
        const isFree = await service.advance(cluster, goal, { client, signal: request.signal }).then(() => true, refuseBusy);
        if (!isFree || request.signal.aborted) break;
      }
    }
    polls.answer(key, find(), isPoll);
  });
}

/** Who turns the clock by hand turns it for all. */
function refuseBusy(error: unknown): false {
  if (error instanceof ServiceError && error.code === 'busy') return false;
  throw error;
}
