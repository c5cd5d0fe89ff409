import { describe, expect, it } from 'vitest';
import { draw, drawBelow, drawKeyed, markRandom, restoreRandom } from '../../src/engine/kernel/random.ts';
import { createState } from '../../src/engine/kernel/state.ts';

const fresh = (seed = 1) => createState({ seed, startMs: 0 });

describe('random streams', () => {
  it('repeat for the same seed and differ for another', () => {
    const numbers = (seed: number) => {
      const state = fresh(seed);
      return Array.from({ length: 20 }, () => draw(state, 'names'));
    };
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
  });

  it('are independent: a draw from one purpose does not move another', () => {
    const a = fresh();
    const b = fresh();
    for (let i = 0; i < 10; i += 1) draw(a, 'other');
    expect(draw(a, 'names')).toBe(draw(b, 'names'));
  });

  it('are given back after a rejected command', () => {
    const state = fresh();
    draw(state, 'uids');
    const mark = markRandom(state, ['uids', 'names']);
    const first = [draw(state, 'uids'), draw(state, 'names')];
    restoreRandom(state, mark);
    expect([draw(state, 'uids'), draw(state, 'names')]).toEqual(first);
  });

  it('fill their range evenly', () => {
    const state = fresh();
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) {
      const index = drawBelow(state, 'even', 10);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(850);
    for (let i = 0; i < 1000; i += 1) {
      const value = drawKeyed(state, 'jitter', `pod-${i}`);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });
});
