import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createState, defineTable, forkState, jsonOfRow, restoreJson, tableData } from '../../src/engine/kernel/state.ts';
import {
  defineCompact,
  getStored,
  keysByTerm,
  keysInNamespace,
  type KernelObject,
  putObject,
  rebuildIndexes,
  removeObject,
  restoreObject,
} from '../../src/engine/kernel/store.ts';

const thing = (name: string, data: Record<string, unknown> = {}): KernelObject => ({
  kind: 'Thing',
  apiVersion: 'v1',
  metadata: { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: '' },
  ...data,
});

describe('store', () => {
  it('F4 counts one revision over all resources and writes it into the object', () => {
    const state = createState({ seed: 1, startMs: 0 });
    putObject(state, 'things', thing('a'), []);
    const change = putObject(state, 'others', thing('b'), []);
    expect(change.object.metadata.resourceVersion).toBe('2');
    expect(state.revision).toBe(2);
  });

  it('F4 gives a DELETED change the revision of the deletion', () => {
    const state = createState({ seed: 1, startMs: 0 });
    putObject(state, 'things', thing('a'), []);
    const change = removeObject(state, 'things', 'ns/a');
    expect(change.type).toBe('DELETED');
    expect(change.object.metadata.resourceVersion).toBe('2');
    expect(change.previous?.metadata.resourceVersion).toBe('1');
    expect(getStored(state, 'things', 'ns/a')).toBeUndefined();
  });

  it('encodes exactly what JSON.stringify would, also when members are reused', () => {
    const state = createState({ seed: 1, startMs: 0 });
    const spec = { text: 'ä"\n', list: [1, { a: null }], gone: undefined };
    putObject(state, 'things', thing('a', { spec, status: { n: 1 } }), []);
    const second = putObject(state, 'things', thing('a', { spec, status: { n: 2 }, extra: true }), []);
    expect(second.json).toBe(JSON.stringify(second.object));
    expect(second.type).toBe('MODIFIED');
  });

  it('gives equal digests to equal histories only', () => {
    const run = (value: number, nowMs: number) => {
      const state = createState({ seed: 1, startMs: 0 });
      state.nowMs = nowMs;
      putObject(state, 'things', thing('a', { value }), []);
      return state.digest.join();
    };
    expect(run(1, 0)).toBe(run(1, 0));
    expect(run(1, 0)).not.toBe(run(2, 0));
    expect(run(1, 0)).not.toBe(run(1, 1));
  });

  it('keeps index terms and namespaces, also after they were rebuilt', () => {
    const state = createState({ seed: 1, startMs: 0 });
    putObject(state, 'things', thing('a'), ['x', 'y']);
    putObject(state, 'things', thing('b'), ['x']);
    putObject(state, 'things', thing('a'), ['y']);
    const check = () => {
      expect([...keysByTerm(state, 'things', 'x')]).toEqual(['ns/b']);
      expect([...keysByTerm(state, 'things', 'y')]).toEqual(['ns/a']);
      expect([...keysInNamespace(state, 'things', 'ns')].sort()).toEqual(['ns/a', 'ns/b']);
    };
    check();
    rebuildIndexes(state);
    check();
    removeObject(state, 'things', 'ns/b');
    expect([...keysByTerm(state, 'things', 'x')]).toEqual([]);
  });

  it('tells the terms of restored objects when somebody asks, as they are by then', () => {
    const state = createState({ seed: 1, startMs: 0 });
    const read: string[] = [];
    const restore = (name: string) =>
      restoreObject(state, 'things', `ns/${name}`, JSON.stringify({ ...thing(name) }), (json) => {
        read.push(name);
        return [`name:${(JSON.parse(json) as KernelObject).metadata.name}`, 'all'];
      });
    for (const name of ['a', 'b', 'c', 'd']) restore(name);
    putObject(state, 'things', thing('a'), ['changed']);
    removeObject(state, 'things', 'ns/b');
    putObject(state, 'things', thing('e'), ['all']);
    expect([...keysInNamespace(state, 'things', 'ns')]).toEqual(['ns/a', 'ns/c', 'ns/d', 'ns/e']);
    expect(read).toEqual([]);
    expect([...keysByTerm(state, 'things', 'all')]).toEqual(['ns/c', 'ns/d', 'ns/e']);
    expect([...keysByTerm(state, 'things', 'changed')]).toEqual(['ns/a']);
    expect([...keysByTerm(state, 'things', 'name:b')]).toEqual([]);
    removeObject(state, 'things', 'ns/c');
    expect([...keysByTerm(state, 'things', 'all')]).toEqual(['ns/d', 'ns/e']);
    expect(read).toEqual(['c', 'd']);
  });

  it('makes the same changes and digest of an object whatever form it is kept in', () => {
    defineCompact('slips');
    const rest = { spec: { a: 1 }, status: { n: 1 } };
    const run = (resource: string, isRestored: boolean) => {
      const state = createState({ seed: 1, startMs: 0 });
      putObject(state, resource, thing('a', rest), ['t']);
      if (isRestored) restoreObject(state, resource, 'ns/a', getStored(state, resource, 'ns/a')?.json ?? '', () => ['t']);
      const before = getStored(state, resource, 'ns/a')?.object as KernelObject;
      putObject(state, resource, { ...before, status: { n: 2 } }, ['t']);
      const shown = getStored(state, resource, 'ns/a');
      const last = removeObject(state, resource, 'ns/a');
      return {
        changes: state.changes.map(({ json, previous }) => ({ json, previous })),
        digest: state.digest,
        object: shown?.object,
        last,
      };
    };
    const written = run('things', false);
    for (const other of [run('things', true), run('slips', false), run('slips', true)]) {
      expect(other.changes).toEqual(written.changes);
      expect(other.digest).toEqual(written.digest);
      expect(other.object).toEqual(written.object);
    }
  });

  it('keeps of a compact object nothing but its JSON, and what it parsed last', () => {
    defineCompact('slips');
    const state = createState({ seed: 1, startMs: 0 });
    for (const name of ['a', 'b']) putObject(state, 'slips', thing(name, { note: 'x' }), []);
    const [stored, other] = [getStored(state, 'slips', 'ns/a'), getStored(state, 'slips', 'ns/b')];
    expect(stored?.members).toBeUndefined();
    const parsed = stored?.object;
    expect(stored?.object).toBe(parsed);
    expect(other?.object.metadata.name).toBe('b');
    expect(stored?.object).not.toBe(parsed);
    expect(stored?.object).toEqual(parsed);
  });

  it('leaves no state behind in tables: what nobody holds is gone', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const rows = defineTable<number>('rows of a state that goes');
    const held = new WeakRef(createState({ seed: 1, startMs: 0 }));
    const use = (): void => {
      const state = held.deref();
      if (state === undefined) return;
      rows.put(state, 'a', 1);
      putObject(state, 'things', thing('a'), []);
      getStored(state, 'things', 'ns/a');
    };
    use();
    // A weak reference is kept to the end of the turn in which it was read.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(held.deref()).toBeUndefined();
  });

  it('parses a restored row when somebody looks at it, in its place, and copies it for a fork that edits it', () => {
    const rows = defineTable<{ n: number }>('restored rows');
    const state = createState({ seed: 1, startMs: 0 });
    for (const key of ['a', 'b', 'c']) restoreJson(state, rows.name, key, '{"n":1}');
    const fork = forkState(state);
    rows.edit(fork, 'b').n = 2;
    expect(rows.has(state, 'a')).toBe(true);
    expect(rows.get(state, 'b')).toEqual({ n: 1 });
    rows.edit(state, 'b').n = 3;
    expect(rows.get(fork, 'b')).toEqual({ n: 2 });
    expect(Array.from(tableData(state, rows.name).rows.values(), jsonOfRow)).toEqual(['{"n":1}', '{"n":3}', '{"n":1}']);
    expect([...rows.rows(state)]).toEqual([
      ['a', { n: 1 }],
      ['b', { n: 3 }],
      ['c', { n: 1 }],
    ]);
    expect([...rows.rows(fork).values()]).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }]);
  });
});
