// The states of rows: each has a colour and a pattern, so that neither stands alone.

import type { Schemas } from '../api/schemas.ts';

export type State = Schemas['TimelineSpan']['state'];
export type Pattern = 'plain' | 'hatch' | 'stripes' | 'cross' | 'dots';

interface Look {
  /** Which of the palette's colours. */
  readonly tone: 'grey' | 'blue' | 'cyan' | 'amber' | 'green' | 'red' | 'violet' | 'slate';
  readonly pattern: Pattern;
  readonly name: string;
}

const LOOKS: Readonly<Record<State, Look>> = {
  NodeReady: { tone: 'green', pattern: 'plain', name: 'Ready' },
  NodeNotReady: { tone: 'amber', pattern: 'hatch', name: 'Not ready' },
  NodeLost: { tone: 'red', pattern: 'cross', name: 'Lost' },
  NodeCordoned: { tone: 'grey', pattern: 'hatch', name: 'Cordoned' },
  Progressing: { tone: 'blue', pattern: 'stripes', name: 'Progressing' },
  Available: { tone: 'green', pattern: 'plain', name: 'Available' },
  Stalled: { tone: 'red', pattern: 'hatch', name: 'Stalled' },
  ScaledDown: { tone: 'grey', pattern: 'plain', name: 'Scaled down' },
  Suspended: { tone: 'grey', pattern: 'hatch', name: 'Suspended' },
  Complete: { tone: 'slate', pattern: 'plain', name: 'Complete' },
  Pending: { tone: 'grey', pattern: 'hatch', name: 'Pending' },
  Scheduled: { tone: 'grey', pattern: 'plain', name: 'Scheduled' },
  Waiting: { tone: 'grey', pattern: 'dots', name: 'Waiting' },
  Pulling: { tone: 'blue', pattern: 'stripes', name: 'Pulling' },
  Starting: { tone: 'cyan', pattern: 'dots', name: 'Starting' },
  Running: { tone: 'amber', pattern: 'stripes', name: 'Running, not ready' },
  Ready: { tone: 'green', pattern: 'plain', name: 'Ready' },
  BackOff: { tone: 'red', pattern: 'hatch', name: 'Back-off' },
  Terminating: { tone: 'violet', pattern: 'dots', name: 'Terminating' },
  Succeeded: { tone: 'slate', pattern: 'plain', name: 'Succeeded' },
  Failed: { tone: 'red', pattern: 'cross', name: 'Failed' },
};

export function lookOf(state: string): Look {
  return LOOKS[state as State] ?? LOOKS.Waiting;
}

export function stateName(state: string): string {
  return lookOf(state).name;
}

/** The classes of an element that shows a state. */
export function stateClass(state: string): string {
  const { tone, pattern } = lookOf(state);
  return `tone-${tone} pattern-${pattern}`;
}
