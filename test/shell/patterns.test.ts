// Patterns in scripts: shell patterns and regular expressions as tables, and those that took for ever.

import { describe, expect, it } from 'vitest';
import { matchesPattern, removeMatch, replaceMatch } from '../../src/engine/shell/glob.ts';
import { compileSearch, textOf } from '../../src/engine/shell/commands/search.ts';
import { runScript } from '../support/scripts.ts';

const ZEROS = '0'.repeat(200);

describe('shell patterns', () => {
  it.each<[string, string, boolean]>([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['', '', true],
    ['*', '', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbbd', false],
    ['a**c', 'ac', true],
    ['?', '', false],
    ['?', '😀', true],
    ['a?c', 'abc', true],
    ['[abc]', 'b', true],
    ['[!abc]', 'b', false],
    ['[^abc]', 'd', true],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[a\\-c]', 'b', false],
    ['[[:digit:][:upper:]]*', 'Xy', true],
    ['[[:digit:]]', 'x', false],
    ['[![:space:]]', ' ', false],
    ['[a', '[a', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a\\', 'a\\', true],
    ['*.tar.*', 'x.tar.gz', true],
    ['a\nb*', 'a\nbc\nd', true],
    ['*0*0*0*0*0*0*0*0*1', ZEROS, false],
    ['*0*0*0*0*0*0*0*0*1', `${ZEROS}1`, true],
    [`${'*a'.repeat(500)}*b`, 'a'.repeat(5_000), false],
    [`${'*[a-z]?'.repeat(500)}b`, 'a'.repeat(5_000), false],
  ])('%s on %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  it.each<[string, string, string, string]>([
    ['/a/b/c.tar.gz', '*/', '#', 'a/b/c.tar.gz'],
    ['/a/b/c.tar.gz', '*/', '##', 'c.tar.gz'],
    ['/a/b/c.tar.gz', '.*', '%', '/a/b/c.tar'],
    ['/a/b/c.tar.gz', '.*', '%%', '/a/b/c'],
    ['abc', 'x', '#', 'abc'],
    ['abc', '*', '#', 'abc'],
    ['abc', '*', '##', ''],
    ['abc', '*', '%', 'abc'],
    ['abc', '[ab]', '#', 'bc'],
    ['aab', 'a*b', '%%', ''],
    [ZEROS, '*0*0*0*0*0*0*0*0*1', '##', ZEROS],
    [ZEROS, '1*0*0*0*0*0*0*0*0*', '%%', ZEROS],
    ['a'.repeat(2_000), `${'*a'.repeat(200)}b`, '##', 'a'.repeat(2_000)],
  ])('removes from %s: %s %s', (text, pattern, operator, rest) => {
    expect(removeMatch(text, pattern, operator)).toBe(rest);
  });

  it.each<[string, string, string, string, string]>([
    ['banana', 'an', 'X', '/', 'bXana'],
    ['banana', 'an', 'X', '//', 'bXXa'],
    ['banana', 'ba', 'X', '/#', 'Xnana'],
    ['banana', 'na', 'X', '/%', 'banaX'],
    ['banana', 'an', 'X', '/#', 'banana'],
    ['banana', '', 'X', '/#', 'Xbanana'],
    ['banana', '', 'X', '/', 'banana'],
    ['banana', 'a*n', 'X', '/', 'bXa'],
    ['banana', '*', 'X', '//', 'X'],
    ['a.b.c', '[.]', '', '//', 'abc'],
    ['a.b.c', '?', '-', '//', '-----'],
    ['aaa', 'x', '-', '//', 'aaa'],
    [ZEROS, '0*0*0*0*0*0*0*0*1', '-', '//', ZEROS],
    ['a'.repeat(2_000), `${'a*'.repeat(200)}b`, '-', '//', 'a'.repeat(2_000)],
  ])('replaces in %s: %s by %s with %s', (text, pattern, replacement, operator, result) => {
    expect(replaceMatch(text, pattern, replacement, operator).join('')).toBe(result);
  });
});

describe('regular expressions of commands', () => {
  const find = (syntax: 'basic' | 'extended' | 'perl' | 'fixed', source: string, text: string): string => {
    const compiled = compileSearch(source, { syntax });
    if (!compiled.ok) return `! ${compiled.error}`;
    const match = compiled.search.find(text, 0);
    if (compiled.search.isExhausted) return '! exhausted';
    return match === undefined ? '-' : match.map((span) => textOf(text, span)).join('|');
  };

  it.each<['basic' | 'extended' | 'perl' | 'fixed', string, string, string]>([
    ['basic', 'a*b', 'xaab', 'aab'],
    ['basic', '*b', 'a*b', '*b'],
    ['basic', '^*b', '*b', '*b'],
    ['basic', 'a+b', 'a+b', 'a+b'],
    ['basic', 'a\\+b', 'aab', 'aab'],
    ['basic', 'a\\|b', 'b', 'b'],
    ['basic', 'a{2}', 'a{2}', 'a{2}'],
    ['basic', 'a\\{2\\}', 'aaa', 'aa'],
    ['basic', '\\(a\\)\\(b\\)', 'ab', 'ab|a|b'],
    ['basic', '\\(a*\\)b\\1', 'aabaa', 'aabaa|aa'],
    ['basic', '^\\(.*\\)-\\1$', 'abc-abc', 'abc-abc|abc'],
    ['basic', '^\\(.*\\)-\\1$', 'abc-abd', '-'],
    ['basic', 'a^b$c', 'a^b$c', 'a^b$c'],
    ['basic', '[[:alpha:]_]*', 'a_1', 'a_'],
    ['basic', '[]x]*', ']x', ']x'],
    ['basic', '[\\n]', 'n', 'n'],
    ['basic', '[a-', 'a', '! Unmatched [, [^, [:, [., or [='],
    ['basic', '\\(a', 'a', '! Unmatched ( or \\('],
    ['basic', 'a\\)', 'a', '! Unmatched ) or \\)'],
    ['basic', 'a\\', 'a', '! Trailing backslash'],
    ['basic', '\\(a\\)\\2', 'aa', '! Invalid back reference'],
    ['extended', 'a|ab|abc', 'abcd', 'abc'],
    ['extended', '(a|ab)(c|bcd)', 'abcd', 'abcd|a|bcd'],
    ['extended', '(a)(x)?', 'ab', 'a|a|'],
    ['extended', 'a{2,3}', 'aaaa', 'aaa'],
    ['extended', 'a{,2}', 'aaaa', 'aa'],
    ['extended', 'a{x', 'a{x', 'a{x'],
    ['extended', 'a)', 'a)', 'a)'],
    ['extended', '\\<foo\\>', 'a foo b', 'foo'],
    ['extended', '\\w+\\s\\w+', '- ab cd -', 'ab cd'],
    ['extended', '[0-9]{1,3}(\\.[0-9]{1,3}){3}', 'ip 10.0.0.12 x', '10.0.0.12|.12'],
    ['extended', '(a+)+\\1', 'aaaa', 'aaaa|a'],
    ['extended', '*a', 'a', '! Invalid preceding regular expression'],
    ['extended', '[b-a]', 'a', '! Invalid range end'],
    ['extended', '[[:foo:]]', 'a', '! Invalid character class name'],
    ['extended', 'a{1001}', 'a', '! Regular expression too big'],
    ['extended', `${'('.repeat(300)}${')'.repeat(300)}`, 'a', '! Regular expression too big'],
    ['extended', '^((a+))+$', `${'a'.repeat(5_000)}b`, '-'],
    ['extended', '^(a|a)*$', `${'a'.repeat(5_000)}b`, '-'],
    ['extended', '0*0*0*0*0*0*0*1', '0'.repeat(300), '-'],
    ['extended', '(a*)*(a*)*(a*)*\\1b', 'a'.repeat(300), '! exhausted'],
    ['perl', '\\d+(?i)X', 'a12x', '12x'],
    ['perl', '(?=a)', 'a', '! error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['fixed', 'a.b*', 'xa.b*', 'a.b*'],
  ])('%s %s on %s', (syntax, source, text, found) => {
    expect(find(syntax, source, text)).toBe(found);
  });

  it.each<[string, string, number]>([
    ['x=$(printf "%0200d" 0); case $x in *0*0*0*0*0*0*0*0*1) echo no;; *) echo yes;; esac', 'yes\n', 0],
    ['x=$(printf "%0300d" 0); echo "$x" | grep -E "0*0*0*0*0*0*0*1"', '', 1],
    ['x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; [[ $x =~ ^(a+)+$ ]] || echo no', 'no\n', 0],
    ['x=abc; [[ $x =~ ^[a-c]{3}$ ]] && echo yes', 'yes\n', 0],
    ['x=a.c; [[ abc =~ "a.c" ]] || echo quoted', 'quoted\n', 0],
    ['[[ abc == a* ]] && echo pattern; [[ abc == "a*" ]] || echo quoted', 'pattern\nquoted\n', 0],
    ['p="("; [[ a =~ $p ]]', '!sh: (: unknown operand\n', 2],
    ['echo foo-foo | sed "s/\\(.*\\)-\\1/<\\1>/"', '<foo>\n', 0],
    ['echo banana | sed "s/a/o/g"', 'bonono\n', 0],
    ['echo banana | sed "s/x*/-/g"', '-b-a-n-a-n-a-\n', 0],
    ['echo "a b  c" | sed -E "s/ +/_/g;s/^/[/;s/$/]/"', '[a_b_c]\n', 0],
    ['expr abc123 : "[a-z]*"', '3\n', 0],
    ['expr abc123 : "[a-z]*\\([0-9]*\\)"', '123\n', 0],
    ['printf "a\\nb\\na\\n" | grep -c a', '2\n', 0],
    ['printf "ab\\nb\\n" | grep -x b', 'b\n', 0],
    ['echo a | grep "["', "!grep: bad regex '[': Unmatched [, [^, [:, [., or [=\n", 2],
    [`echo ${'a'.repeat(300)} | grep -E '(a*)*(a*)*(a*)*\\1b'`, '!grep: memory exhausted\n', 2],
  ])('%s', (script, output, code) => {
    const run = runScript(script);
    expect([run.output.join(''), run.exitCode]).toEqual([output, code]);
  });
});
