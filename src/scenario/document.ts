// A scenario file as text: YAML with the place of every member, so that each mistake is said with its line and column.

import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { isNestedDeeper } from '../engine/apimachinery/yaml-depth.ts';

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Mistake extends Place {
  readonly message: string;
}

type Path = readonly PropertyKey[];

export interface ParsedText {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** Where a member stands, or what is nearest around it. */
  place(path: Path): Place;
}

/** Reads the text of a scenario. */
export function parseText(file: string, text: string): ParsedText {
  if (isNestedDeeper(text, DEPTH_MAX)) {
    const start = { file, line: 1, column: 1 };
    return { value: undefined, mistakes: [{ ...start, message: `lists and objects lie more than ${DEPTH_MAX} deep` }], place: () => start };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const mistakes = document.errors.slice(0, MISTAKES_MAX).map((error) => ({ ...placeAt(error.pos[0]), message: firstLine(error.message) }));
  let value: unknown;
  try {
    if (mistakes.length === 0) value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    // Too many aliases: the reader says so while it builds the value, and not where.
    mistakes.push({ ...placeAt(0), message: firstLine((error as Error).message) });
  }
  return { value, mistakes, place: (path) => placeAt(offsetOf(document.contents, path)) };
}

/** Manifests are scenarios' deepest parts, and these are no deeper than the API takes them. */
const DEPTH_MAX = 500;

/** Nodes that aliases may come to, each with those in it. */
const ALIASES_MAX = 100;

/** What is wrong with a text that is no YAML at all is said at so many places. */
const MISTAKES_MAX = 100;

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function offsetOf(root: unknown, path: Path): number {
  let node = root;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (!isNode(node)) return offset;
      offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
