// Instants and durations of CEL: nanoseconds, within the years 1 to 9999 and what an int64 of nanoseconds holds.
// Upstream: github.com/google/cel-go/common/types/{timestamp,duration}.go (v0.23).

import { civilOf, daysFromCivil, parseTime } from '../../time.ts';
import { findZone, offsetAt, UTC } from '../../time-zone.ts';
import type { Implementation, Library } from '../declarations.ts';
import { type CelDuration, type CelResult, type CelTimestamp, type CelValue, fail } from '../values.ts';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const FIRST = -62_135_596_800n * SECOND;
const LAST = 253_402_300_800n * SECOND;
const INT_MAX = (1n << 63n) - 1n;

const UNITS: Readonly<Record<string, bigint>> = { h: HOUR, m: MINUTE, s: SECOND, ms: 1_000_000n, us: 1000n, µs: 1000n, ns: 1n };

export function parseDuration(text: string): CelResult {
  const wrong = fail(`type conversion error from 'string' to 'duration'`);
  const match = /^([+-]?)((?:\d+\.?\d*(?:h|ms|m|s|us|µs|ns)|\.\d+(?:h|ms|m|s|us|µs|ns))+|0)$/.exec(text);
  if (match === null) return wrong;
  let nanoseconds = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of (match[2] ?? '').matchAll(/(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|ns)/g)) {
    const size = UNITS[unit] ?? 0n;
    nanoseconds += BigInt(whole === '' ? '0' : whole) * size;
    if (fraction !== '') nanoseconds += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return duration(match[1] === '-' ? -nanoseconds : nanoseconds);
}

function duration(nanoseconds: bigint): CelResult {
  return nanoseconds > INT_MAX || nanoseconds < -INT_MAX - 1n ? fail('integer overflow') : { kind: 'duration', nanoseconds };
}

function timestamp(nanoseconds: bigint): CelResult {
  return nanoseconds < FIRST || nanoseconds >= LAST ? fail('timestamp overflow') : { kind: 'timestamp', nanoseconds };
}

export function parseTimestamp(text: string): CelResult {
  const milliseconds = parseTime(text);
  if (milliseconds === undefined) return fail(`type conversion error from 'string' to 'timestamp'`);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const fine = BigInt(fraction.padEnd(9, '0').slice(0, 9)) % 1_000_000n;
  return timestamp(BigInt(milliseconds) * 1_000_000n + fine);
}

/** Seconds with what is behind them, as `3600s` and `1.5s`. */
export function formatDuration({ nanoseconds }: CelDuration): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${sign}${size / SECOND}${fractionOf(size % SECOND)}s`;
}

function fractionOf(nanoseconds: bigint): string {
  return nanoseconds === 0n ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
}

export function formatTimestamp({ nanoseconds }: CelTimestamp): string {
  const fine = ((nanoseconds % SECOND) + SECOND) % SECOND;
  const { year, month, day, hour, minute, second } = civilOf(Number((nanoseconds - fine) / 1_000_000n));
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}${fractionOf(fine)}Z`;
}

/** Nanoseconds that a zone is ahead of UTC at an instant, or undefined for a name that is not known. */
function zoneOffset(zone: string, nanoseconds: bigint): bigint | undefined {
  if (!zone.includes(':')) {
    const named = zone === '' || zone === 'Local' ? UTC : findZone(zone);
    return named === undefined ? undefined : BigInt(offsetAt(named, Number(nanoseconds / 1_000_000n))) * 1_000_000n;
  }
  const match = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (match === null) return undefined;
  const offset = BigInt(match[2] ?? '0') * HOUR + BigInt(match[3] ?? '0') * MINUTE;
  return match[1] === '-' ? -offset : offset;
}

type Part = (civil: ReturnType<typeof civilOf>, nanoseconds: bigint) => number;

const PARTS: Readonly<Record<string, Part>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDayOfYear: ({ year, month, day }) => daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1),
  getDayOfMonth: ({ day }) => day - 1,
  getDate: ({ day }) => day,
  getDayOfWeek: ({ weekday }) => weekday,
  getHours: ({ hour }) => hour,
  getMinutes: ({ minute }) => minute,
  getSeconds: ({ second }) => second,
  getMilliseconds: (_civil, nanoseconds) => Number((((nanoseconds % SECOND) + SECOND) % SECOND) / 1_000_000n),
};

function partAt(part: Part, { nanoseconds }: CelTimestamp, zone: string): CelResult {
  const offset = zoneOffset(zone, nanoseconds);
  if (offset === undefined) return fail(`unknown time zone ${zone}`);
  const local = nanoseconds + offset;
  const fine = ((local % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return BigInt(part(civilOf(Number((local - fine) / 1_000_000n)), local));
}

function parts(): Library {
  const lines: string[] = [];
  const implementations: Record<string, Implementation> = {};
  for (const [name, part] of Object.entries(PARTS)) {
    lines.push(`${name} timestamp_${name} .(timestamp) int`, `${name} timestamp_${name}_with_tz .(timestamp, string) int`);
    implementations[`timestamp_${name}`] = ([value]) => partAt(part, value as CelTimestamp, '');
    implementations[`timestamp_${name}_with_tz`] = ([value, zone]) => partAt(part, value as CelTimestamp, zone as string);
  }
  return { declarations: lines.join('\n'), implementations };
}

const of = (value: CelValue | undefined): bigint => (value as CelDuration).nanoseconds;
const whole =
  (unit: bigint): Implementation =>
  ([value]) =>
    of(value) / unit;

const ARITHMETIC: Library = {
  declarations: `
    _+_ add_duration_duration (duration, duration) duration
    _+_ add_duration_timestamp (duration, timestamp) timestamp
    _+_ add_timestamp_duration (timestamp, duration) timestamp
    _-_ subtract_duration_duration (duration, duration) duration
    _-_ subtract_timestamp_duration (timestamp, duration) timestamp
    _-_ subtract_timestamp_timestamp (timestamp, timestamp) duration
    getHours duration_to_hours .(duration) int
    getMinutes duration_to_minutes .(duration) int
    getSeconds duration_to_seconds .(duration) int
    getMilliseconds duration_to_milliseconds .(duration) int`,
  implementations: {
    add_duration_duration: ([a, b]) => duration(of(a) + of(b)),
    add_duration_timestamp: ([a, b]) => timestamp(of(a) + of(b)),
    add_timestamp_duration: ([a, b]) => timestamp(of(a) + of(b)),
    subtract_duration_duration: ([a, b]) => duration(of(a) - of(b)),
    subtract_timestamp_duration: ([a, b]) => timestamp(of(a) - of(b)),
    subtract_timestamp_timestamp: ([a, b]) => duration(of(a) - of(b)),
    duration_to_hours: whole(HOUR),
    duration_to_minutes: whole(MINUTE),
    duration_to_seconds: whole(SECOND),
    duration_to_milliseconds: ([value]) => (of(value) / 1_000_000n) % 1000n,
  },
};

export const TIMES: readonly Library[] = [ARITHMETIC, parts()];

export const NANOSECONDS_OF_DAY = DAY;
