// Whether what a pod asks for is there: on a node as it is (C812), and on one that were empty (C803).

import { describe, expect, it } from 'vitest';
import { fitRefusalOf, fitsEmptyNode } from '../../src/engine/scheduler/filters.ts';
import type { NodeInfo } from '../../src/engine/scheduler/node-cache.ts';
import type { Amounts, PodRequests } from '../../src/engine/scheduler/resources.ts';
import { parseTable } from '../support/text-table.ts';

/** `cpu=2 memory=10 storage=5 gpu=1`; what is not named is 0. */
function amounts(text: string): Amounts {
  const of = new Map(
    text
      .split(' ')
      .filter((part) => part !== '')
      .map((part) => [part.split('=')[0] as string, Number(part.split('=')[1])]),
  );
  const gpu = of.get('gpu');
  return {
    milliCpu: of.get('cpu') ?? 0,
    memory: of.get('memory') ?? 0,
    ephemeralStorage: of.get('storage') ?? 0,
    ...(gpu === undefined ? {} : { scalars: new Map([['example.com/gpu', gpu]]) }),
  };
}

function node(allocatable: string, requested: string, pods: number): NodeInfo {
  const names = Array.from({ length: pods }, (_, index) => [`pod-${index}`, {}]);
  return {
    allocatable: amounts(allocatable),
    requested: amounts(requested),
    pods: new Map(names as never),
    podsMax: 3,
  } as unknown as NodeInfo;
}

const requesting = (text: string): PodRequests => ({ requests: amounts(text) }) as unknown as PodRequests;

describe('C812 a node as it is', () => {
  const rows = parseTable(`
    rule | asks      | allocatable | requested | pods | refused
    C812 | cpu=5     | cpu=10      | cpu=5     | 1    | -
    C812 | cpu=6     | cpu=10      | cpu=5     | 1    | Insufficient cpu
    C812 | memory=5  | memory=10   | memory=5  | 1    | -
    C812 | memory=6  | memory=10   | memory=5  | 1    | Insufficient memory
    C812 | storage=5 | storage=10  | storage=5 | 1    | -
    C812 | storage=6 | storage=10  | storage=5 | 1    | Insufficient ephemeral-storage
    C812 | gpu=1     | gpu=2       | gpu=1     | 1    | -
    C812 | gpu=2     | gpu=2       | gpu=1     | 1    | Insufficient example.com/gpu
    C812 | gpu=1     | cpu=1       | cpu=0     | 1    | Insufficient example.com/gpu
    C812 | gpu=0     | cpu=1       | gpu=1     | 1    | -
    C812 | cpu=1     | cpu=1       | cpu=0     | 2    | -
    C812 | cpu=1     | cpu=1       | cpu=0     | 3    | Too many pods
    C812 | cpu=9     | cpu=1       | cpu=0     | 3    | Too many pods, Insufficient cpu
    C812 | cpu=1 memory=1 storage=1 gpu=1 | cpu=0 | cpu=0 | 0 | Insufficient cpu, Insufficient memory, Insufficient ephemeral-storage, Insufficient example.com/gpu
  `);
  it.each(rows)('$rule asked for $asks of $allocatable, of which $requested with $pods pods: $refused', (row) => {
    const info = node(row['allocatable'] as string, row['requested'] as string, Number(row['pods']));
    const refusal = fitRefusalOf(requesting(row['asks'] as string), info);
    expect(refusal?.reasons.join(', ') ?? '-').toBe(row['refused']);
    if (refusal !== undefined) expect(refusal).toMatchObject({ plugin: 'NodeResourcesFit', isFinal: false });
  });

  it('C812 what is asked for not at all may be overdrawn', () => {
    const overdrawn = node('cpu=1 memory=1 storage=1 gpu=1', 'cpu=2 memory=2 storage=2 gpu=2', 1);
    expect(fitRefusalOf(requesting(''), overdrawn)).toBeUndefined();
    expect(fitRefusalOf(requesting('gpu=0'), overdrawn)).toBeUndefined();
    expect(fitRefusalOf(requesting('cpu=1'), overdrawn)?.reasons).toEqual(['Insufficient cpu']);
    expect(fitRefusalOf(requesting('memory=1'), overdrawn)?.reasons).toEqual(['Insufficient memory']);
    expect(fitRefusalOf(requesting('storage=1'), overdrawn)?.reasons).toEqual(['Insufficient ephemeral-storage']);
    // Another shortage tells of what is asked for, and of nothing else.
    expect(fitRefusalOf(requesting('gpu=1'), overdrawn)?.reasons).toEqual(['Insufficient example.com/gpu']);
  });
});

describe('C803 a node that were empty', () => {
  const rows = parseTable(`
    rule | asks      | allocatable | pods | fits
    C803 | cpu=5     | cpu=5       | 1    | yes
    C803 | cpu=6     | cpu=5       | 1    | no
    C803 | memory=5  | memory=5    | 1    | yes
    C803 | memory=6  | memory=5    | 1    | no
    C803 | storage=5 | storage=5   | 1    | yes
    C803 | storage=6 | storage=5   | 1    | no
    C803 | gpu=1     | gpu=1       | 1    | yes
    C803 | gpu=2     | gpu=1       | 1    | no
    C803 | gpu=1     | cpu=1       | 1    | no
    C803 | cpu=1     | cpu=1       | 0    | no
  `);
  it.each(rows)('$rule asked for $asks of $allocatable with room for $pods pods: $fits', (row) => {
    const fits = fitsEmptyNode(amounts(row['asks'] as string), amounts(row['allocatable'] as string), Number(row['pods']));
    expect(fits ? 'yes' : 'no').toBe(row['fits']);
  });
});
