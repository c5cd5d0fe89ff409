// Cron schedules: their grammar with upstream's messages, and the next instant of one, found field by field.
// Upstream: github.com/robfig/cron/v3 parser.go (ParseStandard), spec.go, constantdelay.go. Rules: C340, C351.

import { civilOf, daysFromCivil, parseDuration } from '../../apimachinery/time.ts';
import { instantOf, offsetAt, type Zone } from '../../apimachinery/time-zone.ts';

/** Permitted values by field, or a fixed delay. */
export type Schedule =
  | { readonly kind: 'every'; readonly delayMs: number }
  | {
      readonly kind: 'fields';
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly days: DayField;
      readonly months: ReadonlySet<number>;
      readonly weekdays: DayField;
    };

interface DayField {
  readonly values: ReadonlySet<number>;
  /** Written with `*` or `?`: then the other day field alone decides. */
  readonly isStar: boolean;
}

export type ParsedSchedule = { readonly ok: true; readonly value: Schedule } | { readonly ok: false; readonly error: string };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MINUTES: Bounds = { min: 0, max: 59, names: [] };
const HOURS: Bounds = { min: 0, max: 23, names: [] };
const DAYS: Bounds = { min: 1, max: 31, names: [] };
const MONTHS: Bounds = {
  min: 1,
  max: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAYS: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const EVERY = '@every ';

/** Parses five fields, a macro, or `@every <duration>`. A prefix `TZ=` is the caller's affair. */
export function parseSchedule(text: string): ParsedSchedule {
  if (text === '') return wrong('empty spec string');
  if (text.startsWith('@')) return parseDescriptor(text);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) return wrong(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const bounds = [MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS];
  const parsed: DayField[] = [];
  for (const [index, field] of fields.entries()) {
    const result = parseField(field, bounds[index] as Bounds);
    if (typeof result === 'string') return wrong(result);
    parsed.push(result);
  }
  const [minutes, hours, days, months, weekdays] = parsed as [DayField, DayField, DayField, DayField, DayField];
  return {
    ok: true,
    value: { kind: 'fields', minutes: minutes.values, hours: hours.values, days, months: months.values, weekdays },
  };
}

function wrong(error: string): ParsedSchedule {
  return { ok: false, error };
}

function parseDescriptor(text: string): ParsedSchedule {
  const macro = Object.hasOwn(MACROS, text) ? MACROS[text] : undefined;
  if (macro !== undefined) return parseSchedule(macro);
  if (!text.startsWith(EVERY)) return wrong(`unrecognized descriptor: ${text}`);
  const duration = text.slice(EVERY.length);
  const ms = parseDuration(duration);
  if (ms === undefined) {
    return wrong(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`);
  }
  return { ok: true, value: { kind: 'every', delayMs: Math.max(1, Math.trunc(ms / 1000)) * 1000 } };
}

/** A comma list of ranges; a text is an error. */
function parseField(text: string, bounds: Bounds): DayField | string {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((item) => item !== '')) {
    const range = parseRange(part, bounds);
    if (typeof range === 'string') return range;
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
    isStar ||= range.isStar;
  }
  return { values, isStar };
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly isStar: boolean;
}

/** `*`, `5`, `1-5`, and any of them with `/step`. */
function parseRange(text: string, bounds: Bounds): Range | string {
  const [range = '', stepText, ...more] = text.split('/');
  const [low = '', high, ...rest] = range.split('-');
  const isAny = low === '*' || low === '?';
  const start = isAny ? bounds.min : parseValue(low, bounds);
  if (typeof start === 'string') return start;
  if (!isAny && rest.length > 0) return `too many hyphens: ${text}`;
  let end: number | string = isAny ? bounds.max : high === undefined ? start : parseValue(high, bounds);
  if (typeof end === 'string') return end;
  if (more.length > 0) return `too many slashes: ${text}`;
  const step = stepText === undefined ? 1 : parseInteger(stepText);
  if (typeof step === 'string') return step;
  // `5/15` means from 5 to the end.
  if (stepText !== undefined && !isAny && high === undefined) end = bounds.max;
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  if (step === 0) return `step of range should be a positive number: ${text}`;
  return { start, end, step, isStar: isAny && step === 1 };
}

function parseValue(text: string, bounds: Bounds): number | string {
  const index = bounds.names.indexOf(text.toLowerCase());
  return index >= 0 && text !== '' ? index : parseInteger(text);
}

function parseInteger(text: string): number | string {
  if (!/^[-+]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** Upstream gives up after five years, for schedules like 30 February. */
const YEARS_MAX = 5;

/** The first instant of the schedule after `afterMs`, or undefined when there is none in five years. */
export function nextAfter(schedule: Schedule, zone: Zone, afterMs: number): number | undefined {
  const wholeMs = afterMs - (((afterMs % SECOND_MS) + SECOND_MS) % SECOND_MS);
  if (schedule.kind === 'every') return wholeMs + schedule.delayMs;
  const yearLimit = wallOf(zone, afterMs).year + YEARS_MAX;
  let ms = roundUp(wholeMs + SECOND_MS, MINUTE_MS);
  while (wallOf(zone, ms).year <= yearLimit) {
    const wall = wallOf(zone, ms);
    if (!schedule.months.has(wall.month)) {
      const isDecember = wall.month === 12;
      ms = instantOf(zone, daysFromCivil(wall.year + (isDecember ? 1 : 0), isDecember ? 1 : wall.month + 1, 1) * DAY_MS);
    } else if (!matchesDay(schedule, wall)) {
      ms = startOfNextDay(zone, wall);
    } else if (!schedule.hours.has(wall.hour)) {
      ms += HOUR_MS - ((ms + offsetAt(zone, ms)) % HOUR_MS);
    } else if (!schedule.minutes.has(wall.minute)) {
      ms += MINUTE_MS;
    } else return ms;
  }
  return undefined;
}

type Wall = ReturnType<typeof civilOf>;

function wallOf(zone: Zone, ms: number): Wall {
  return civilOf(ms + offsetAt(zone, ms));
}

/** A day that has no midnight begins after the change. */
function startOfNextDay(zone: Zone, wall: Wall): number {
  const midnight = (daysFromCivil(wall.year, wall.month, wall.day) + 1) * DAY_MS;
  const ms = instantOf(zone, midnight);
  const { hour } = wallOf(zone, ms);
  return hour > 12 ? ms + (24 - hour) * HOUR_MS : ms;
}

/** Both day fields must match when one of them is a star; otherwise either does. */
function matchesDay(schedule: Extract<Schedule, { kind: 'fields' }>, wall: Wall): boolean {
  const { days, weekdays } = schedule;
  const isDay = days.values.has(wall.day);
  const isWeekday = weekdays.values.has(wall.weekday);
  return days.isStar || weekdays.isStar ? isDay && isWeekday : isDay || isWeekday;
}

function roundUp(ms: number, unit: number): number {
  return Math.ceil(ms / unit) * unit;
}
