// An instance that is about to end. What goes on in an object, an open watch, a clock that runs, keeps it from being handed over for seconds; told before
// its signal, the instance ends that first. All objects of an instance are in one isolate, so that what is written here each of them can read; none may
// call another one.

import type { Environment } from './environment.ts';

/** Wall time between two looks whether the instance is about to end. */
export const DRAIN_PERIOD_MS = 100;

/** Looks for which a command may go on then. */
export const DRAIN_LOOKS = 3;

/** Set once, and for good. */
export const drain = { isOn: false };

const PATH = '/.drain';

/** Answers who started the instance; undefined for everybody else, and for every other request. */
export function answerDrain(request: Request, { DRAIN_KEY }: Environment): Response | undefined {
  const isAsked = request.method === 'POST' && new URL(request.url).pathname === PATH;
  if (!isAsked || !DRAIN_KEY || request.headers.get('authorization') !== `Bearer ${DRAIN_KEY}`) return undefined;
  drain.isOn = true;
  return new Response(null, { status: 204 });
}
