// `date`: the virtual clock, in UTC, and the instants that -d names. Upstream: POSIX date, GNU coreutils, BusyBox 1.36. Rule: K924.

import { civilOf, daysFromCivil, formatTime } from '../../apimachinery/time.ts';
import type { ShellCommand } from '../command.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAY_MS = 86_400_000;

export const date: ShellCommand = (context) => {
  const { args, out, host } = context;
  const dateAt = args.findIndex((word) => /^(?:-u?d|--date)$/.test(word));
  const joined = args.map((word) => /^(?:--date=|-d)(.+)$/.exec(word)?.[1]).find((text) => text !== undefined);
  const given = dateAt >= 0 ? args[dateAt + 1] : joined;
  const fileAt = args.findIndex((word) => word === '-r');
  const file = fileAt < 0 ? undefined : host.files.stat(context.path(args[fileAt + 1] ?? ''));
  const ms = given === undefined ? (file?.modifiedMs ?? host.nowMs) : readDate(given, host.nowMs);
  if (ms === undefined) {
    context.error(`date: invalid date '${given ?? ''}'\n`);
    return 1;
  }
  const isLong = (word: string): boolean => /^(?:-I|--iso-8601)/.test(word);
  const iso = args.find(isLong);
  if (iso !== undefined) out(`${isoText(ms, /(?:=|-I)(\w*)$/.exec(iso)?.[1] ?? '')}\n`);
  else {
    const format =
      args.find((word) => word.startsWith('+'))?.slice(1) ??
      (args.some((word) => word === '-R' || word === '--rfc-email') ? '%a, %d %b %Y %T +0000' : '%a %b %e %H:%M:%S UTC %Y');
    out(`${formatDate(ms, format)}\n`);
  }
  return 0;
};

function isoText(ms: number, precision: string): string {
  const text = formatTime(ms);
  if (precision === 's' || precision === 'seconds') return text.replace('Z', '+00:00');
  if (precision === 'm' || precision === 'minutes') return `${text.slice(0, 16)}+00:00`;
  return precision === 'h' || precision === 'hours' ? `${text.slice(0, 13)}+00:00` : text.slice(0, 10);
}

const UNITS: Readonly<Record<string, number>> = {
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
  fortnight: 14 * DAY_MS,
};

