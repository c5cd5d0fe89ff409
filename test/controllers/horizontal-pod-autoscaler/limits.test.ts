import { describe, expect, it } from 'vitest';
import { limitProposal, type Proposal } from '../../../src/engine/controllers/horizontal-pod-autoscaler/limits.ts';
import type { ScalingRules } from '../../../src/engine/kinds/horizontalpodautoscaler/types.ts';

const NOW_MS = 10_000_000;

const ago = (seconds: number): number => NOW_MS - seconds * 1000;

function limited(proposal: Partial<Proposal>): string {
  const whole: Proposal = {
    currentReplicas: 4,
    proposed: 4,
    minReplicas: 1,
    maxReplicas: 100,
    behavior: undefined,
    recommendations: [],
    ups: [],
    downs: [],
    nowMs: NOW_MS,
    ...proposal,
  };
  const { replicas, ability, limit, isLimited } = limitProposal(whole);
  return `${replicas} ${ability.reason} ${limit.reason}${isLimited ? '!' : ''}`;
}

describe('without behavior', () => {
  it.each<[string, Partial<Proposal>, string]>([
    ['C611 C616 nothing to do', {}, '4 ReadyForNewScale DesiredWithinRange'],
    ['C611 at most twice the number', { proposed: 20 }, '8 ReadyForNewScale ScaleUpLimit!'],
    ['C611 or 4', { currentReplicas: 1, proposed: 20 }, '4 ReadyForNewScale ScaleUpLimit!'],
    ['C611 at most the maximum', { proposed: 20, maxReplicas: 6 }, '6 ReadyForNewScale TooManyReplicas!'],
    ['C611 at least the minimum', { proposed: 1, minReplicas: 2 }, '2 ReadyForNewScale TooFewReplicas!'],
    [
      'C611 C625 a higher proposal of the last five minutes holds',
      { proposed: 1, recommendations: [{ atMs: ago(300), replicas: 3 }] },
      '3 ScaleDownStabilized DesiredWithinRange',
    ],
    [
      'C625 and not a moment longer',
      { proposed: 1, recommendations: [{ atMs: ago(301), replicas: 3 }] },
      '1 ReadyForNewScale DesiredWithinRange',
    ],
  ])('%s', (_name, proposal, wanted) => {
    expect(limited(proposal)).toBe(wanted);
  });
});

describe('with behavior', () => {
  const rules = (selectPolicy: string, ...policies: [string, number, number][]): ScalingRules => ({
    stabilizationWindowSeconds: 0,
    selectPolicy,
    policies: policies.map(([type, value, periodSeconds]) => ({ type, value, periodSeconds })),
  });
  const up = (given: ScalingRules) => ({ scaleUp: given, scaleDown: rules('Max', ['Percent', 100, 15]) });
  const down = (given: ScalingRules) => ({ scaleUp: rules('Max', ['Percent', 100, 15]), scaleDown: given });
  it.each<[string, Partial<Proposal>, string]>([
    [
      'C612 the largest change',
      { proposed: 50, behavior: up(rules('Max', ['Pods', 4, 15], ['Percent', 50, 15])) },
      '8 ReadyForNewScale ScaleUpLimit!',
    ],
    [
      'C612 the smallest change',
      { proposed: 50, behavior: up(rules('Min', ['Pods', 4, 15], ['Percent', 60, 15])) },
      '7 ReadyForNewScale ScaleUpLimit!',
    ],
    ['C612 no change', { proposed: 50, behavior: up(rules('Disabled', ['Pods', 4, 15])) }, '4 ReadyForNewScale ScaleUpLimit!'],
    [
      'C612 the number at the beginning of the period counts',
      {
        proposed: 50,
        behavior: up(rules('Max', ['Pods', 4, 60])),
        ups: [
          { atMs: ago(60), change: 9 },
          { atMs: ago(59), change: 3 },
        ],
        downs: [{ atMs: ago(10), change: 1 }],
      },
      '6 ReadyForNewScale ScaleUpLimit!',
    ],
    [
      'C612 a limit below the present number does not take pods away',
      { proposed: 50, behavior: up(rules('Max', ['Pods', 1, 60])), ups: [{ atMs: ago(1), change: 3 }] },
      '4 ReadyForNewScale ScaleUpLimit!',
    ],
    ['C612 downwards by number', { proposed: 1, behavior: down(rules('Max', ['Pods', 1, 15])) }, '3 ReadyForNewScale ScaleDownLimit!'],
    [
      'C612 downwards the smallest change',
      { currentReplicas: 10, proposed: 1, behavior: down(rules('Min', ['Pods', 4, 15], ['Percent', 25, 15])) },
      '7 ReadyForNewScale ScaleDownLimit!',
    ],
    [
      'C612 a share is cut off',
      { currentReplicas: 10, proposed: 1, behavior: down(rules('Max', ['Percent', 25, 15])) },
      '7 ReadyForNewScale ScaleDownLimit!',
    ],
    ['C612 never downwards', { proposed: 1, behavior: down(rules('Disabled', ['Pods', 1, 15])) }, '4 ReadyForNewScale ScaleDownLimit!'],
    [
      'C612 the range limits as well',
      { proposed: 1, minReplicas: 2, behavior: down(rules('Max', ['Percent', 100, 15])) },
      '2 ReadyForNewScale TooFewReplicas!',
    ],
    ['C616 too many', { proposed: 9, maxReplicas: 5, behavior: up(rules('Max', ['Pods', 4, 15])) }, '5 ReadyForNewScale TooManyReplicas!'],
    [
      'C612 C614 the lowest proposal of the window upwards',
      {
        proposed: 8,
        behavior: up({ ...rules('Max', ['Pods', 10, 15]), stabilizationWindowSeconds: 60 }),
        recommendations: [
          { atMs: ago(60), replicas: 1 },
          { atMs: ago(59), replicas: 5 },
        ],
      },
      '5 ScaleUpStabilized DesiredWithinRange',
    ],
    [
      'C612 C614 the highest of five minutes downwards, where no window is given',
      {
        proposed: 1,
        behavior: down({ selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }),
        recommendations: [{ atMs: ago(299), replicas: 3 }],
      },
      '3 ScaleDownStabilized DesiredWithinRange',
    ],
    [
      'C612 a window of nothing lets it fall at once',
      { proposed: 1, behavior: down(rules('Max', ['Percent', 100, 15])), recommendations: [{ atMs: ago(1), replicas: 3 }] },
      '1 ReadyForNewScale DesiredWithinRange',
    ],
  ])('%s', (_name, proposal, wanted) => {
    expect(limited(proposal)).toBe(wanted);
  });
});
