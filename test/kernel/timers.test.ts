import { describe, expect, it } from 'vitest';
import { createState } from '../../src/engine/kernel/state.ts';
import { clearTimer, getTimer, peekTimer, rebuildTimerHeap, setTimer, takeTimer, type Timer } from '../../src/engine/kernel/timers.ts';

const at = (dueMs: number, rank: number, order: number, owner: string, key: string): Timer => ({ dueMs, rank, order, owner, key });

function drain(state: ReturnType<typeof createState>): string[] {
  const fired: string[] = [];
  for (let timer = takeTimer(state, Number.MAX_SAFE_INTEGER); timer !== undefined; timer = takeTimer(state, Number.MAX_SAFE_INTEGER)) {
    fired.push(`${timer.dueMs} ${timer.owner} ${timer.key}`);
  }
  return fired;
}

describe('timers', () => {
  it('fire by due time, then rank, order, owner and key, whatever the order they were set in', () => {
    const timers = [at(5, 2, 0, 'b', 'x'), at(5, 1, 9, 'a', 'y'), at(5, 1, 2, 'a', 'z'), at(1, 9, 9, 'c', 'c'), at(5, 1, 2, 'a', 'b')];
    const forward = createState({ seed: 1, startMs: 0 });
    const backward = createState({ seed: 1, startMs: 0 });
    for (const timer of timers) setTimer(forward, timer);
    for (const timer of timers.toReversed()) setTimer(backward, timer);
    const expected = ['1 c c', '5 a b', '5 a z', '5 a y', '5 b x'];
    expect(drain(forward)).toEqual(expected);
    expect(drain(backward)).toEqual(expected);
  });

  it('keep one timer per owner and key', () => {
    const state = createState({ seed: 1, startMs: 0 });
    setTimer(state, at(10, 1, 0, 'a', 'k'));
    setTimer(state, at(3, 1, 0, 'a', 'k'));
    setTimer(state, at(7, 1, 0, 'a', 'k'));
    expect(getTimer(state, 'a', 'k')?.dueMs).toBe(7);
    expect(drain(state)).toEqual(['7 a k']);
  });

  it('are gone once cleared, and not due before their time', () => {
    const state = createState({ seed: 1, startMs: 0 });
    setTimer(state, at(3, 1, 0, 'a', 'k'));
    setTimer(state, at(4, 1, 0, 'a', 'l'));
    clearTimer(state, 'a', 'k');
    expect(takeTimer(state, 3)).toBeUndefined();
    expect(peekTimer(state)?.key).toBe('l');
  });

  it('refuse a due time in the past', () => {
    const state = createState({ seed: 1, startMs: 5000 });
    expect(() => setTimer(state, at(4999, 1, 0, 'a', 'k'))).toThrow(/past/);
  });

  it('come back in the same order after the heap was rebuilt', () => {
    const state = createState({ seed: 1, startMs: 0 });
    for (let i = 0; i < 500; i += 1) setTimer(state, at((i * 7919) % 1000, i % 3, i % 7, 'o', `k${i}`));
    const copy = structuredClone(state);
    rebuildTimerHeap(copy);
    expect(drain(copy)).toEqual(drain(state));
  });
});
