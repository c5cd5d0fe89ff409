// States of the past that are in memory: the next moment begins at the nearest one.

import { expect, it } from 'vitest';
import { createState } from '../../src/engine/kernel/state.ts';
import { PastStates } from '../../src/service/past-states.ts';

it('what is nearest before a command is whole, and of the same cluster', () => {
  const states = new PastStates();
  const made = () => createState({ seed: 1, startMs: 0 });
  const [early, late] = [made(), made()];
  states.put('a', { seq: 2 }, early);
  states.put('a', { seq: 5 }, late);
  states.put('a', { seq: 6, within: { kind: 'revision', revision: 70 } }, made());
  states.put('b', { seq: 6 }, made());
  expect(states.lastBefore('a', 1)).toBeUndefined();
  expect(states.lastBefore('a', 4)).toEqual({ seq: 2, state: early });
  expect(states.lastBefore('a', 4)?.state).toBe(early);
  expect(states.lastBefore('a', 9)).toEqual({ seq: 5, state: late });
  expect(states.lastBefore('a', 9)?.state).toBe(late);
});
