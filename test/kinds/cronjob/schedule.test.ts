import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../../src/engine/apimachinery/time.ts';
import { nextAfter, parseSchedule } from '../../../src/engine/kinds/cronjob/schedule.ts';
import { findZone, instantOf, offsetAt, UTC } from '../../../src/engine/apimachinery/time-zone.ts';
import { parseTable } from '../../support/text-table.ts';

function next(schedule: string, zoneName: string, after: string, count: number): string[] {
  const parsed = parseSchedule(schedule);
  const zone = zoneName === '' ? UTC : findZone(zoneName);
  if (!parsed.ok || zone === undefined) throw new Error(`${schedule} ${zoneName}`);
  const times: string[] = [];
  let ms: number | undefined = parseTime(after) ?? 0;
  for (let i = 0; i < count && ms !== undefined; i += 1) {
    ms = nextAfter(parsed.value, zone, ms);
    times.push(ms === undefined ? 'never' : formatTime(ms).slice(0, -4));
  }
  return times;
}

describe('C340 the next times of a schedule', () => {
  const rows = parseTable(`
    schedule         | zone             | after                | next
    */1 * * * *      |                  | 2026-01-01T00:00:30Z | 2026-01-01T00:01 2026-01-01T00:02
    */15 * * * *     |                  | 2026-01-01T00:15:00Z | 2026-01-01T00:30 2026-01-01T00:45 2026-01-01T01:00
    5/20 3 * * *     |                  | 2026-01-01T00:00:00Z | 2026-01-01T03:05 2026-01-01T03:25 2026-01-01T03:45 2026-01-02T03:05
    @hourly          |                  | 2026-12-31T23:30:00Z | 2027-01-01T00:00
    @daily           |                  | 2026-02-28T00:00:00Z | 2026-03-01T00:00
    @weekly          |                  | 2026-01-01T00:00:00Z | 2026-01-04T00:00 2026-01-11T00:00
    @monthly         |                  | 2026-01-31T00:00:00Z | 2026-02-01T00:00
    @yearly          |                  | 2026-01-01T00:00:00Z | 2027-01-01T00:00
    0 12 29 2 *      |                  | 2026-01-01T00:00:00Z | 2028-02-29T12:00
    0 0 30 2 *       |                  | 2026-01-01T00:00:00Z | never
    0 9 * * mon-fri  |                  | 2026-01-02T10:00:00Z | 2026-01-05T09:00 2026-01-06T09:00
    0 0 13 * FRI     |                  | 2026-01-01T00:00:00Z | 2026-01-02T00:00 2026-01-09T00:00 2026-01-13T00:00
    0 0 1 JAN,jul ?  |                  | 2026-01-01T00:00:00Z | 2026-07-01T00:00 2027-01-01T00:00
    0 9 * * *        | Europe/Paris     | 2026-03-28T00:00:00Z | 2026-03-28T08:00 2026-03-29T07:00
    30 2 * * *       | Europe/Paris     | 2026-03-28T12:00:00Z | 2026-03-30T00:30
    30 2 * * *       | Europe/Paris     | 2026-10-24T12:00:00Z | 2026-10-25T00:30 2026-10-25T01:30 2026-10-26T01:30
    0 0 * * *        | America/New_York | 2026-03-07T12:00:00Z | 2026-03-08T05:00 2026-03-09T04:00
    0 0 * * *        | Asia/Kolkata     | 2026-01-01T00:00:00Z | 2026-01-01T18:30
    0 0 * * *        | Australia/Sydney | 2026-04-04T00:00:00Z | 2026-04-04T13:00 2026-04-05T14:00
  `);
  it.each(rows)('$schedule in $zone after $after', ({ schedule, zone, after, next: expected }) => {
    const times = (expected as string).split(' ');
    expect(next(schedule as string, zone as string, after as string, times.length)).toEqual(times);
  });

  it('@every counts from the last time', () => {
    const parsed = parseSchedule('@every 90s');
    expect(parsed.ok && nextAfter(parsed.value, UTC, 1_000_000)).toBe(1_090_000);
  });
});

