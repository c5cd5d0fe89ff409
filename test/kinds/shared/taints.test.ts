import { expect, test } from 'vitest';
import type { Node } from '../../../src/engine/kinds/node/types.ts';
import { matchesRequiredAffinity } from '../../../src/engine/kinds/shared/node-affinity.ts';
import { toleratesTaint } from '../../../src/engine/kinds/shared/taints.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';

const TAINT = { key: 'k', value: 'v', effect: 'NoExecute' } as const;

test.each([
  ['the same', { key: 'k', value: 'v', effect: 'NoExecute' }, true],
  ['operator Equal is meant when there is none', { key: 'k', operator: 'Equal', value: 'v', effect: 'NoExecute' }, true],
  ['an empty effect is every effect', { key: 'k', value: 'v' }, true],
  ['an empty key with Exists is every key', { operator: 'Exists' }, true],
  ['Exists looks at no value', { key: 'k', operator: 'Exists', effect: 'NoExecute' }, true],
  ['another value', { key: 'k', value: 'w' }, false],
  ['another effect', { key: 'k', value: 'v', effect: 'NoSchedule' }, false],
  ['another key', { key: 'l', operator: 'Exists' }, false],
])('C1025 %s', (_name, toleration, expected) => {
  expect(toleratesTaint(toleration as never, TAINT as never)).toBe(expected);
});

const NODE = { metadata: { name: 'n1', labels: { zone: 'a', cores: '8' } }, spec: {}, status: {} } as unknown as Node;

function pod(terms: readonly object[]): Pod {
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  return { metadata: { name: 'p' }, spec: { affinity, containers: [] } } as unknown as Pod;
}

const expression = (key: string, operator: string, ...values: string[]): object => ({ key, operator, values });
const term = (...matchExpressions: object[]): object => ({ matchExpressions });

test.each([
  ['In', [term(expression('zone', 'In', 'a', 'b'))], true],
  ['NotIn takes nodes without the key', [term(expression('none', 'NotIn', 'a'))], true],
  ['Exists', [term(expression('zone', 'Exists'))], true],
  ['DoesNotExist', [term(expression('zone', 'DoesNotExist'))], false],
  ['Gt compares integers', [term(expression('cores', 'Gt', '7'))], true],
  ['Gt is not at least', [term(expression('cores', 'Gt', '8'))], false],
  ['Lt', [term(expression('cores', 'Lt', '10'))], true],
  ['Gt of what is no number', [term(expression('zone', 'Gt', '1'))], false],
  ['terms are joined by OR', [term(expression('zone', 'In', 'b')), term(expression('cores', 'In', '8'))], true],
  ['expressions are joined by AND', [term(expression('zone', 'In', 'a'), expression('cores', 'In', '9'))], false],
  ['an empty term takes no node', [{}], false],
  ['a field', [{ matchFields: [expression('metadata.name', 'In', 'n1')] }], true],
])('C1026 %s', (_name, terms, expected) => {
  expect(matchesRequiredAffinity(pod(terms), NODE)).toBe(expected);
});
