import { describe, expect, it } from 'vitest';
import { createState } from '../../src/engine/kernel/state.ts';
import {
  getStored,
  keysByTerm,
  keysInNamespace,
  type KernelObject,
  putObject,
  rebuildIndexes,
  removeObject,
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
});
