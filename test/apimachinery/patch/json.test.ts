import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/engine/apimachinery/meta.ts';
import { applyJsonPatch } from '../../../src/engine/apimachinery/patch/json.ts';

/** The object before and one operation; what comes of it as JSON, or that it is refused. */
const CASES: readonly (readonly [title: string, before: Json, operation: Record<string, Json>, after: string])[] = [
  ['add sets a member', { a: 1 }, { op: 'add', path: '/b', value: 2 }, '{"a":1,"b":2}'],
  ['add puts another value in its place', { a: 1 }, { op: 'add', path: '/a', value: [2] }, '{"a":[2]}'],
  ['add without a value adds null', {}, { op: 'add', path: '/a' }, '{"a":null}'],
  ['add needs the way to the member', {}, { op: 'add', path: '/a/b', value: 1 }, 'refused'],
  ['add may not be about the whole', {}, { op: 'add', path: '', value: {} }, 'refused'],
  ['add goes before an item', { l: [1, 2] }, { op: 'add', path: '/l/1', value: 3 }, '{"l":[1,3,2]}'],
  ['add goes behind the last item', { l: [1] }, { op: 'add', path: '/l/1', value: 2 }, '{"l":[1,2]}'],
  ['add by a dash is at the end', { l: [1] }, { op: 'add', path: '/l/-', value: 2 }, '{"l":[1,2]}'],
  ['add by -1 is at the end too', { l: [1, 2] }, { op: 'add', path: '/l/-1', value: 3 }, '{"l":[1,2,3]}'],
  ['add beyond the end is refused', { l: [1] }, { op: 'add', path: '/l/2', value: 2 }, 'refused'],
  ['add by a word is refused', { l: [1] }, { op: 'add', path: '/l/x', value: 2 }, 'refused'],
  ['replace adds what is not there', {}, { op: 'replace', path: '/a', value: 1 }, '{"a":1}'],
  ['replace without a value is null', { a: 1 }, { op: 'replace', path: '/a' }, '{"a":null}'],
  ['replace changes the last item by -1', { l: [1, 2] }, { op: 'replace', path: '/l/-1', value: 3 }, '{"l":[1,3]}'],
  ['replace of no item is refused', { l: [1] }, { op: 'replace', path: '/l/1', value: 2 }, 'refused'],
  ['replace of the whole', { a: 1 }, { op: 'replace', path: '', value: { b: 2 } }, '{"b":2}'],
  ['replace of the whole by a scalar is refused', { a: 1 }, { op: 'replace', path: '', value: 2 }, 'refused'],
  ['remove takes a member', { a: 1, b: 2 }, { op: 'remove', path: '/a' }, '{"b":2}'],
  ['remove takes the last item by -1', { l: [1, 2] }, { op: 'remove', path: '/l/-1' }, '{"l":[1]}'],
  ['remove of what is not there is refused', { a: 1 }, { op: 'remove', path: '/b' }, 'refused'],
  ['test of equal values', { a: { b: [1] } }, { op: 'test', path: '/a', value: { b: [1] } }, '{"a":{"b":[1]}}'],
  ['test of other values is refused', { a: 1 }, { op: 'test', path: '/a', value: 2 }, 'refused'],
  ['test of a missing member for null', { m: {} }, { op: 'test', path: '/m/finalizers', value: null }, '{"m":{}}'],
  ['test of a missing member for a value is refused', { m: {} }, { op: 'test', path: '/m/finalizers', value: [] }, 'refused'],
  ['test of a value for null is refused', { a: 0 }, { op: 'test', path: '/a', value: null }, 'refused'],
  ['test behind what is missing is refused', {}, { op: 'test', path: '/m/finalizers', value: null }, 'refused'],
  ['test of no item is refused, for null too', { l: [] }, { op: 'test', path: '/l/0', value: null }, 'refused'],
  ['test of the whole', { a: 1 }, { op: 'test', path: '', value: { a: 1 } }, '{"a":1}'],
  ['copy', { a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, '{"a":{"b":1},"c":{"b":1}}'],
  ['copy of a missing member is null', { a: 1 }, { op: 'copy', from: '/b', path: '/c' }, '{"a":1,"c":null}'],
  ['move', { a: 1, l: [2] }, { op: 'move', from: '/a', path: '/l/0' }, '{"l":[1,2]}'],
  ['move of a missing member is refused', { a: 1 }, { op: 'move', from: '/b', path: '/c' }, 'refused'],
  ['move into itself is refused', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }, 'refused'],
  ['names with slashes and tildes', { 'a/b': 1, '~': 2 }, { op: 'test', path: '/a~1b', value: 1 }, '{"a/b":1,"~":2}'],
  ['an operation that is none', {}, { op: 'merge', path: '/a', value: 1 }, 'refused'],
];

describe('JSON patch', () => {
  it.each(CASES)('J2 %s', (_title, before, operation, after) => {
    const result = applyJsonPatch(before, [operation]);
    expect(result.ok ? JSON.stringify(result.value) : 'refused').toBe(after);
  });
});
