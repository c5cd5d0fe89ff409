// Where a field of a manifest stands in the text it came from.

import { isMap, isNode, isScalar, isSeq, type LineCounter, type Node, type YAMLMap } from 'yaml';
import type { YamlDocument } from '../../kube/yaml-documents.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of a field such as `spec.containers[0].image`, or of what is nearest around it and is there. */
export function locateField(document: YamlDocument, lines: LineCounter, field: string): Position | undefined {
  let offset = startOf(document.contents) ?? 0;
  let node: unknown = document.contents;
  let rest = field;
  while (rest !== '') {
    const step = isMap(node) ? stepIntoMap(node, rest) : isSeq(node) ? stepIntoList(node.items, rest) : undefined;
    if (step === undefined) break;
    offset = step.offset ?? offset;
    node = step.node;
    rest = step.rest;
  }
  const { line, col } = lines.linePos(offset);
  return line === 0 ? undefined : { line, column: col };
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
  readonly rest: string;
}

/** Keys may hold dots, as labels do: the longest key that fits is meant. */
function stepIntoMap(map: YAMLMap, field: string): Step | undefined {
  const bracketed = /^\[([^\]]*)\](.*)$/s.exec(field);
  const wanted = bracketed === null ? field : (bracketed[1] as string);
  let best: { key: string; pair: YAMLMap['items'][number] } | undefined;
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key === undefined || (best !== undefined && key.length <= best.key.length)) continue;
    if (wanted === key || (bracketed === null && (wanted.startsWith(`${key}.`) || wanted.startsWith(`${key}[`)))) best = { key, pair };
  }
  if (best === undefined) return undefined;
  const rest = bracketed === null ? wanted.slice(best.key.length) : (bracketed[2] as string);
  return { node: best.pair.value, offset: startOf(best.pair.key), rest: rest.replace(/^\./, '') };
}

/** A path without an index, as Go's decoder gives it, can mean the only item of a list. */
function stepIntoList(items: readonly unknown[], field: string): Step | undefined {
  const match = /^\[(\d+)\]\.?(.*)$/s.exec(field);
  const item = match === null ? onlyItem(items) : items[Number(match[1])];
  return item === undefined ? undefined : { node: item, offset: startOf(item), rest: match === null ? field : (match[2] as string) };
}

function onlyItem(items: readonly unknown[]): unknown {
  return items.length === 1 ? items[0] : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
