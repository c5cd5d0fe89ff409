// Lines of the log for people: time, level, message, fields; what went wrong below.

const LEVELS: Readonly<Record<number, readonly [name: string, color: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 31],
};

interface Line {
  readonly level: number;
  readonly time: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
  readonly [field: string]: unknown;
}

/** Makes a line of pino's JSON into one for people, with the time of day in UTC. */
export function prettyLine(json: string, hasColors: boolean): string {
  const { level, time, msg = '', err, ...fields } = JSON.parse(json) as Line;
  const [name, color] = LEVELS[level] ?? [String(level), 0];
  const paint = (text: string, code: number) => (hasColors ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rest = Object.entries(fields).map(([key, value]) => ` ${paint(`${key}=`, 90)}${textOf(value)}`);
  const stack = err === undefined ? '' : `\n${(err.stack ?? err.message ?? '').replace(/^/gm, '    ')}`;
  return `${time.slice(11, 23)} ${paint(name.padEnd(5), color)} ${msg}${rest.join('')}${stack}\n`;
}

/** Texts that could be taken for something else stand in quotes. */
function textOf(value: unknown): string {
  if (typeof value === 'string' && /^[!-~]+$/.test(value) && !/["=]/.test(value)) return value;
  return JSON.stringify(value);
}
