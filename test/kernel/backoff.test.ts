import { describe, expect, it } from 'vitest';
import { failureDelayMs, nextBackoffMs } from '../../src/engine/kernel/backoff.ts';

describe('back-off', () => {
  it('begins with its base, doubles, and stays at its ceiling', () => {
    const values: number[] = [];
    for (let value: number | undefined; values.length < 7; values.push(value)) value = nextBackoffMs(value, 10_000, 300_000);
    expect(values).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('of a work queue doubles with each failure in a row', () => {
    const delays = [0, 1, 2, 3, 17, 18].map((failures) => failureDelayMs(failures, 5, 1_000_000));
    expect(delays).toEqual([5, 10, 20, 40, 655_360, 1_000_000]);
  });

  it('stays a number however long the row of failures is', () => {
    expect(failureDelayMs(5_000, 5, 1_000_000)).toBe(1_000_000);
    expect(failureDelayMs(5_000, 0, 1_000_000)).toBe(0);
  });
});
