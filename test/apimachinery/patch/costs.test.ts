// What patches may cost: copies are counted, and merging lists takes time in proportion to their lengths. The command that brings a patch is
// stored as it came, so no patch may change its operations.

import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { jsonLengthWithin } from '../../../src/engine/apimachinery/meta.ts';
import { applyJsonPatch } from '../../../src/engine/apimachinery/patch/json.ts';
import { applyStrategicPatch } from '../../../src/engine/apimachinery/patch/strategic.ts';

describe('JSON patch', () => {
  it('J2 copies that double the object again and again are refused', () => {
    const operations = Array.from({ length: 30 }, (_, index) => ({ op: 'copy', from: '/spec', path: `/spec/c${index}` }));
    const patched = applyJsonPatch({ spec: { text: 'x'.repeat(1_000) } }, operations);
    expect(patched).toEqual({ ok: false, error: 'the copies add up to more than 3145728' });
  });

  it('J2 copies that stay small are done', () => {
    const operations = Array.from({ length: 1_000 }, (_, index) => ({ op: 'copy', from: '/a', path: `/b/c${index}` }));
    const patched = applyJsonPatch({ a: 'x'.repeat(100), b: {} }, operations);
    expect(patched.ok && Object.keys((patched.value as JsonObject)['b'] as JsonObject)).toHaveLength(1_000);
  });

  it('J2 a large value that moves ten thousand times is never copied', () => {
    const list: Json = Array.from({ length: 100_000 }, (_, index) => index);
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      op: 'move',
      from: index % 2 === 0 ? '/a' : '/b',
      path: index % 2 === 0 ? '/b' : '/a',
    }));
    expect(applyJsonPatch({ a: list }, operations)).toEqual({ ok: true, value: { a: list } });
  });

  it('J2 later operations change the object and not the operations before them', () => {
    const operations: readonly Json[] = [
      { op: 'add', path: '/list', value: [] },
      { op: 'add', path: '/list/-', value: { a: 1 } },
      { op: 'replace', path: '/list/0/a', value: 2 },
      { op: 'replace', path: '/map', value: { b: [1] } },
      { op: 'remove', path: '/map/b/0' },
    ];
    const before = JSON.stringify(operations);
    const first = applyJsonPatch({ map: {} }, operations);
    expect(first).toEqual({ ok: true, value: { map: { b: [] }, list: [{ a: 2 }] } });
    expect(JSON.stringify(operations)).toBe(before);
    expect(applyJsonPatch({ map: {} }, operations)).toEqual(first);
  });
});

describe('strategic merge patch', () => {
  const COUNT = 50_000;
  const lookup = (_type: string, name: string) =>
    name === 'ports'
      ? { type: '[]Port', patchStrategy: 'merge', patchMergeKey: 'port' }
      : name === 'finalizers'
        ? { type: '[]string', patchStrategy: 'merge' }
        : undefined;
  const ports = (from: number) => Array.from({ length: COUNT }, (_, index) => ({ port: from + index }));
  const names = (from: number) => Array.from({ length: COUNT }, (_, index) => `f${from + index}`);
  const apply = (target: JsonObject, patch: JsonObject) => {
    const patched = applyStrategicPatch(target, patch, 'Any', lookup);
    return patched.ok ? patched.value : patched.error;
  };

  // With a quadratic merge each of these takes minutes, and the test ends at its time limit.
  it('J6 merges fifty thousand elements by key', () => {
    const merged = apply({ ports: ports(0) }, { ports: ports(COUNT / 2) }) as { ports: readonly { port: number }[] };
    expect(merged.ports).toHaveLength(COUNT * 1.5);
    expect([merged.ports[0], merged.ports.at(-1)]).toEqual([{ port: 0 }, { port: COUNT * 1.5 - 1 }]);
  });

  it('J7 merges fifty thousand values', () => {
    const merged = apply({ finalizers: names(0) }, { finalizers: names(COUNT / 2) }) as { finalizers: readonly string[] };
    expect(new Set(merged.finalizers).size).toBe(COUNT * 1.5);
  });

  it('J5 deletes, orders and retains fifty thousand elements', () => {
    expect(apply({ finalizers: names(0) }, { '$deleteFromPrimitiveList/finalizers': names(1) })).toEqual({ finalizers: ['f0'] });
    const reversed = names(0).toReversed();
    expect(apply({ finalizers: names(0) }, { '$setElementOrder/finalizers': reversed })).toEqual({ finalizers: reversed });
    const gone = ports(1).map((item) => ({ ...item, $patch: 'delete' }));
    expect(apply({ ports: ports(0) }, { ports: gone })).toEqual({ ports: [{ port: 0 }] });
    const members = Object.fromEntries(names(0).map((name) => [name, 'x']));
    expect(apply(members, { $retainKeys: names(1) })).toEqual(
      Object.fromEntries(
        names(1)
          .slice(0, -1)
          .map((name) => [name, 'x']),
      ),
    );
  });
});

describe('lengths', () => {
  it.each([
    [null, 4],
    [true, 4],
    [12.5, 4],
    ['abc', 5],
    [[], 2],
    [[1, 'a'], 8],
    [{ a: 1, bc: [null] }, 21],
  ])('%j is at least as long as its text', (value, length) => {
    expect(jsonLengthWithin(value, 1_000)).toBe(length);
    expect(length).toBeGreaterThanOrEqual(JSON.stringify(value).length);
    expect(jsonLengthWithin(value, 3)).toBe(Math.min(3, length));
  });
});
