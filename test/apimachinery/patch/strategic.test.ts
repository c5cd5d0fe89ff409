// Strategic merge as a table: what is there, what the patch says, what comes of it.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { applyStrategicPatch, type PatchField } from '../../../src/engine/apimachinery/patch/strategic.ts';

const FIELDS: Readonly<Record<string, PatchField>> = {
  containers: { type: '[]Container', patchStrategy: 'merge', patchMergeKey: 'name' },
  env: { type: '[]Env', patchStrategy: 'merge', patchMergeKey: 'name' },
  finalizers: { type: '[]string', patchStrategy: 'merge' },
  args: { type: '[]string' },
  tolerations: { type: '[]Toleration' },
  strategy: { type: 'Strategy', patchStrategy: 'retainKeys' },
  selector: { type: 'Selector', patchStrategy: 'replace' },
};

function patched(target: object, patch: object): unknown {
  const result = applyStrategicPatch(target as JsonObject, patch as JsonObject, 'Spec', (_type, field) => FIELDS[field]);
  return result.ok ? result.value : result.error;
}

describe('a strategic patch', () => {
  it.each<[string, object, object, unknown]>([
    [
      'J4 maps merge, null deletes, values replace',
      { a: 1, m: { x: 1, y: 2 } },
      { a: null, b: 2, m: { y: 3 } },
      { b: 2, m: { x: 1, y: 3 } },
    ],
    ['J4 a list without a strategy is replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    [
      'J4 plain values join, those of the patch first',
      { finalizers: ['a', 'b'] },
      { finalizers: ['c', 'b'] },
      { finalizers: ['c', 'b', 'a'] },
    ],
    ['J4 a map that is replaced is nothing else', { selector: { a: '1' } }, { selector: { b: '2' } }, { selector: { b: '2' } }],
    [
      'J4 elements are found by their key',
      {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1', env: [{ name: 'E', value: 'x' }] },
        ],
      },
      { containers: [{ name: 'b', image: '2', env: [{ name: 'F', value: 'y' }] }] },
      {
        containers: [
          { name: 'a', image: '1' },
          {
            name: 'b',
            image: '2',
            env: [
              { name: 'F', value: 'y' },
              { name: 'E', value: 'x' },
            ],
          },
        ],
      },
    ],
    [
      'J7 a new element goes first',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ name: 'c' }] },
      { containers: [{ name: 'c' }, { name: 'a' }, { name: 'b' }] },
    ],
    [
      'J6 unless an order says where',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }], containers: [{ name: 'c' }] },
      { containers: [{ name: 'a' }, { name: 'c' }, { name: 'b' }] },
    ],
    ['J5 replace a map', { m: { x: 1, y: 2 } }, { m: { $patch: 'replace', z: 3 } }, { m: { z: 3 } }],
    ['J5 delete a map', { m: { x: 1 }, n: 1 }, { m: { $patch: 'delete' } }, { n: 1 }],
    [
      'J5 delete an element',
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { containers: [{ $patch: 'delete', name: 'a' }] },
      { containers: [{ name: 'b' }] },
    ],
    [
      'J5 replace a list',
      { containers: [{ name: 'a' }] },
      { containers: [{ $patch: 'replace' }, { name: 'z' }] },
      { containers: [{ name: 'z' }] },
    ],
    ['J5 delete from plain values', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    [
      'J5 keep the keys that are named',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'J5 directives and nulls of what is new are not stored',
      {},
      { m: { $retainKeys: ['x'], x: { $patch: 'merge', y: 1, z: null } }, tolerations: [{ $patch: 'merge', key: 'k', value: null }] },
      { m: { x: { y: 1 } }, tolerations: [{ key: 'k' }] },
    ],
    ['J5 an unknown directive', { m: {} }, { m: { $patch: 'foo', name: 'a' } }, 'unknown patch type: foo in map: map[$patch:foo name:a]'],
    [
      'J5 an element without its key',
      { containers: [] },
      { containers: [{ image: 'x' }] },
      'map: map[image:x] does not contain declared merge key: name',
    ],
  ])('%s', (_name, target, patch, expected) => {
    const before = JSON.stringify([target, patch]);
    expect(patched(target, patch)).toEqual(expected);
    expect(JSON.stringify([target, patch])).toBe(before);
  });
});
