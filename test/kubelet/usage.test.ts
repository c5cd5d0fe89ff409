import { describe, expect, it } from 'vitest';
import { meanCpuNano } from '../../src/engine/kubelet/node/usage.ts';
import { parseBehavior } from '../../src/engine/kinds/shared/behavior.ts';

const MILLI = 1_000_000;

describe('C630 the mean CPU of a span', () => {
  const rules = [
    { fromMs: 0, untilMs: 10_000, value: '100m' },
    { fromMs: 20_000, untilMs: null, value: '0.4' },
  ];
  it.each<[string, number, number, number]>([
    ['within one rule', 0, 10_000, 100],
    ['between rules the default holds', 10_000, 20_000, 1],
    ['over the end of a rule', 5_000, 15_000, 50.5],
    ['over all of them', 0, 30_000, (10 * 100 + 10 * 1 + 10 * 400) / 30],
    ['for ever', 100_000, 115_000, 400],
    ['an instant', 5_000, 5_000, 100],
  ])('%s', (_name, fromMs, toMs, milli) => {
    expect(meanCpuNano(rules, fromMs, toMs)).toBe(Math.round(milli * MILLI));
  });

  it('the first rule that holds counts', () => {
    const both = [
      { fromMs: 0, untilMs: null, value: '1' },
      { fromMs: 0, untilMs: null, value: '2' },
    ];
    expect(meanCpuNano(both, 0, 1000)).toBe(1000 * MILLI);
    expect(meanCpuNano([], 0, 1000)).toBe(MILLI);
  });
});

it('what is no quantity is told of', () => {
  const messages = (value: object): readonly string[] => {
    const parsed = parseBehavior(value, 'b');
    return parsed.ok ? [] : parsed.errors.map(({ field, message }) => `${field}: ${message}`);
  };
  expect(messages({ cpu: 'much' })).toEqual(['b.cpu: Invalid value: "much": must be a quantity']);
  expect(messages({ cpu: ['1', 'x'] })).toEqual(['b.cpu[1]: Invalid value: "x": must be a quantity']);
  expect(messages({ memory: [{ value: {} }, {}] })).toEqual([
    'b.memory[0].value: Invalid value: "{}": must be a quantity',
    'b.memory[1].value: Required value',
  ]);
  expect(messages({ cpu: 2, memory: [{ value: '1Gi', until: '5s' }] })).toEqual([]);
});
