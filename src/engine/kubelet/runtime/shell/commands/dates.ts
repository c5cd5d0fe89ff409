// `date`: the virtual clock, in UTC.

import { civilOf, formatTime } from '../../../../apimachinery/time.ts';
import type { ShellCommand } from '../command.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const date: ShellCommand = ({ args, out, host }) => {
  const format = args.find((argument) => argument.startsWith('+'))?.slice(1);
  const iso = args.some((argument) => argument.startsWith('-I') || argument.startsWith('--iso'));
  out(`${iso ? formatTime(host.nowMs).replace('Z', '+00:00') : formatDate(host.nowMs, format ?? '%a %b %e %H:%M:%S UTC %Y')}\n`);
  return 0;
};

/** strftime on the virtual clock, UTC. */
export function formatDate(ms: number, format: string): string {
  const { year, month, day, hour, minute, second, weekday } = civilOf(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const fields: Readonly<Record<string, string>> = {
    Y: String(year),
    y: two(year % 100),
    m: two(month),
    d: two(day),
    e: String(day).padStart(2),
    H: two(hour),
    I: two(hour % 12 === 0 ? 12 : hour % 12),
    p: hour < 12 ? 'AM' : 'PM',
    M: two(minute),
    S: two(second),
    N: `${String(ms % 1000).padStart(3, '0')}000000`,
    s: String(Math.floor(ms / 1000)),
    a: DAYS[weekday] ?? '',
    b: MONTHS[month - 1] ?? '',
    F: `${year}-${two(month)}-${two(day)}`,
    T: `${two(hour)}:${two(minute)}:${two(second)}`,
    D: `${two(month)}/${two(day)}/${two(year % 100)}`,
    R: `${two(hour)}:${two(minute)}`,
    u: String(weekday === 0 ? 7 : weekday),
    w: String(weekday),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  return format.replace(/%([A-Za-z%])/g, (match, letter: string) => fields[letter] ?? match);
}
