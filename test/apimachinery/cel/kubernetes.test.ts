// Kubernetes' own libraries of CEL, the words of its compiler, and what evaluations cost. One line, one case.

import { describe, expect, it } from 'vitest';
import { compile, costMaxOf, KUBERNETES_FUNCTIONS, run } from '../../../src/engine/apimachinery/cel/index.ts';
import { type CelType, DYN, INT, listOf, mapOf, STRING } from '../../../src/engine/apimachinery/cel/types.ts';
import { isFailure } from '../../../src/engine/apimachinery/cel/values.ts';

const SELF: CelType = {
  kind: 'object',
  name: 'self',
  fields: new Map<string, CelType>([
    ['name', { ...STRING, elementsMax: 10 }],
    ['size', INT],
    ['any', DYN],
    ['items', listOf({ ...STRING, elementsMax: 20 }, 100)],
    ['labels', mapOf(STRING, STRING, 5)],
  ]),
};

function compiled(source: string): ReturnType<typeof compile> {
  return compile(source, { functions: KUBERNETES_FUNCTIONS, variables: new Map([['self', SELF]]) });
}

function evaluated(source: string, costMax = 1_000_000): { readonly value: unknown; readonly cost: number } {
  const compilation = compiled(source);
  if (!compilation.ok) return { value: compilation.text, cost: 0 };
  const { result, cost } = run(compilation.program, { variable: () => undefined, costMax });
  return { value: isFailure(result) ? result.message : result, cost };
}

describe('libraries of Kubernetes', () => {
  it.each([
    `[1, 2, 2].isSorted() && ![2, 1].isSorted() && ['a', 'b'].isSorted()`,
    `[1, 3, 2].max() == 3 && [1.5, 0.5].min() == 0.5 && [1, 2].sum() == 3 && [duration('1m'), duration('1s')].sum() == duration('61s')`,
    `['a', 'b', 'a'].indexOf('b') == 1 && ['a', 'b', 'a'].lastIndexOf('a') == 2 && ['a'].indexOf('z') == -1`,
    `'abc 123'.find('[0-9]+') == '123' && '1 22 333'.findAll('[0-9]+') == ['1', '22', '333'] && '1 22 333'.findAll('[0-9]+', 1) == ['1']`,
    `isURL('https://example.com:80/path?a=b') && !isURL('example.com') && url('https://example.com:80/').getPort() == '80'`,
    `url('https://[::1]:443/a b').getHostname() == '::1' && url('https://x/a b').getEscapedPath() == '/a%20b'`,
    `url('https://x/?k=a&k=b&e=').getQuery() == {'k': ['a', 'b'], 'e': ['']}`,
    `isQuantity('1.3Gi') && !isQuantity('x') && quantity('1Ki') == quantity('1024') && quantity('500m').isLessThan(quantity('1'))`,
    `quantity('50k').add(20).sub(quantity('100')).asInteger() == 49920 && quantity('1.5').asApproximateFloat() == 1.5`,
    `quantity('-1').sign() == -1 && quantity('2').compareTo(quantity('1')) == 1 && !quantity('1m').isInteger()`,
    `isIP('10.0.0.1') && !isIP('::ffff:1.2.3.4') && ip('::1').isLoopback() && ip('fe80::1').isLinkLocalUnicast() && ip('10.0.0.1').family() == 4`,
    `ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && string(ip('2001:0:0:1::')) == '2001:0:0:1::'`,
    `cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/16').containsIP(ip('10.1.0.1'))`,
    `cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('::/64').prefixLength() == 64 && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')`,
    `!format.dns1123Label().validate('my-label').hasValue() && format.dns1123Label().validate('A').value().size() == 1`,
    `format.named('dns1123Label').hasValue() && !format.named('x').hasValue() && !format.date().validate('2024-02-29').hasValue()`,
    `sets.contains([1, 2, 3], [2]) && sets.equivalent([1, 1, 2], [2, 1]) && sets.intersects([1], [1, 2])`,
    `optional.of(1).orValue(2) == 1 && optional.none().orValue(2) == 2 && {'a': 1}[?'b'].orValue(0) == 0 && {?'a': optional.none()} == {}`,
    `optional.of(2).optMap(x, x * 2).value() == 4 && [1, 2].transformList(i, v, i + v) == [1, 3]`,
    `'%s has %d of %.2f: %x'.format(['a', 3, 1.5, 255]) == 'a has 3 of 1.50: ff'`,
  ])('%s', (source) => {
    expect(evaluated(source).value).toBe(true);
  });
});

