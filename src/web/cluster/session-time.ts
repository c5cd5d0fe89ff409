// Virtual time as the page says it: counted from the start of the cluster.

import { formatElapsed } from '../text/time.ts';
import type { Session } from './session.ts';

/** A time as the timeline says it. */
export function sayTime(session: Session, atMs: number): string {
  return formatElapsed((atMs - startOf(session)) / 1000);
}

export function startOf(session: Session): number {
  const { startTime } = session.cluster.value ?? {};
  return startTime === undefined ? session.timeline.fromMs : Date.parse(startTime);
}
