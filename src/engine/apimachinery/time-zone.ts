// Time zones as rules, not as history: the offset that a zone's present rule gives for any instant. The engine has no host API, and a host's zone
// data would differ from host to host, so the rules are a generated table (docs/decisions/0010-time-zones.md).
// Upstream: Go's time.LoadLocation and time/zoneinfo.go tzset (v1.33 is built with go 1.24). Omits rules that held before the present one.

import { civilOf, daysFromCivil } from './time.ts';
import { ZONE_TABLE } from './time-zone-table.ts';

/** A zone's rule; offsets are milliseconds to add to UTC. */
export interface Zone {
  readonly name: string;
  readonly standardMs: number;
  readonly daylight?: { readonly offsetMs: number; readonly start: Change; readonly end: Change };
}

/** `M3.5.0/2`: weekday of week of month (week 5 is the last), at a wall time that may lie on another day. */
interface Change {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly timeMs: number;
}

const DAY_MS = 86_400_000;

export const UTC: Zone = { name: 'UTC', standardMs: 0 };

/** The zone of a name of the IANA database, case-sensitive; undefined when there is none. */
export function findZone(name: string): Zone | undefined {
  for (const line of ZONE_TABLE.split('\n')) {
    const [rule = '', names] = line.split('=');
    if (names?.split(' ').includes(name) === true) return parseRule(name, rule);
  }
  return undefined;
}

/** Milliseconds to add to UTC at an instant. */
export function offsetAt(zone: Zone, ms: number): number {
  const { daylight, standardMs } = zone;
  if (daylight === undefined) return standardMs;
  const { year } = civilOf(ms + standardMs);
  const start = changeAt(daylight.start, year) - standardMs;
  const end = changeAt(daylight.end, year) - daylight.offsetMs;
  const isDaylight = start < end ? ms >= start && ms < end : ms >= start || ms < end;
  return isDaylight ? daylight.offsetMs : standardMs;
}

/** The instant of a wall time, given as if it were UTC. A wall time that is skipped or doubled is read with the offset before the change. */
export function instantOf(zone: Zone, wallMs: number): number {
  const guess = wallMs - offsetAt(zone, wallMs - zone.standardMs);
  const before = wallMs - offsetAt(zone, guess - DAY_MS);
  return offsetAt(zone, before) === wallMs - before || offsetAt(zone, guess) !== wallMs - guess ? before : guess;
}

const NAME = '(?:<[^>]+>|[A-Za-z]+)';
const RULE = new RegExp(`^${NAME}([-+:\\d]+)(?:${NAME}([-+:\\d]+)?,([^,]+),([^,]+))?$`);

function parseRule(name: string, text: string): Zone {
  const [, standard = '0', daylight, start, end] = RULE.exec(text) ?? [];
  // POSIX counts westwards.
  const standardMs = 0 - parseClock(standard);
  if (start === undefined || end === undefined) return { name, standardMs };
  const offsetMs = daylight === undefined ? standardMs + 3_600_000 : 0 - parseClock(daylight);
  return { name, standardMs, daylight: { offsetMs, start: parseChange(start), end: parseChange(end) } };
}

function parseChange(text: string): Change {
  const [date = '', time = '2'] = text.split('/');
  const [month = 1, week = 1, weekday = 0] = date.slice(1).split('.').map(Number);
  return { month, week, weekday, timeMs: parseClock(time) };
}

/** `-3:30` in milliseconds. */
function parseClock(text: string): number {
  const [hours = 0, minutes = 0] = text.replace(/^[-+]/, '').split(':').map(Number);
  const ms = (hours * 60 + minutes) * 60_000;
  return text.startsWith('-') ? -ms : ms;
}

/** The wall time of a change in a year, as if it were UTC. */
function changeAt(change: Change, year: number): number {
  const first = daysFromCivil(year, change.month, 1);
  const next = change.month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, change.month + 1, 1);
  const weekdayOfFirst = civilOf(first * DAY_MS).weekday;
  let day = first + ((change.weekday - weekdayOfFirst + 7) % 7) + (change.week - 1) * 7;
  if (day >= next) day -= 7;
  return day * DAY_MS + change.timeMs;
}
