// JSON patch, RFC 6902 (J2). Every failure is the client's: a value, never an exception. What operations copy is counted, so that a small patch cannot
// make a large object; upstream counts the same way (evanphx/json-patch v4, AccumulatedCopySizeLimit; apiserver/pkg/server/config.go).

import { cloneJson, isJsonEqual, type Json, jsonLengthWithin } from '../meta.ts';

export type PatchResult = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: string };

type Container = Record<string, Json> | Json[];

/** Characters of JSON that the copies of one patch may add up to; upstream's are bytes. */
const COPIED_LENGTH_MAX = 3_145_728;

interface Copies {
  left: number;
}

/** Applies the operations in order; neither the target nor the operations are changed. */
export function applyJsonPatch(target: Json, operations: readonly Json[]): PatchResult {
  let root: Json = cloneJson(target);
  const copies: Copies = { left: COPIED_LENGTH_MAX };
  for (const operation of operations) {
    const applied = applyOperation(root, operation as Readonly<Record<string, Json>>, copies);
    if (!applied.ok) return applied;
    root = applied.value;
  }
  return { ok: true, value: root };
}

function applyOperation(root: Json, operation: Readonly<Record<string, Json>>, copies: Copies): PatchResult {
  const { op, path, from, value } = operation;
  const target = parsePointer(path);
  if (target === undefined) return failed('invalid path');
  switch (op) {
    case 'add':
      return value === undefined ? failed('value is missing') : put(root, target, cloneJson(value), 'add');
    case 'replace':
      return value === undefined ? failed('value is missing') : put(root, target, cloneJson(value), 'replace');
    case 'remove':
      return remove(root, target);
    case 'test': {
      const found = get(root, target);
      return found !== undefined && isJsonEqual(found, value) ? { ok: true, value: root } : failed('test failed');
    }
    case 'move':
    case 'copy': {
      const source = parsePointer(from);
      const found = source === undefined ? undefined : get(root, source);
      if (source === undefined || found === undefined) return failed('from does not exist');
      if (op === 'copy') return copy(root, target, found, copies);
      const removed = remove(root, source);
      return removed.ok ? put(removed.value, target, found, 'add') : removed;
    }
    default:
      return failed('unknown operation');
  }
}

function copy(root: Json, target: readonly string[], found: Json, copies: Copies): PatchResult {
  copies.left -= jsonLengthWithin(found, copies.left + 1);
  if (copies.left < 0) return failed(`the copies add up to more than ${COPIED_LENGTH_MAX}`);
  return put(root, target, cloneJson(found), 'add');
}

function failed(error: string): PatchResult {
  return { ok: false, error };
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

function parsePointer(path: Json | undefined): string[] | undefined {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) return undefined;
  const parts = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.some((part) => FORBIDDEN.includes(part)) ? undefined : parts;
}

function get(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[listIndex(part, value.length - 1) ?? -1] as Json | undefined;
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, part))
      value = (value as Readonly<Record<string, Json>>)[part];
    else return undefined;
  }
  return value;
}

function listIndex(part: string, max: number): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(part) && Number(part) <= max ? Number(part) : undefined;
}

function put(root: Json, path: readonly string[], value: Json, mode: 'add' | 'replace'): PatchResult {
  const last = path.at(-1);
  if (last === undefined) return { ok: true, value };
  const parent = get(root, path.slice(0, -1)) as Container | undefined;
  if (Array.isArray(parent)) {
    if (mode === 'add' && last === '-') {
      parent.push(value);
      return { ok: true, value: root };
    }
    const index = listIndex(last, mode === 'add' ? parent.length : parent.length - 1);
    if (index === undefined) return failed('index is out of range');
    parent.splice(index, mode === 'add' ? 0 : 1, value);
    return { ok: true, value: root };
  }
  if (typeof parent !== 'object' || parent === null) return failed('path does not exist');
  if (mode === 'replace' && !Object.hasOwn(parent, last)) return failed('path does not exist');
  parent[last] = value;
  return { ok: true, value: root };
}

function remove(root: Json, path: readonly string[]): PatchResult {
  const last = path.at(-1);
  const parent = last === undefined ? undefined : (get(root, path.slice(0, -1)) as Container | undefined);
  if (last === undefined || typeof parent !== 'object' || parent === null) return failed('path does not exist');
  if (Array.isArray(parent)) {
    const index = listIndex(last, parent.length - 1);
    if (index === undefined) return failed('index is out of range');
    parent.splice(index, 1);
  } else {
    if (!Object.hasOwn(parent, last)) return failed('path does not exist');
    delete parent[last];
  }
  return { ok: true, value: root };
}