describe('what does not compile', () => {
  it.each([
    ['self.foo', `undefined field 'foo'`, 4],
    ['foo', `undeclared reference to 'foo' (in container '')`, 0],
    ['self.name == 1', `found no matching overload for '_==_' applied to '(string, int)'`, 10],
    ['self.name.lower()', `undeclared reference to 'lower' (in container '')`, 15],
    ['self.name.contains(1)', `found no matching overload for 'contains' applied to 'string.(int)'`, 18],
    ['self.size.all(x, true)', `expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)`, 4],
    ['self.items.all(x, x)', `found no matching overload for '_&&_' applied to '(bool, string)'`, 14],
    [`[1, 'a']`, `expected type 'int' but found 'string'`, 4],
    ['self.size.x', `type 'int' does not support field selection`, 9],
    [
      'self.size ==',
      `Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
      12,
    ],
    ['self.size 1', `Syntax error: extraneous input '1' expecting <EOF>`, 10],
    ['has(self)', 'invalid argument to has() macro', 4],
  ])('%s', (source, message, offset) => {
    const compilation = compiled(source);
    const [issue] = compilation.ok ? [] : compilation.issues;
    expect(issue).toEqual({ offset, message });
    expect(compilation.ok ? '' : compilation.text).toBe(
      `ERROR: <input>:1:${offset + 1}: ${message}\n | ${source}\n | ${'.'.repeat(offset)}^`,
    );
  });
});

describe('what fails', () => {
  it.each([
    [`{'a': 1}['b'] == 1`, 'no such key: b'],
    ['[1][3] == 1', 'index out of bounds: 3'],
    ['1 / 0 == 1', 'division by zero'],
    ['9223372036854775807 + 1 == 1', 'integer overflow'],
    [`dyn('a') + dyn(1) == dyn(1)`, 'no such overload'],
    [`[].max() == 1`, 'max called on empty list'],
    [`quantity('x') == quantity('1')`, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('%s', (source, message) => {
    expect(evaluated(source).value).toBe(message);
  });
});

describe('costs', () => {
  it.each([
    ['true && false', 0],
    ['[1, 2, 3].all(x, x > 0)', 10 + 3 * (2 + 1 + 2) + 1],
    [`'a'.startsWith('b')`, 1],
    [`'abcdefghijk' == 'abcdefghijk'`, 2],
    [`'aaaaaaaaaa'.matches('a+')`, 2],
    ['1 in [1, 2]', 12],
    [`format.dns1123Label().validate('aaaaaaaaa') == optional.none()`, 1 + 1 * 8 + 1 + 1],
    [`format.dns1123Subdomain().validate('aaaaaaaaaa').hasValue()`, 1 + 2 * 15 + 1],
    [`format.uuid().validate('').hasValue()`, 1 + 1 * 32 + 1],
    [`['aaaaaaaaa', 'aaaaaaaaaaaaaaaaaaa'].isSorted()`, 10 + 0 + 1],
    ['[1, 2].isSorted()', 10 + 2],
  ])('%s costs %d', (source, cost) => {
    expect(evaluated(source).cost).toBe(cost);
  });

  it('an evaluation that costs too much is given up, whatever stands beside it', () => {
    expect(evaluated('[1, 2, 3].all(x, [1, 2, 3].all(y, x > 0 && y > 0)) || true', 50).value).toBe(
      'operation cancelled: actual cost limit exceeded',
    );
  });

  it.each([
    [`self.name == 'x'`, 3],
    ['self.items.all(x, x.size() < 5)', 2 + 100 * (2 + 1 + 3) + 1],
    ['has(self.name)', 1],
    [`self.items.all(x, self.items.all(y, x == y))`, 2 + 100 * (2 + 1 + (2 + 100 * (2 + 1 + 2 + 2) + 1)) + 1],
    [`self.size == 1 ? [1].sum() : self.labels.size()`, 1 + 1 + 0 + 10 + 1],
    ['format.dns1123Label().validate(self.name) == null', 1 + 2 + 32 + 1],
    ['format.date() == format.date()', 1 + 1 + 7],
    [`isCIDR(self.name) && isQuantity(self.name)`, 3 + 3],
    [`ip.isCanonical(self.name)`, 3],
    [`url(self.name).getHost() == self.name`, 2 + 1 + 1 + 2 + 1],
  ])('%s may cost %d', (source, cost) => {
    const compilation = compiled(source);
    expect(compilation.ok ? costMaxOf(compilation.program, SELF) : compilation.text).toBe(cost);
  });
});
