// The fronts beside a front, which are objects: what they do for each other crosses as plain data.

import type { Stub } from 'cloudflare:workers';
import { placeOf } from '../../front/hosts.ts';
import type { Peer, Peers } from '../../front/peers.ts';
import type { AskFront } from '../../http/rest/context.ts';
import { ServiceError } from '../../service/ports.ts';
import { packError, unpackError } from '../worker/crossing.ts';
import type { Answered, FrontCalls } from './calls.ts';
import { type Environment, frontAt, frontCountOf, frontIndexOf, frontOf } from './environment.ts';

/** The fronts beside the one of this number. */
export function otherFronts(environment: Environment, own: number): Peers {
  const indexes = Array.from({ length: frontCountOf(environment) }, (_, index) => index).filter((index) => index !== own);
  const claims = (digest: string) => frontAt(environment, placeOf(digest, indexes.length + 1));
  return {
    // One front alone knows all tokens.
    claimToken: (digest, cluster) =>
      indexes.length === 0 ? Promise.resolve(true) : reached(() => claims(digest).claimToken(digest, cluster)),
    releaseToken: (digest, cluster) =>
      indexes.length === 0 ? Promise.resolve() : reached(() => claims(digest).releaseToken(digest, cluster)),
    of: (name) => (frontIndexOf(environment, name) === own ? undefined : peerOf(frontOf(environment, name))),
    others: () => indexes.map((index) => peerOf(frontAt(environment, index))),
  };
}

/** As `FrontContext.otherFront`, for the front of this number. */
export function askOtherFront(environment: Environment, own: number): (cluster: string) => AskFront | undefined {
  const ask: AskFront = (request, cluster) =>
    reached(() => frontOf(environment, cluster).otherSide(new Request(request.url, { headers: request.headers }), cluster));
  return (cluster) => (frontIndexOf(environment, cluster) === own ? undefined : ask);
}

function peerOf(front: Stub<FrontCalls>): Peer {
  return {
    takeFork: (...asked) => answered(() => front.takeFork(...asked)),
    giveFork: (...asked) => answered(() => front.giveFork(...asked)),
    forksFrom: (...asked) => answered(() => front.forksFrom(...asked)),
  };
}

/** What a front is asked for by another one. */
export function answering<T>(answer: Promise<T>): Promise<Answered<T>> {
  return answer.then(
    (value) => ({ kind: 'answer', value }),
    (error: unknown) => ({ kind: 'failure', error: packError(error) }),
  );
}

async function answered<T>(call: () => Promise<Answered<T>>): Promise<T> {
  const told = await reached(call);
  if (told.kind === 'answer') return told.value;
  throw unpackError(told.error);
}

/** Fails: host-lost. */
async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new ServiceError('host-lost', 'the front of another cluster ended before it answered; whether something was done is not known', {
      cause: error,
    });
  }
}
