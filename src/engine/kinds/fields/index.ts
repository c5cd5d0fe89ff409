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
  /** Its number in the type's protobuf message; several are those of structs that Go inlines, from the outermost on. None: not in it. */
  readonly numbers: readonly number[];
  /** What Go's struct has of it: a pointer, which tells empty and missing apart, and `omitempty`. */
  readonly isPointer: boolean;
  readonly omitsEmpty: boolean;
  readonly defaultValue?: string;
  /** The values that documents name, of the field or of its items. */
  readonly values?: readonly string[];
}

export type FieldMap = ReadonlyMap<string, Field>;

/** What the table says of a type. */
interface TypeSource {
  readonly fields: string;
  /** Values of the type are owned as a whole. */
  readonly isAtomic: boolean;
}

const sources = new Map<string, TypeSource>();
const parsed = new Map<string, FieldMap>();

/** The fields of a type by name; undefined for a type the table does not have. */
export function fieldsOf(type: string): FieldMap | undefined {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  const source = typeSources().get(type);
  if (source === undefined) return undefined;
  const fields: FieldMap = new Map(
    splitFields(source.fields)
      .map((text) => parseField(text))
      .map((field) => [field.name, field]),
  );
  parsed.set(type, fields);
  return fields;
}

/** Whether values of a type are owned as a whole. */
export function isAtomicType(type: string): boolean {
  return typeSources().get(type)?.isAtomic === true;
}

/** Names of all types. */
export function typeNames(): readonly string[] {
  return [...typeSources().keys()];
}

function typeSources(): ReadonlyMap<string, TypeSource> {
  if (sources.size > 0) return sources;
  for (const line of FIELD_TABLE.split('\n')) {
    const at = line.indexOf('=');
    const [name = '', mark] = line.slice(0, at).split(' ');
    if (at > 0) sources.set(name, { fields: line.slice(at + 1), isAtomic: mark === 'atomic' });
  }
  return sources;
}

const filled = new Map<string, readonly Field[]>();

/** The fields of a type that are structs and no pointers: Go's decoder leaves them empty when they are missing, and its encoder writes them. */
export function filledFieldsOf(type: string): readonly Field[] {
  const known = filled.get(type);
  if (known !== undefined) return known;
  const found = [...(fieldsOf(type)?.values() ?? [])].filter((field) => field.isRequired && isStruct(field));
  filled.set(type, found);
  return found;
}

/** Whether Go keeps a field as a struct of its own, so that it is there also when nothing is in it. */
export function isStruct({ type, isPointer }: Field): boolean {
  return !isPointer && typeSources().has(type);
}

type Zero = readonly [name: string, value: string | number | boolean];

const ZEROES: Readonly<Record<string, string | number | boolean>> = { string: '', bool: false, int32: 0, int64: 0 };

const zeroes = new Map<string, readonly Zero[]>();

/** The scalars of a type that are written also when they are empty, with their empty values: what Go makes of one that is missing. */
export function zeroesOf(type: string): readonly Zero[] {
  const known = zeroes.get(type);
  if (known !== undefined) return known;
  const found = [...(fieldsOf(type)?.values() ?? [])].flatMap(({ name, type: scalar, isRequired, isPointer }): Zero[] => {
    const zero = ZEROES[scalar];
    return isRequired && zero !== undefined && !isPointer ? [[name, zero]] : [];
  });
  zeroes.set(type, found);
  return found;
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
  const defaultValue = mark('d');
  const inGo = /^#([0-9.]+)(p?)(e?)$/.exec(marks[0] ?? '');
  const values = mark('e')?.replaceAll('%20', ' ').split('|');
  return {
    name: head.replace(/!$/, ''),
    type,
    isRequired: head.endsWith('!'),
    numbers: inGo?.[1]?.split('.').map(Number) ?? [],
    isPointer: inGo?.[2] === 'p',
    omitsEmpty: inGo?.[3] === 'e',
    isAtomicMap: mark('m') === 'atomic',
    isGranularMap: mark('m') === 'granular',
    ...(patchStrategy === undefined ? {} : { patchStrategy }),
    ...(patchMergeKey === undefined ? {} : { patchMergeKey }),
    ...(listType === undefined ? {} : { listType: listType as 'atomic' | 'set' | 'map' }),
    ...(listKeys === undefined ? {} : { listKeys: listKeys.split('+') }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(values === undefined ? {} : { values }),
  };
}
