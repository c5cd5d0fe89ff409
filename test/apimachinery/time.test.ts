import { describe, expect, it } from 'vitest';
import * as time from '../../src/engine/apimachinery/time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('time', () => {
  it.each([
    [0, '0s'],
    [119 * SECOND, '119s'],
    [120 * SECOND, '2m'],
    [125 * SECOND, '2m5s'],
    [599 * SECOND, '9m59s'],
    [600 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [180 * MINUTE, '3h'],
    [7 * HOUR + 59 * MINUTE, '7h59m'],
    [8 * HOUR, '8h'],
    [47 * HOUR, '47h'],
    [48 * HOUR, '2d'],
    [49 * HOUR, '2d1h'],
    [191 * HOUR, '7d23h'],
    [192 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [730 * DAY, '2y'],
    [731 * DAY, '2y1d'],
    [8 * 365 * DAY, '8y'],
    [-1500, '0s'],
    [-2500, '<invalid>'],
  ])('N5 prints an age of %d ms as %s', (ms, text) => {
    expect(time.humanDuration(ms)).toBe(text);
  });

  it('F8 agrees with the host calendar over four centuries', () => {
    for (let day = -40_000; day < 100_000; day += 37) {
      const ms = day * DAY + 12_345_678;
      expect(time.formatInstant(ms)).toBe(new Date(ms).toISOString());
      expect(time.parseTime(time.formatInstant(ms))).toBe(ms);
      expect(time.civilOf(ms).weekday).toBe(new Date(ms).getUTCDay());
    }
  });

  it.each([['2025-02-29T00:00:00Z'], ['2025-13-01T00:00:00Z'], ['2025-01-01 00:00:00Z'], ['2025-01-01T24:00:00Z'], ['yesterday']])(
    'refuses %s as a time',
    (text) => {
      expect(time.parseTime(text)).toBeUndefined();
    },
  );

  it('reads offsets and fractions', () => {
    expect(time.parseTime('2025-01-01T02:00:00.5+02:00')).toBe(Date.UTC(2025, 0, 1) + 500);
  });

  it.each([
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['0', 0],
    ['90s', 90_000],
    ['-2s', -2000],
    ['1.5h', 5_400_000],
    ['', undefined],
    ['5', undefined],
    ['1d', undefined],
    ['1h 30m', undefined],
  ])('reads the Go duration %j as %s ms', (text, ms) => {
    expect(time.parseDuration(text)).toBe(ms);
  });

  it.each([
    [0, '0s'],
    [845, '845ms'],
    [2500, '2.5s'],
    [63_201, '1m3.201s'],
    [300_000, '5m0s'],
    [80_000, '1m20s'],
    [3_600_000, '1h0m0s'],
  ])('K225 prints %d ms as %s', (ms, text) => {
    expect(time.formatDuration(ms)).toBe(text);
  });
});
