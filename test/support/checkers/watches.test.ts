// The checkers themselves fail where a watch would tell something else than what happened.

import { describe, expect, it } from 'vitest';
import { type Commit, execute } from '../../../src/engine/cluster/index.ts';
import type { Change } from '../../../src/engine/kernel/store.ts';
import { badRequest } from '../../../src/engine/apimachinery/status.ts';
import { createTestCluster, replicaSet } from '../engine.ts';
import { WatchChecker } from './watches.ts';

type Tamper = (changes: readonly Change[]) => readonly Change[];

/** A command that makes several changes, told otherwise than it was done. */
function tell(tamper: Tamper, outcome?: Commit['outcome']): void {
  const { state } = createTestCluster({ nodes: 1 });
  const checker = new WatchChecker(state);
  const body = replicaSet('web', 3);
  const commit = execute(state, {
    type: 'request',
    request: { verb: 'create', resource: 'replicasets.apps', namespace: 'default', body, options: {} },
  });
  checker.after(state, { ...commit, outcome: outcome ?? commit.outcome, changes: tamper(commit.changes) });
  const later = execute(state, { type: 'advance', toMs: state.nowMs + 30_000 });
  checker.after(state, later);
}

const renumbered: Tamper = (changes) => {
  const [first] = changes as [Change];
  return changes.map(({ type, resource, object, previous, json, timeMs }, index) => {
    const revision = first.revision + index;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    return { type, resource, object: { ...object, metadata }, previous, json, timeMs, revision };
  });
};

describe('a checker of watches', () => {
  it('lets pass what was told as it was done', () => {
    expect(() => tell((changes) => changes)).not.toThrow();
  });

  it.each<[string, Tamper, RegExp]>([
    [
      'a change before the one that it follows',
      ([first, second, ...rest]) => [second as Change, first as Change, ...rest],
      /^complete|^ordered/,
    ],
    ['a change twice', (changes) => [...changes, changes.at(-1) as Change], /^ordered/],
    ['a change twice, under a revision of its own', (changes) => renumbered([changes[0] as Change, ...changes]), /^unique/],
    ['all but one change', (changes) => changes.toSpliced(1, 1), /^complete/],
    ['all but one change, without a gap', (changes) => renumbered(changes.toSpliced(-1, 1)), /^complete/],
    ['all but the last change', (changes) => changes.slice(0, -1), /^complete/],
    [
      'another object',
      (changes) => changes.map((change) => ({ ...change, json: '', object: { ...change.object, extra: true } })),
      /^complete/,
    ],
    [
      'another revision in the object',
      (changes) =>
        changes.map((change) => ({
          ...change,
          object: { ...change.object, metadata: { ...change.object.metadata, resourceVersion: '1' } },
        })),
      /^ordered/,
    ],
    ['a time before the last one', (changes) => changes.map((change, index) => ({ ...change, timeMs: change.timeMs - index })), /^ordered/],
  ])('fails when it is told %s', (_what, tamper, words) => {
    expect(() => tell(tamper)).toThrow(words);
  });

  it('fails when something is told of a command that was refused', () => {
    expect(() => tell((changes) => changes, { ok: false, status: badRequest('no'), warnings: [] })).toThrow(/^atomic/);
  });

  it('fails when a restore lacks an object, or has another', () => {
    const { state } = createTestCluster({ nodes: 1 });
    const checker = new WatchChecker(state);
    const other = createTestCluster({ nodes: 2 }).state;
    expect(() => checker.restored(state, other)).toThrow(/^complete/);
    expect(() => new WatchChecker(other).restored(other, state)).toThrow(/^complete/);
  });
});
