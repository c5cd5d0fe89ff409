// Where in a manifest somebody types: which field of what, found by indentation, since what is typed is not YAML yet.

import type { Path } from './schema.ts';

export interface YamlPlace {
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  /** What the field belongs to. */
  readonly path: Path;
  /** The field whose value is typed; undefined: its name is. */
  readonly key: string | undefined;
  /** What is typed of the name or the value, and where it begins. */
  readonly typed: string;
  readonly from: number;
  /** Column of the name. */
  readonly column: number;
  /** Names of the fields beside it. */
  readonly beside: ReadonlySet<string>;
}

interface Line {
  /** Columns of the dashes. */
  readonly dashes: readonly number[];
  readonly column: number;
  readonly key: string | undefined;
  /** Fields may follow below. */
  readonly isOpen: boolean;
}

const BEFORE = /^(\s*)((?:- +)*)(?:([\w./-]*)|([\w./-]+):[ \t]+("?[\w./-]*))$/;

/** The place at a position; undefined where no name or value of a field can be. */
export function placeAt(text: string, position: number): YamlPlace | undefined {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const before = text.slice(start, position);
  const [, blanks = '', dashes = '', name, key, value = ''] = BEFORE.exec(before) ?? [];
  if (name === undefined && key === undefined) return undefined;
  const lines = text.split('\n');
  const index = text.slice(0, start).split('\n').length - 1;
  const [first, last] = boundsOf(lines, index);
  const document = lines.slice(first, last);
  const column = blanks.length + dashes.length;
  const dashColumns = [...dashes.matchAll(/-/g)].map((match) => blanks.length + match.index);
  const typed = name ?? value;
  return {
    apiVersion: topField(document, 'apiVersion'),
    kind: topField(document, 'kind'),
    path: pathOf(lines.slice(first, index).map(lineOf), column, dashColumns),
    key,
    typed,
    from: position - typed.length,
    column,
    beside: besideOf(document.map(lineOf), index - first, column, dashColumns),
  };
}

/** Lines of the document around a line. */
function boundsOf(lines: readonly string[], index: number): readonly [number, number] {
  const isBorder = (line: string | undefined) => line?.startsWith('---') === true;
  const first = lines.findLastIndex((line, place) => place < index && isBorder(line)) + 1;
  const next = lines.findIndex((line, place) => place > index && isBorder(line));
  return [first, next === -1 ? lines.length : next];
}

function topField(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    const [, found, value] = /^(\w+):[ \t]*["']?([^\s"'#]+)/.exec(line) ?? [];
    if (found === name) return value;
  }
  return undefined;
}

function lineOf(line: string): Line | undefined {
  const [whole, blanks = '', dashes = '', key, value = ''] =
    /^(\s*)((?:- +)*)(?:["']?([\w./-]+)["']?:(?=\s|$)[ \t]*(.*))?/.exec(line) ?? [];
  if (whole === undefined || line.trim() === '' || line.trim().startsWith('#')) return undefined;
  return {
    dashes: [...dashes.matchAll(/-/g)].map((match) => blanks.length + match.index),
    column: blanks.length + dashes.length,
    key,
    isOpen: value === '' || value.startsWith('#') || value.startsWith('&'),
  };
}

/** Goes up from a line to everything that holds it. */
function pathOf(above: readonly (Line | undefined)[], column: number, dashes: readonly number[]): Path {
  const path: string[] = [];
  let place: { readonly isItem: boolean; readonly column: number } = { isItem: false, column };
  const enter = (dash: number) => {
    path.unshift('[]');
    place = { isItem: true, column: dash };
  };
  for (const dash of dashes.toReversed()) enter(dash);
  for (const line of above.toReversed()) {
    if (line === undefined) continue;
    const holds = place.isItem ? line.column <= place.column : line.column < place.column;
    if (line.key !== undefined && line.isOpen && holds) {
      path.unshift(line.key);
      place = { isItem: false, column: line.column };
    }
    for (const dash of line.dashes.toReversed()) if (dash < place.column) enter(dash);
  }
  return path;
}

/** Names on the same level, up and down to where it ends. */
function besideOf(lines: readonly (Line | undefined)[], index: number, column: number, dashes: readonly number[]): ReadonlySet<string> {
  const names = new Set<string>();
  /** False where the level ends. */
  const take = (line: Line | undefined): boolean => {
    if (line === undefined) return true;
    if (line.column < column) return false;
    if (line.column === column && line.key !== undefined) names.add(line.key);
    return true;
  };
  const startsItem = (line: Line | undefined) => line?.dashes.some((dash) => dash < column) === true && line.column <= column;
  if (dashes.length === 0)
    for (const line of lines.slice(0, index).toReversed()) {
      if (!take(line) || startsItem(line)) break;
    }
  for (const line of lines.slice(index + 1)) if (startsItem(line) || !take(line)) break;
  return names;
}