/** `@0`, `2024-01-31 10:00`, `now`, `yesterday`, `+1 day`, `2 hours ago`, and sums of them; undefined for what is no date. */
function readDate(given: string, nowMs: number): number | undefined {
  const epoch = /^@(-?\d+)(?:\.\d*)?$/.exec(given.trim());
  if (epoch !== null) return Number(epoch[1]) * 1000;
  let rest = given.trim().replace(/\bUTC\b|\bGMT\b/g, '');
  let ms = Math.floor(nowMs / 1000) * 1000;
  const day = /^(\d{4})-?(\d{2})-?(\d{2})(?![\d:])T?/.exec(rest);
  if (day !== null) {
    ms = daysFromCivil(Number(day[1]), Number(day[2]), Number(day[3])) * DAY_MS;
    if (Number(day[2]) > 12 || Number(day[2]) < 1 || civilOf(ms).day !== Number(day[3])) return undefined;
    rest = rest.slice(day[0].length);
  }
  const time = /(?:^|\s)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?(?=\s|$)/.exec(rest);
  if (time !== null) {
    const [whole, hour, minute, second = '0', zone = 'Z'] = time;
    const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
    const ahead = offset === null ? 0 : (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
    ms = Math.floor(ms / DAY_MS) * DAY_MS + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - ahead;
    rest = rest.replace(whole, ' ');
  }
  return shifted(rest, ms);
}

function shifted(text: string, from: number): number | undefined {
  let ms = from;
  let rest = text.toLowerCase();
  while (rest.trim() !== '') {
    const step =
      /^\s*(now|today|midnight|yesterday|tomorrow|(?:([+-]?)\s*(\d+)|(next|last))\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(\s+ago)?)(?=\s|$|[+-])/.exec(
        rest,
      );
    if (step === null) return undefined;
    const [whole, word = '', sign, count, relative, unit = '', ago] = step;
    if (word === 'yesterday') ms -= DAY_MS;
    else if (word === 'tomorrow') ms += DAY_MS;
    else if (word === 'midnight') ms = Math.floor(ms / DAY_MS) * DAY_MS;
    else if (unit !== '') {
      const amount =
        (relative === undefined ? Number(count) : relative === 'next' ? 1 : -1) * ((sign === '-') === (ago !== undefined) ? 1 : -1);
      ms = unit === 'month' || unit === 'year' ? addMonths(ms, unit === 'year' ? amount * 12 : amount) : ms + amount * (UNITS[unit] ?? 0);
    }
    rest = rest.slice(whole.length);
  }
  return ms;
}

/** A day that the month has not runs over into the next. */
function addMonths(ms: number, count: number): number {
  const { year, month, day } = civilOf(ms);
  const index = year * 12 + month - 1 + count;
  return (daysFromCivil(Math.floor(index / 12), (index % 12) + 1, 1) + day - 1) * DAY_MS + (((ms % DAY_MS) + DAY_MS) % DAY_MS);
}

/** strftime on the virtual clock, UTC. */
export function formatDate(ms: number, format: string): string {
  const { year, month, day, hour, minute, second, weekday } = civilOf(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const dayOfYear = daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1);
  const [dayName = '', monthName = ''] = [DAYS[weekday], MONTHS[month - 1]];
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const fields: Readonly<Record<string, string>> = {
    Y: String(year),
    C: two(Math.floor(year / 100)),
    y: two(year % 100),
    m: two(month),
    d: two(day),
    e: String(day).padStart(2),
    H: two(hour),
    k: String(hour).padStart(2),
    I: two(twelve),
    l: String(twelve).padStart(2),
    p: hour < 12 ? 'AM' : 'PM',
    P: hour < 12 ? 'am' : 'pm',
    M: two(minute),
    S: two(second),
    N: `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000000`,
    s: String(Math.floor(ms / 1000)),
    a: dayName.slice(0, 3),
    A: dayName,
    b: monthName.slice(0, 3),
    h: monthName.slice(0, 3),
    B: monthName,
    j: String(dayOfYear + 1).padStart(3, '0'),
    U: two(Math.floor((dayOfYear + 7 - weekday) / 7)),
    W: two(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7)),
    V: two(isoWeek(ms)),
    F: `${year}-${two(month)}-${two(day)}`,
    T: `${two(hour)}:${two(minute)}:${two(second)}`,
    r: `${two(twelve)}:${two(minute)}:${two(second)} ${hour < 12 ? 'AM' : 'PM'}`,
    c: `${dayName.slice(0, 3)} ${monthName.slice(0, 3)} ${String(day).padStart(2)} ${two(hour)}:${two(minute)}:${two(second)} ${year}`,
    x: `${two(month)}/${two(day)}/${two(year % 100)}`,
    X: `${two(hour)}:${two(minute)}:${two(second)}`,
    D: `${two(month)}/${two(day)}/${two(year % 100)}`,
    R: `${two(hour)}:${two(minute)}`,
    u: String(weekday === 0 ? 7 : weekday),
    w: String(weekday),
    q: String(Math.ceil(month / 3)),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  return format.replace(/%([-_0^]?)(\d*)(:?)([A-Za-z%])/g, (match, flag: string, width: string, colon: string, letter: string) => {
    const value = fields[letter];
    if (value === undefined) return match;
    if (letter === 'N' && width !== '') return value.slice(0, Number(width));
    if (flag === '-') return value.replace(/^[0 ]+(?=.)/, '');
    if (flag === '^') return value.toUpperCase();
    return flag === '_' ? value.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length)) : colon === ':' ? '+00:00' : value;
  });
}

/** The week of ISO 8601: that of its Thursday. */
function isoWeek(ms: number): number {
  const days = Math.floor(ms / DAY_MS);
  const { weekday } = civilOf(ms);
  const thursday = days - ((weekday + 6) % 7) + 3;
  const { year } = civilOf(thursday * DAY_MS);
  return Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1;
}
