// Which checkpoints are kept.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKPOINTS_MAX, GAP_CHANGES_MAX, isCheckpointDue, superfluousCheckpoints } from '../../src/service/ladder.ts';
import { LIMITS_DEFAULT } from '../../src/service/limits.ts';
import type { StoredCheckpoint } from '../../src/service/storage.ts';

/** A history in which a checkpoint is made after each of so many changes, thinned after each. */
function keptAfter(gaps: readonly number[], pinnedSeq?: number): { readonly kept: readonly StoredCheckpoint[]; readonly revision: number } {
  let kept: readonly StoredCheckpoint[] = [{ journalSeq: 1, revision: 50 }];
  let revision = 50;
  for (const [index, gap] of gaps.entries()) {
    revision += gap;
    kept = [...kept, { journalSeq: index + 2, revision }];
    const gone = new Set(superfluousCheckpoints(kept, revision, pinnedSeq));
    kept = kept.filter(({ journalSeq }) => !gone.has(journalSeq));
  }
  return { kept, revision };
}

const gapsOf = (kept: readonly StoredCheckpoint[]) => kept.slice(1).map(({ revision }, index) => revision - (kept[index]?.revision ?? 0));

type Numbers = [commands: number, changes: number, records: number];

describe('a checkpoint is due', () => {
  const limits = { ...LIMITS_DEFAULT, checkpointCommandsMax: 10, checkpointChangesMax: 100, checkpointRecordsMax: 1_000 };
  const isDue = (commands: number, changes: number, records: number, patience = 1, rewritten = records): boolean =>
    isCheckpointDue({ commands, changes, records, rewritten: () => rewritten }, limits, patience);

  it.each([
    ['after so many commands', [10, 0, 0], [9, 99, 0]],
    ['after so many changes', [1, 100, 100], [1, 99, 99]],
    ['after so many rows', [1, 0, 1_000], [1, 0, 999]],
    ['not before there is a change for every row that it would write anew', [1, 900, 900], [1, 899, 900]],
  ] satisfies [string, Numbers, Numbers][])('%s', (_, due, notYet) => {
    expect(isDue(...due)).toBe(true);
    expect(isDue(...notYet)).toBe(false);
  });

  it('whatever number of rows are new', () => {
    expect(isDue(1, 100, 900, 1, 100)).toBe(true);
    expect(isDue(1, 100, 900, 1, 101)).toBe(false);
  });

  it('later when one has failed', () => {
    expect(isDue(10, 0, 0, 2)).toBe(false);
    expect(isDue(20, 0, 0, 2)).toBe(true);
    expect(isDue(1, 399, 200, 2)).toBe(false);
    expect(isDue(1, 400, 200, 2)).toBe(true);
  });
});

describe('the ladder of checkpoints', () => {
  it('is dense near now and sparse far back', () => {
    const { kept, revision } = keptAfter(Array.from({ length: 200 }, () => 5_000));
    expect(kept.length).toBeLessThan(40);
    expect(gapsOf(kept).slice(-3)).toEqual([5_000, 5_000, 5_000]);
    for (const [index, gap] of gapsOf(kept).entries()) {
      const distance = revision - (kept[index + 1]?.revision ?? 0);
      expect(gap).toBeLessThanOrEqual(Math.max(5_000, distance / 2));
      expect(gap).toBeLessThanOrEqual(GAP_CHANGES_MAX);
    }
  });

  it('never loses the first, the newest, or one that is pinned, and has a bound', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 300 }), (gaps) => {
        const { kept } = keptAfter(gaps, 3);
        const seqs = kept.map(({ journalSeq }) => journalSeq);
        expect(seqs[0]).toBe(1);
        expect(seqs.at(-1)).toBe(gaps.length + 1);
        expect(seqs.slice(0, 3)).toEqual([1, 2, 3].slice(0, gaps.length + 1));
        expect(kept.length).toBeLessThanOrEqual(CHECKPOINTS_MAX);
      }),
    );
  });

  it('stays within its bound over a long history, the far gaps growing', () => {
    const { kept } = keptAfter(Array.from({ length: 2_000 }, () => 40_000));
    expect(kept).toHaveLength(CHECKPOINTS_MAX);
    const gaps = gapsOf(kept);
    expect(gaps[1]).toBeGreaterThan(gaps.at(-2) ?? 0);
  });
});
