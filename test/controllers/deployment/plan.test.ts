import { describe, expect, it } from 'vitest';
import {
  fencepostsOf,
  isScalingEvent,
  planNewSize,
  planScaleDown,
  planScaling,
  totalSize,
} from '../../../src/engine/controllers/deployment/plan.ts';
import type { Deployment } from '../../../src/engine/kinds/deployment/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { parseTable } from '../../support/text-table.ts';

function deployment(replicas: number, maxSurge: number | string = '25%', maxUnavailable: number | string = '25%'): Deployment {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
  return { metadata: { name: 'd' }, spec: { replicas, strategy }, status: {} } as unknown as Deployment;
}

/** `5/3` is a ReplicaSet of 5 pods, of which 3 are available; `5/3@10+3` was sized for 10 replicas and a surge of 3. Oldest first. */
function sets(text: string): ReplicaSet[] {
  return text
    .split(' ')
    .filter((word) => word !== '-')
    .map((word, index) => {
      const [, size, available, desired, surge] = /^(\d+)\/(\d+)(?:@(\d+)\+(\d+))?$/.exec(word) ?? [];
      const annotations =
        desired === undefined
          ? {}
          : {
              'deployment.kubernetes.io/desired-replicas': desired,
              'deployment.kubernetes.io/max-replicas': String(Number(desired) + Number(surge)),
            };
      const creationTimestamp = `2026-01-01T00:00:0${index}Z`;
      const metadata = { name: `rs-${index}`, creationTimestamp, annotations };
      return { metadata, spec: { replicas: Number(size) }, status: { availableReplicas: Number(available) } } as unknown as ReplicaSet;
    });
}

const number = (text: string): number | string => (text.endsWith('%') ? text : Number(text));

describe('C216 how far a rollout may go', () => {
  const rows = parseTable(`
    replicas | maxSurge | maxUnavailable | surge | unavailable
    1        | 25%      | 25%            | 1     | 0
    2        | 25%      | 25%            | 1     | 0
    3        | 25%      | 25%            | 1     | 0
    4        | 25%      | 25%            | 1     | 1
    5        | 25%      | 25%            | 2     | 1
    8        | 25%      | 25%            | 2     | 2
    10       | 25%      | 25%            | 3     | 2
    4        | 3        | 2              | 3     | 2
    4        | 0        | 10%            | 0     | 1
    3        | 1        | 5              | 1     | 3
    0        | 25%      | 1              | 0     | 0
  `);
  it.each(rows)('C216 $replicas replicas, $maxSurge and $maxUnavailable: $surge more, $unavailable fewer', (row) => {
    const wanted = deployment(Number(row['replicas']), number(row['maxSurge'] ?? ''), number(row['maxUnavailable'] ?? ''));
    expect(fencepostsOf(wanted)).toEqual({ surge: Number(row['surge']), unavailable: Number(row['unavailable']) });
  });
});

describe('C217 the new ReplicaSet', () => {
  const rows = parseTable(`
    replicas | size | total | becomes
    4        | 0    | 4     | 1
    4        | 1    | 4     | 2
    4        | 2    | 5     | 2
    4        | 2    | 4     | 3
    4        | 4    | 4     | 4
    4        | 3    | 3     | 4
    4        | 6    | 6     | 4
    10       | 0    | 0     | 10
  `);
  it.each(rows)('C217 of $replicas wanted, with $size of $total: $becomes', ({ replicas, size, total, becomes }) => {
    expect(planNewSize(deployment(Number(replicas)), Number(size), Number(total))).toBe(Number(becomes));
  });
});

describe('C219 C220 C221 the old ReplicaSets', () => {
  const rows = parseTable(`
    rule      | replicas | old         | new | becomes
    C219      | 4        | 3/3         | 2/0 | -
    C219      | 4        | -           | 4/4 | -
    C220      | 4        | 4/2         | 1/0 | rs-0:3
    C220      | 10       | 3/0 10/10   | 0/0 | rs-0:0 rs-1:8
    C221      | 4        | 4/4         | 1/0 | rs-0:3
    C221      | 4        | 3/3         | 2/2 | rs-0:1
    C221 C253 | 4        | 2/2 2/2     | 1/1 | rs-0:0
    C220 C221 | 10       | 10/8        | 3/3 | rs-0:8 rs-0:5
    C253      | 4        | 3/3 2/0     | 0/0 | rs-1:0
  `);
  it.each(rows)('$rule of $replicas wanted, $old and the new one $new: $becomes', ({ replicas, old, new: fresh, becomes }) => {
    const oldSets = sets(old ?? '');
    const [newSet] = sets(`0/0 0/0 0/0 ${fresh}`).slice(3);
    const resizes = planScaleDown(deployment(Number(replicas)), newSet as ReplicaSet, oldSets);
    expect(resizes.map(({ set, size }) => `${set.metadata.name}:${size}`).join(' ') || '-').toBe(becomes);
  });
});

describe('C230 C231 C232 another number of replicas', () => {
  const rows = parseTable(`
    rule | replicas | sets                  | new | becomes
    C231 | 6        | 4/4@4+1               | 0   | rs-0:6
    C231 | 6        | 0/0@4+1 4/4@4+1       | 1   | rs-1:6
    C231 | 6        | 0/0@4+1 0/0@4+1       | 1   | rs-1:6
    C231 | 4        | 2/2@4+1 4/4@4+1       | 1   | rs-0:0
    C232 | 15       | 8/8@10+3 5/3@10+3     | 1   | rs-0:11 rs-1:7
    C232 | 5        | 8/8@10+3 5/3@10+3     | 1   | rs-0:5 rs-1:3
    C232 | 0        | 8/8@10+3 5/3@10+3     | 1   | rs-0:0 rs-1:0
    C232 | 13       | 5/5@8+2 5/5@8+2       | 1   | rs-1:8 rs-0:7
  `);
  it.each(rows)('$rule $sets to $replicas: $becomes', ({ replicas, sets: text, new: index, becomes }) => {
    const all = sets(text ?? '');
    const newSet = all[Number(index)];
    const surge = Number(text?.slice(text.lastIndexOf('+')));
    const plan = planScaling(
      deployment(Number(replicas), surge),
      newSet,
      all.filter((set) => set !== newSet),
    );
    expect(plan.map(({ set, size }) => `${set.metadata.name}:${size}`).join(' ')).toBe(becomes);
  });

  it('C230 only a ReplicaSet with pods that was sized for another number makes it a scaling event', () => {
    const of = (text: string) => isScalingEvent(deployment(4), sets(text));
    expect([of('4/4@4+1'), of('4/4@5+1'), of('0/0@5+1'), of('4/4'), of('2/2@4+1 2/2@3+1')]).toEqual([false, true, false, false, true]);
    expect(totalSize(sets('2/2 3/0'))).toBe(5);
  });
});
