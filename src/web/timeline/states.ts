// The states of rows: each has a colour and a pattern, so that neither stands alone.

import type { Schemas } from '../api/schemas.ts';
import { text } from '../text/text.ts';

export type State = Schemas['TimelineSpan']['state'];
export type Pattern = 'plain' | 'hatch' | 'stripes' | 'cross' | 'dots';

interface Look {
  /** Which of the palette's colours. */
  readonly tone: 'grey' | 'blue' | 'cyan' | 'amber' | 'green' | 'red' | 'violet' | 'slate';
  readonly pattern: Pattern;
}

const LOOKS: Readonly<Record<State, Look>> = {
  NodeReady: { tone: 'green', pattern: 'plain' },
  NodeNotReady: { tone: 'amber', pattern: 'hatch' },
  NodeLost: { tone: 'red', pattern: 'cross' },
  NodeCordoned: { tone: 'grey', pattern: 'hatch' },
  Progressing: { tone: 'blue', pattern: 'stripes' },
  Available: { tone: 'green', pattern: 'plain' },
  Stalled: { tone: 'red', pattern: 'hatch' },
  ScaledDown: { tone: 'grey', pattern: 'plain' },
  Suspended: { tone: 'grey', pattern: 'hatch' },
  Complete: { tone: 'slate', pattern: 'plain' },
  Pending: { tone: 'grey', pattern: 'hatch' },
  Scheduled: { tone: 'grey', pattern: 'plain' },
  Waiting: { tone: 'grey', pattern: 'dots' },
  Pulling: { tone: 'blue', pattern: 'stripes' },
  Starting: { tone: 'cyan', pattern: 'dots' },
  Running: { tone: 'amber', pattern: 'stripes' },
  Ready: { tone: 'green', pattern: 'plain' },
  BackOff: { tone: 'red', pattern: 'hatch' },
  Terminating: { tone: 'violet', pattern: 'dots' },
  Succeeded: { tone: 'slate', pattern: 'plain' },
  Failed: { tone: 'red', pattern: 'cross' },
};

export function lookOf(state: string): Look {
  return LOOKS[state as State] ?? LOOKS.Waiting;
}

export function stateName(state: string): string {
  return text.states[state as State] ?? text.states.Waiting;
}

/** The classes of an element that shows a state. */
export function stateClass(state: string): string {
  const { tone, pattern } = lookOf(state);
  return `tone-${tone} pattern-${pattern}`;
}
