// Writes an object as YAML, as kubectl would.

const PLAIN = /^[A-Za-z_./][\w./@%+=, -]*(?::[\w./@%+=,-]+)*$/;
/** Words that YAML reads as something else than text. */
const OTHER = /^(?:true|false|yes|no|on|off|null|~|[-+]?\.(?:inf|nan)|[-+.]?\d.*)$/i;

export function toYaml(value: unknown): string {
  return lines(value, '').join('\n');
}

function lines(value: unknown, indent: string): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [`${indent}[]`] : value.flatMap((item) => itemLines(item, indent));
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return fields.length === 0 ? [`${indent}{}`] : fields.flatMap(([key, field]) => fieldLines(key, field, indent));
  }
  return [`${indent}${scalar(value, indent)}`];
}

function itemLines(item: unknown, indent: string): readonly string[] {
  const [first = '', ...rest] = lines(item, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

function fieldLines(key: string, field: unknown, indent: string): readonly string[] {
  const name = `${indent}${word(key)}:`;
  if (typeof field !== 'object' || field === null) return [`${name} ${scalar(field, indent)}`];
  if (Object.keys(field).length === 0) return [`${name} ${Array.isArray(field) ? '[]' : '{}'}`];
  return [name, ...lines(field, Array.isArray(field) ? indent : `${indent}  `)];
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  if (!isBlock(value)) return word(value);
  const body = value.replace(/\n$/, '').split('\n');
  return [value.endsWith('\n') ? '|' : '|-', ...body.map((line) => (line === '' ? '' : `${indent}  ${line}`))].join('\n');
}

/** Lines that can stand as they are: no other control characters, no blanks at either end of the text or at an end of a line. */
function isBlock(value: string): boolean {
  return (
    value.includes('\n') &&
    /^\S/.test(value) &&
    !/\s$/.test(value.replace(/\n$/, '')) &&
    !/[^\P{C}\n]|[\u2028\u2029\uFEFF]|[ \t]\n/u.test(value)
  );
}

function word(value: string): string {
  return PLAIN.test(value) && !OTHER.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
}
