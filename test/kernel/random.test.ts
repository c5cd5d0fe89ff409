import { describe, expect, it } from 'vitest';
import {
  draw,
  drawBelow,
  drawKeyed,
  firstSeed,
  formatUuid,
  markRandom,
  reseed,
  restoreRandom,
  uuidKeyed,
} from '../../src/engine/kernel/random.ts';
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

  it('give the numbers that they gave when recordings were made', () => {
    const state = fresh(42);
    expect([1, 2, 3, 4].map(() => draw(state, 'names'))).toEqual([43_698_672, 2_936_310_218, 748_955_670, 4_008_466_042]);
    expect(draw(state, 'uids')).toBe(683_828_703);
    expect(drawKeyed(state, 'jitter', 'pod-1')).toBe(0.20126579399220645);
  });

  it('of a purpose that was not used before a rejected command begin anew after it', () => {
    const state = fresh();
    const mark = markRandom(state, ['names']);
    const first = draw(state, 'names');
    restoreRandom(state, mark);
    expect(draw(state, 'names')).toBe(first);
    expect(draw(fresh(), 'names')).toBe(first);
  });
});

describe('another seed', () => {
  it('changes what is drawn from then on, and nothing that belongs to the cluster for good', () => {
    const state = fresh(1);
    const [jitter, uid] = [drawKeyed(state, 'jitter', 'a'), uuidKeyed(state, 'node', 'node-1')];
    reseed(state, 2);
    expect(drawKeyed(state, 'jitter', 'a')).not.toBe(jitter);
    expect(uuidKeyed(state, 'node', 'node-1')).toBe(uid);
    reseed(state, 3);
    expect([state.seed, firstSeed(state)]).toEqual([3, 1]);
    expect(uuidKeyed(state, 'node', 'node-1')).toBe(uid);
    expect(uuidKeyed(fresh(3), 'node', 'node-1')).not.toBe(uid);
    expect(uuidKeyed(state, 'node', 'node-2')).not.toBe(uid);
  });
});

describe('a UUID', () => {
  it('has the digits it is made from, but for those that say version 4 and the variant', () => {
    expect(formatUuid('0123456789abcdef0123456789abcdef')).toBe('01234567-89ab-4def-8123-456789abcdef');
  });

  it.each([
    ['0', '8'],
    ['5', '9'],
    ['a', 'a'],
    ['f', 'b'],
  ])('whose seventeenth digit is %s says the variant by %s', (digit, shown) => {
    expect(formatUuid(`0000000000000000${digit}000000000000000`)).toBe(`00000000-0000-4000-${shown}000-000000000000`);
  });
});
