// Patterns from outside: RE2's syntax, Go's errors, time that grows with the text only.

import { describe, expect, it } from 'vitest';
import { compilePattern, PATTERN_LENGTH_MAX } from '../../src/engine/apimachinery/pattern.ts';
import { validateValue } from '../../src/engine/kinds/customresourcedefinition/values.ts';

describe('P1: patterns', () => {
  it.each<[string, string, boolean]>([
    ['(?i)^abc$', 'aBC', true],
    ['^[[:alpha:]]+$', 'abc1', false],
    ['^[[:alpha:]]+$', 'abc', true],
    ['^\\pL+$', 'Grüße', true],
    ['^(?P<n>a)b$', 'ab', true],
    ['\\Aab\\z', 'ab', true],
    ['^.$', '😀', true],
    ['^a$', 'a\n', false],
    ['^(a+)+$', `${'a'.repeat(10_000)}b`, false],
    ['^(a|a)*$', `${'a'.repeat(10_000)}b`, false],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(10_000), false],
  ])('%s on %s', (source, text, matches) => {
    const compiled = compilePattern(source);
    expect(compiled.ok && compiled.pattern.test(text)).toBe(matches);
    expect(validateValue(text, { type: 'string', pattern: source }, 'spec.a')).toHaveLength(matches ? 0 : 1);
  });

  it.each<[string, string]>([
    ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
    ['[z-a]', 'error parsing regexp: invalid character class range: `z-a`'],
    ['a{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['(?<=a)b', 'error parsing regexp: invalid named capture: `(?<=a)b`'],
    ['\\8', 'error parsing regexp: invalid escape sequence: `\\8`'],
    [`${'('.repeat(1_001)}${')'.repeat(1_001)}`, 'error parsing regexp: expression nests too deeply'],
    ['a'.repeat(PATTERN_LENGTH_MAX + 1), 'error parsing regexp: expression too large'],
    ['([a-z][0-9]){1000}([a-z][0-9]){1000}', 'error parsing regexp: expression too large'],
    ['(?i)([a-z]){400}([^а-я]){400}', 'error parsing regexp: expression too large'],
  ])('%s is refused', (source, error) => {
    expect(compilePattern(source)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
  });

  it('finds places and groups, the longest match where it is wanted', () => {
    const find = (source: string, isLongest: boolean): unknown => {
      const compiled = compilePattern(source, { isLongest });
      return compiled.ok ? compiled.pattern.find('xabcd', 1) : compiled.error;
    };
    const whole = { begin: 1, end: 5 };
    expect(find('(a|ab)(c|bcd)?(e)?', true)).toEqual([whole, { begin: 1, end: 2 }, { begin: 2, end: 5 }, undefined]);
    expect(find('a|ab|abcd', false)).toEqual([{ begin: 1, end: 2 }]);
    expect(find('a|ab|abcd', true)).toEqual([whole]);
    expect(find('^a', false)).toBeUndefined();
  });

  it('the values of one object share one amount of work', () => {
    const schema = { type: 'array', items: { type: 'string', pattern: '(a|b)*a[ab]{900}[cd]' } };
    const errors = validateValue(
      Array.from({ length: 100 }, () => 'ab'.repeat(500)),
      schema,
      'spec.a',
    );
    expect(errors).toHaveLength(100);
    expect(errors[0]?.message).toContain('should match');
    expect(errors[99]?.message).toContain("spec.a[99] in body is more than can be matched with '(a|b)*a[ab]{900}[cd]'");
  });
});
