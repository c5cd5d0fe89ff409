// Access to the field table: what every type's fields are, parsed from the table's text when a type is first asked for.

import { FIELD_TABLE } from './table.ts';

export interface Field {
  readonly name: string;
  /** `string`, `bool`, `int32`, `int64`, `double`, `bytes`, `quantity`, `int-or-string`, `time`, `micro-time`, `any`, `[]T`, `map:T`, or a type. */
  readonly type: string;
  readonly isRequired: boolean;
  /** `merge`, `replace`, `retainKeys` or several, joined by commas; with the key by which list elements are matched. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listKeys?: readonly string[];
  readonly isAtomicMap: boolean;
  /** Said of a map whose keys are owned one by one, as are those of maps that say nothing. */
  readonly isGranularMap: boolean;
  /** A struct that is there, empty, when a body leaves it out. */
  readonly isFilled: boolean;
  /** The values that documents name, of the field or of its items. */
  readonly values?: readonly string[];
}

export type FieldMap = ReadonlyMap<string, Field>;

const sources = new Map<string, string>();
const parsed = new Map<string, FieldMap>();

/** The fields of a type by name; undefined for a type the table does not have. */
export function fieldsOf(type: string): FieldMap | undefined {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  if (sources.size === 0) {
    for (const line of FIELD_TABLE.split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) sources.set(line.slice(0, at), line.slice(at + 1));
    }
  }
  const source = sources.get(type);
  if (source === undefined) return undefined;
  const fields: FieldMap = new Map(
    splitFields(source)
      .map((text) => parseField(text))
      .map((field) => [field.name, field]),
  );
  parsed.set(type, fields);
  return fields;
}

const filled = new Map<string, readonly Field[]>();

/** The fields of a type that are structs and no pointers: Go's decoder leaves them empty when they are missing, and its encoder writes them. */
export function filledFieldsOf(type: string): readonly Field[] {
  const known = filled.get(type);
  if (known !== undefined) return known;
  const found = [...(fieldsOf(type)?.values() ?? [])].filter((field) => field.isFilled);
  filled.set(type, found);
  return found;
}

type Zero = readonly [name: string, value: string | number | boolean];

const ZEROES: Readonly<Record<string, string | number | boolean>> = { string: '', bool: false, int32: 0, int64: 0 };

/** Required scalars that are pointers in Go: one that is missing is nothing. */
const POINTERS: ReadonlySet<string> = new Set([
  'admissionregistration.v1.MutatingWebhook.sideEffects',
  'admissionregistration.v1.ValidatingWebhook.sideEffects',
  'networking.v1.HTTPIngressPath.pathType',
]);

const zeroes = new Map<string, readonly Zero[]>();

/** The scalars of a type that are written also when they are empty, with their empty values: what Go makes of one that is missing. */
export function zeroesOf(type: string): readonly Zero[] {
  const known = zeroes.get(type);
  if (known !== undefined) return known;
  const found = [...(fieldsOf(type)?.values() ?? [])].flatMap(({ name, type: scalar, isRequired }): Zero[] => {
    const zero = ZEROES[scalar];
    return isRequired && zero !== undefined && !POINTERS.has(`${type}.${name}`) ? [[name, zero]] : [];
  });
  zeroes.set(type, found);
  return found;
}

/** Names of all types. */
export function typeNames(): readonly string[] {
  return FIELD_TABLE.split('\n').flatMap((line) => (line.includes('=') ? [line.slice(0, line.indexOf('='))] : []));
}

/** Fields are separated by commas; a strategy such as `merge,retainKeys` contains one too. */
function splitFields(source: string): string[] {
  const parts: string[] = [];
  for (const part of source.split(',')) {
    if (/^[^ :]+ \S/.test(part)) parts.push(part);
    else parts[parts.length - 1] += `,${part}`;
  }
  return parts;
}

function parseField(text: string): Field {
  const [head = '', type = 'any', ...marks] = text.split(' ');
  const mark = (letter: string): string | undefined => marks.find((item) => item.startsWith(`${letter}=`))?.slice(2);
  const [patchStrategy, patchMergeKey] = mark('p')?.split(':') ?? [];
  const [listType, listKeys] = mark('l')?.split(':') ?? [];
  const values = mark('e')?.replaceAll('%20', ' ').split('|');
  return {
    name: head.replace(/!$/, ''),
    type,
    isRequired: head.endsWith('!'),
    isFilled: marks.includes('z'),
    isAtomicMap: mark('m') === 'atomic',
    isGranularMap: mark('m') === 'granular',
    ...(patchStrategy === undefined ? {} : { patchStrategy }),
    ...(patchMergeKey === undefined ? {} : { patchMergeKey }),
    ...(listType === undefined ? {} : { listType: listType as 'atomic' | 'set' | 'map' }),
    ...(listKeys === undefined ? {} : { listKeys: listKeys.split('+') }),
    ...(values === undefined ? {} : { values }),
  };
}
