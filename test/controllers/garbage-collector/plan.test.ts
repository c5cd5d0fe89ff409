import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { isReleased, type OwnerStanding, planCollection } from '../../../src/engine/controllers/garbage-collector/plan.ts';
import { parseTable } from '../../support/text-table.ts';

describe('C902-C906 what becomes of an object with owners', () => {
  // `object`: - alive, d being deleted, o and f with the finalizers `orphan` and `foregroundDeletion`. `dependents`: - none, y some,
  // f some of which is itself deleted in the foreground. Owners are A, B, ... in the order of their standings.
  const rows = parseTable(`
    rule | object | standings       | dependents | plan                     | why
    C902 | -      | solid           | -          | keep                     | its owner is there
    C902 | -      | absent          | -          | delete Background        | its only owner is gone
    C906 | -      | absent          | y          | delete Background        | its own dependents follow later
    C902 | o      | absent          | y          | delete Orphan            | a finalizer chooses the policy
    C902 | f      | absent          | y          | delete Foreground        | a finalizer chooses the policy
    C902 | d      | absent          | -          | keep                     | it goes already
    C905 | -      | solid absent    | -          | strike-out B             | one owner is left
    C905 | -      | absent solid    | -          | strike-out A             | one owner is left
    C905 | -      | solid waiting   | y          | strike-out B             | a waiting owner counts as gone
    C905 | -      | absent absent   | -          | delete Background        | no owner is left
    C905 | -      | absent waiting  | -          | delete Background        | none is solid
    C903 | -      | waiting         | -          | delete Background        | a dependent without dependents
    C903 | -      | waiting         | y          | delete Foreground        | a dependent with dependents waits for them
    C903 | -      | waiting         | f          | delete Foreground unblock | two would wait for each other
    C903 | d      | waiting         | y          | keep                     | it goes already
    C906 | -      | unknown         | -          | keep                     | a kind that is not served
    C906 | -      | unknown absent  | -          | keep                     | as long as one owner is not known
  `);
  it.each(rows)('$rule $object [$standings] $dependents: $plan, $why', ({ object, standings, dependents, plan }) => {
    const list = (standings as string).split(' ') as OwnerStanding[];
    const facts = { hasDependents: dependents !== '-', hasDeletingDependent: dependents === 'f' };
    const result = planCollection(objectOf(object as string, list.length), list, facts);
    const text =
      result.kind === 'strike-out'
        ? `strike-out ${result.uids.join(' ')}`
        : result.kind === 'delete'
          ? `delete ${result.policy}${result.unblocks ? ' unblock' : ''}`
          : result.kind;
    expect(text).toBe(plan);
  });
});

describe('C903 when an owner stops waiting', () => {
  const rows = parseTable(`
    rule | dependents      | released
    C903 |                 | true
    C903 | blocking        | false
    C903 | free            | true
    C903 | free blocking   | false
    C903 | foreign         | true
  `);
  it.each(rows)('$rule dependents [$dependents]: $released', ({ dependents, released }) => {
    const objects = (dependents as string).split(' ').filter(Boolean).map(dependentOf);
    expect(String(isReleased('A', objects))).toBe(released);
  });
});

function objectOf(flag: string, ownerCount: number): KubeObject {
  const finalizers = flag === 'o' ? ['orphan'] : flag === 'f' ? ['foregroundDeletion'] : [];
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {
      name: 'x',
      uid: 'x',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      finalizers,
      ...(flag === 'd' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ownerReferences: ['A', 'B']
        .slice(0, ownerCount)
        .map((uid) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid.toLowerCase(), uid })),
    },
  };
}

function dependentOf(flag: string): KubeObject {
  const object = objectOf('-', 0);
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'a',
    uid: flag === 'foreign' ? 'B' : 'A',
    blockOwnerDeletion: flag !== 'free',
  };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [reference] } };
}
