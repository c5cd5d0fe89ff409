import { describe, expect, it, test } from 'vitest';
import { matchesSelector, parseSelector, selectorFromLabelSelector, selectorFromMap } from '../../src/engine/apimachinery/labels.ts';
import { validateLabelSelector } from '../../src/engine/kinds/shared/template.ts';
import { parseTable } from '../support/text-table.ts';

const LABELS: readonly Record<string, string>[] = [{}, { env: 'dev' }, { env: '' }, { env: 'prod', app: 'x' }];

describe('C1108 the truth table of selectors', () => {
  const rows = parseTable(`
    selector               | {}  | {env:dev} | {env:""} | {env:prod,app:x}
    env                    | no  | yes       | yes      | yes
    !env                   | yes | no        | no       | no
    env=dev                | no  | yes       | no       | no
    env!=dev               | yes | no        | yes      | yes
    env in (dev,prod)      | no  | yes       | no       | yes
    env notin (dev)        | yes | no        | yes      | yes
    env=                   | no  | no        | yes      | no
    env in (dev),app!=x    | no  | yes       | no       | no
    app notin (y),env      | no  | yes       | yes      | yes
    -                      | yes | yes       | yes      | yes
  `);
  it.each(rows)('C1108 $selector', ({ selector, ...answers }) => {
    const parsed = parseSelector(selector === '-' ? '' : (selector ?? ''));
    const given = LABELS.map((labels) => (parsed.ok && matchesSelector(parsed.value, labels) ? 'yes' : 'no'));
    expect(given).toEqual(Object.values(answers));
  });
});

describe('C1002 C1003 objects', () => {
  const rows = parseTable(`
    rule  | operator     | values | {}  | {env:dev} | {env:""} | {env:prod,app:x}
    C1002 | =            | dev    | no  | yes       | no       | no
    C1002 | =            | -      | no  | no        | yes      | no
    C1003 | In           | dev,x  | no  | yes       | no       | no
    C1003 | NotIn        | dev,x  | yes | no        | yes      | yes
    C1003 | Exists       | -      | no  | yes       | yes      | yes
    C1003 | DoesNotExist | -      | yes | no        | no       | no
  `);
  it.each(rows)('$rule env $operator $values', ({ rule: _rule, operator = '', values = '', ...answers }) => {
    const list = values === '-' ? [] : values.split(',');
    const expression = { key: 'env', operator, ...(list.length === 0 ? {} : { values: list }) };
    const selector = operator === '=' ? { matchLabels: { env: list[0] ?? '' } } : { matchExpressions: [expression] };
    const given = LABELS.map((labels) => (matchesSelector(selectorFromLabelSelector(selector), labels) ? 'yes' : 'no'));
    expect(given).toEqual(Object.values(answers));
  });

  it('C1027 a map joins its pairs, and an empty one takes nothing', () => {
    const selector = selectorFromMap({ env: 'prod', app: 'x' });
    expect(LABELS.map((labels) => matchesSelector(selector, labels))).toEqual([false, false, false, true]);
  });
});

test.each([
  ['In', undefined, "values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
  ['NotIn', [], "values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
  ['Exists', ['a'], "values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"],
  ['DoesNotExist', ['a'], "values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"],
  ['Gt', ['1'], 'operator: Invalid value: "Gt": not a valid selector operator'],
])('C1004 refuses %s with %j', (operator, values, text) => {
  const expression = { key: 'a', operator, ...(values === undefined ? {} : { values }) };
  const [error, ...others] = validateLabelSelector({ matchExpressions: [expression] } as never, 's');
  expect([`${error?.field}: ${error?.message}`, others]).toEqual([`s.matchExpressions[0].${text}`, []]);
});
