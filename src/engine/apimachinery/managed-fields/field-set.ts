// Sets of field paths, as trees whose keys are path elements in the words of FieldsV1 (K4): `f:name` a member, `k:{...}` an item of a list by its
// keys, `v:...` an item of a set by its value. A node may be in the set itself and have children. Trees are immutable; operations share them.
// Upstream: sigs.k8s.io/structured-merge-diff/v4/fieldpath/{set,element,serialize}.go (v1.33).

import { compareText } from '../text.ts';
import { isJsonObject, type Json, type JsonObject } from '../meta.ts';

export interface FieldSet {
  /** Whether the path that leads here is in the set. */
  readonly isMember: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** A path from the root of an object. */
export type FieldPath = readonly string[];

const NO_CHILDREN: ReadonlyMap<string, FieldSet> = new Map();

export const EMPTY_SET: FieldSet = { isMember: false, children: NO_CHILDREN };

/** A set under construction. */
export interface FieldSetBuilder {
  isMember: boolean;
  readonly children: Map<string, FieldSetBuilder>;
}

export function newBuilder(): FieldSetBuilder {
  return { isMember: false, children: new Map() };
}

export function insertPath(root: FieldSetBuilder, path: FieldPath): void {
  let node = root;
  for (const element of path) {
    let child = node.children.get(element);
    if (child === undefined) {
      child = newBuilder();
      node.children.set(element, child);
    }
    node = child;
  }
  node.isMember = true;
}

/** A set of the given paths. */
export function setOfPaths(paths: readonly FieldPath[]): FieldSet {
  const root = newBuilder();
  for (const path of paths) insertPath(root, path);
  return root;
}

export function isEmptySet(set: FieldSet): boolean {
  return !set.isMember && set.children.size === 0;
}

export function unionSets(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const other = children.get(element);
    children.set(element, other === undefined ? child : unionSets(other, child));
  }
  return { isMember: a.isMember || b.isMember, children };
}

/** The paths of `a` that are not in `b`. */
export function subtractSet(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  return filtered(a, a.isMember && !b.isMember, (element, child) => {
    const other = b.children.get(element);
    return other === undefined ? child : subtractSet(child, other);
  });
}

/** The paths of `a` that are not in `b` nor below a path of `b`. */
export function subtractBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (b.isMember) return EMPTY_SET;
  return filtered(a, a.isMember, (element, child) => {
    const other = b.children.get(element);
    return other === undefined ? child : subtractBelow(child, other);
  });
}

export function intersectSets(a: FieldSet, b: FieldSet): FieldSet {
  return filtered(a, a.isMember && b.isMember, (element, child) => {
    const other = b.children.get(element);
    return other === undefined ? EMPTY_SET : intersectSets(child, other);
  });
}

function filtered(set: FieldSet, isMember: boolean, keep: (element: string, child: FieldSet) => FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const kept = keep(element, child);
    if (!isEmptySet(kept)) children.set(element, kept);
  }
  return { isMember, children };
}

/** The set with the named fields that lead to its paths: who owns `.spec.replicas` needs `.spec`. */
export function withNamedParents(set: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const inner = withNamedParents(child);
    children.set(element, element.startsWith('f:') && inner.children.size > 0 ? { ...inner, isMember: true } : inner);
  }
  return { isMember: set.isMember, children };
}

/** All paths: at each node the members first, then what is below them, each in order. */
export function pathsOf(set: FieldSet, prefix: FieldPath = []): FieldPath[] {
  const elements = sortedElements(set);
  const members = elements.filter((element) => set.children.get(element)?.isMember === true).map((element) => [...prefix, element]);
  return [...members, ...elements.flatMap((element) => pathsOf(set.children.get(element) ?? EMPTY_SET, [...prefix, element]))];
}

/** A path as conflicts show it: `.spec.template.spec.containers[name="c"].image` (K6). */
export function pathText(path: FieldPath): string {
  return path.map(elementText).join('');
}

function elementText(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = JSON.parse(text) as Readonly<Record<string, Json>>;
  return `[${Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

/** FieldsV1 of a set. */
export function encodeSet(set: FieldSet): JsonObject {
  const encoded: Record<string, Json> = {};
  if (set.isMember && set.children.size > 0) encoded['.'] = {};
  for (const element of sortedElements(set)) encoded[element] = encodeSet(set.children.get(element) ?? EMPTY_SET);
  return encoded;
}

/** The set that FieldsV1 describe; undefined when they are not FieldsV1. */
export function decodeSet(fields: Json): FieldSet | undefined {
  return isJsonObject(fields) ? decodeNode(fields, true) : undefined;
}

function decodeNode(fields: JsonObject, isRoot: boolean): FieldSet | undefined {
  const children = new Map<string, FieldSet>();
  let isMember = !isRoot && Object.keys(fields).length === 0;
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.') {
      isMember = true;
      continue;
    }
    if (!isJsonObject(inner) || !isElement(element)) return undefined;
    const child = decodeNode(inner, false);
    if (child === undefined) return undefined;
    children.set(element, child);
  }
  return { isMember, children };
}

function isElement(element: string): boolean {
  if (element.startsWith('f:')) return true;
  if (!/^[kvi]:/.test(element)) return false;
  // A client may have written anything behind the prefix.
  try {
    const value = JSON.parse(element.slice(2)) as Json;
    return !element.startsWith('k:') || isJsonObject(value);
  } catch {
    return false;
  }
}

const ELEMENT_ORDER: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 };

function sortedElements(set: FieldSet): string[] {
  return [...set.children.keys()].sort(compareElements);
}

/** Names before keys before values; keys by their fields, and numbers by value: port 80 before port 443. */
function compareElements(a: string, b: string): number {
  const left = ELEMENT_ORDER[a.charAt(0)] ?? 0;
  const right = ELEMENT_ORDER[b.charAt(0)] ?? 0;
  if (left !== right) return left - right;
  if (a.startsWith('k:') && b.startsWith('k:')) return compareKeys(a, b);
  return compareText(a, b);
}

function compareKeys(a: string, b: string): number {
  const left = Object.entries(JSON.parse(a.slice(2)) as Readonly<Record<string, Json>>);
  const right = Object.entries(JSON.parse(b.slice(2)) as Readonly<Record<string, Json>>);
  for (const [index, [name, value]] of left.entries()) {
    const [otherName, otherValue] = right[index] ?? ['', null];
    if (name !== otherName) return compareText(name, otherName);
    if (typeof value === 'number' && typeof otherValue === 'number' && value !== otherValue) return value - otherValue;
    const order = compareText(JSON.stringify(value), JSON.stringify(otherValue));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