describe('C340 schedules that cannot be read', () => {
  const rows = parseTable(
    `
    schedule     ; error
    foo          ; expected exactly 5 fields, found 1: [foo]
    * * * * * *  ; expected exactly 5 fields, found 6: [* * * * * *]
    61 * * * *   ; end of range (61) above maximum (59): 61
    * * 0 * *    ; beginning of range (0) below minimum (1): 0
    5-2 * * * *  ; beginning of range (5) beyond end of range (2): 5-2
    */0 * * * *  ; step of range should be a positive number: */0
    1-2-3 * * * * ; too many hyphens: 1-2-3
    1/2/3 * * * * ; too many slashes: 1/2/3
    a * * * *    ; failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax
    @sometimes   ; unrecognized descriptor: @sometimes
    @every 5x    ; failed to parse duration @every 5x: time: invalid duration "5x"
  `
      .replaceAll(' | ', ' ')
      .replaceAll(';', '|'),
  );
  it.each(rows)('$schedule', ({ schedule, error }) => {
    expect(parseSchedule(schedule as string)).toEqual({ ok: false, error });
  });
});

describe('time zones are rules of the present', () => {
  const rows = parseTable(`
    zone               | instant              | hours
    UTC                | 2026-07-01T00:00:00Z | 0
    Europe/Paris       | 2026-03-29T00:59:59Z | 1
    Europe/Paris       | 2026-03-29T01:00:00Z | 2
    Europe/Paris       | 2026-10-25T00:59:59Z | 2
    Europe/Paris       | 2026-10-25T01:00:00Z | 1
    Europe/Dublin      | 2026-07-01T00:00:00Z | 1
    Europe/Dublin      | 2026-01-01T00:00:00Z | 0
    America/New_York   | 2026-07-01T00:00:00Z | -4
    America/St_Johns   | 2026-01-01T00:00:00Z | -3.5
    Australia/Sydney   | 2026-01-01T00:00:00Z | 11
    Australia/Sydney   | 2026-07-01T00:00:00Z | 10
    Asia/Kathmandu     | 2026-01-01T00:00:00Z | 5.75
    Etc/GMT+5          | 2026-01-01T00:00:00Z | -5
  `);
  it.each(rows)('$zone at $instant', ({ zone, instant, hours }) => {
    const found = findZone(zone as string);
    expect(found && offsetAt(found, parseTime(instant as string) ?? 0) / 3_600_000).toBe(Number(hours));
  });

  it('agree with the host on every change of a year', () => {
    for (const name of ['Europe/Paris', 'America/New_York', 'Australia/Sydney', 'Pacific/Auckland', 'America/Santiago', 'Europe/Dublin']) {
      const zone = findZone(name);
      const format = new Intl.DateTimeFormat('en-GB', {
        timeZone: name,
        hourCycle: 'h23',
        hour: '2-digit',
        minute: '2-digit',
        day: '2-digit',
      });
      for (let hour = 0; hour < 366 * 24; hour += 1) {
        const ms = 1_767_225_600_000 + hour * 3_600_000;
        const wall = formatTime(ms + (zone === undefined ? 0 : offsetAt(zone, ms)));
        expect(`${name} ${wall.slice(8, 10)}, ${wall.slice(11, 16)}`).toBe(`${name} ${format.format(ms)}`);
      }
    }
  });

  it('a wall time that a change skips or doubles is read with the offset before the change', () => {
    const zone = findZone('Europe/Paris');
    const instant = (wall: string): string => formatTime(zone === undefined ? 0 : instantOf(zone, parseTime(wall) ?? 0));
    expect(instant('2026-03-29T02:30:00Z')).toBe('2026-03-29T01:30:00Z');
    expect(instant('2026-10-25T02:30:00Z')).toBe('2026-10-25T00:30:00Z');
    expect(instant('2026-07-01T12:00:00Z')).toBe('2026-07-01T10:00:00Z');
  });

  it('there is no zone of an unknown name', () => {
    for (const name of ['Mars/One', 'europe/paris', '', 'CET-1']) expect(findZone(name)).toBeUndefined();
  });
});
