// JSON patch as the API server applies it (J2): RFC 6902 with the liberties of its library. A missing member is null for `test` and `copy`, `replace` adds it, a
// missing value is null, indices may count from the end, and only `replace` and `test` may be about the whole object. Every failure is the client's: a value, never
// an exception. What operations copy is counted, so that a small patch cannot make a large object.
// Upstream: evanphx/json-patch v4.12 patch.go; apiserver/pkg/server/config.go sets AccumulatedCopySizeLimit (v1.33).

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
  const { op, path, from, value = null } = operation;
  if (path === '' && op === 'replace')
    return typeof value === 'object' && value !== null ? { ok: true, value: cloneJson(value) } : failed('the value is no object');
  if (path === '' && op === 'test') return isJsonEqual(root, value) ? { ok: true, value: root } : failed('test failed');
  if (op === 'move' || op === 'copy') return relocate(root, op, { from, path }, copies);
  const place = find(root, path);
  if (place === undefined) return failed('path does not exist');
  switch (op) {
    case 'add':
      return changed(root, add(place, cloneJson(value)));
    case 'replace':
      return changed(root, replace(place, cloneJson(value)));
    case 'remove':
      return changed(root, remove(place));
    case 'test': {
      const found = memberOf(place);
      return found !== undefined && 'value' in operation && isJsonEqual(found.value, value)
        ? { ok: true, value: root }
        : failed('test failed');
    }
    default:
      return failed('unknown operation');
  }
}

function relocate(root: Json, op: 'move' | 'copy', { from, path }: { from?: Json; path?: Json }, copies: Copies): PatchResult {
  const source = find(root, from);
  const found = source === undefined ? undefined : memberOf(source);
  if (source === undefined || found === undefined) return failed('from does not exist');
  if (op === 'move') {
    const problem = remove(source);
    if (problem !== undefined) return failed(problem);
  } else {
    copies.left -= jsonLengthWithin(found.value, copies.left + 1);
    if (copies.left < 0) return failed(`the copies add up to more than ${COPIED_LENGTH_MAX}`);
  }
  // What was removed may have been on the way.
  const target = find(root, path);
  if (target === undefined) return failed('path does not exist');
  return changed(root, add(target, op === 'move' ? found.value : cloneJson(found.value)));
}

function changed(root: Json, problem: string | undefined): PatchResult {
  return problem === undefined ? { ok: true, value: root } : failed(problem);
}

function failed(error: string): PatchResult {
  return { ok: false, error };
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/** Where a value is, or would be. */
interface Place {
  readonly container: Container;
  readonly key: string;
}

function find(root: Json, path: Json | undefined): Place | undefined {
  if (typeof path !== 'string') return undefined;
  const keys = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop();
  if (key === undefined || FORBIDDEN.includes(key)) return undefined;
  let container = root as Json | undefined;
  for (const name of keys) container = isContainer(container) ? memberOf({ container, key: name })?.value : undefined;
  return isContainer(container) ? { container, key } : undefined;
}

function isContainer(value: Json | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

/** What is at a place, null where an object has no such member; undefined where a list has no such index. */
function memberOf({ container, key }: Place): { readonly value: Json } | undefined {
  if (!Array.isArray(container)) return { value: Object.hasOwn(container, key) ? (container[key] as Json) : null };
  const index = listIndex(key, container.length);
  return index === undefined ? undefined : { value: container[index] as Json };
}

/** The index below the length; negative ones count from the end. */
function listIndex(key: string, length: number): number | undefined {
  if (!/^[+-]?\d+$/.test(key)) return undefined;
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  return index >= 0 && index < length ? index : undefined;
}

/** Puts a value at a place, in a list before what is there; what is wrong with that, or undefined. */
function add({ container, key }: Place, value: Json): string | undefined {
  if (!Array.isArray(container)) {
    container[key] = value;
    return undefined;
  }
  const index = key === '-' ? container.length : listIndex(key, container.length + 1);
  if (index === undefined) return 'index is out of range';
  container.splice(index, 0, value);
  return undefined;
}

function replace({ container, key }: Place, value: Json): string | undefined {
  if (!Array.isArray(container)) {
    container[key] = value;
    return undefined;
  }
  const index = listIndex(key, container.length);
  if (index === undefined) return 'index is out of range';
  container[index] = value;
  return undefined;
}

function remove({ container, key }: Place): string | undefined {
  if (Array.isArray(container)) {
    const index = listIndex(key, container.length);
    if (index === undefined) return 'index is out of range';
    container.splice(index, 1);
    return undefined;
  }
  if (!Object.hasOwn(container, key)) return 'path does not exist';
  delete container[key];
  return undefined;
}
