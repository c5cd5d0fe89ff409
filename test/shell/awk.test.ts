// awk, as BusyBox' is used in manifests and charts.

import { describe, expect, it } from 'vitest';
import { runScript } from '../support/scripts.ts';

function awk(program: string, input = '', operands = ''): string {
  return runScript(`printf '%b' '${input}' | awk ${operands} '${program}'; echo rc=$?`, { limitMs: 10_000 }).output.join('');
}

describe('K924 awk', () => {
  it.each<[string, string, string, string?]>([
    ['{s+=$2} END {print s}', 'a 1\\nb 2\\n', '3'],
    ['{print $1, $NF}', 'a b c\\nd e\\n', 'a c\nd e'],
    ['{print $2}', 'a:b:c\\n', 'b', '-F:'],
    ['{print $2}', 'a1b22c\\n', 'b', '-F "[0-9]+"'],
    ['NR==2', 'a\\nb\\n', 'b'],
    ['NR>1 {print NR ": " $0}', 'a\\nb\\nc\\n', '2: b\n3: c'],
    ['/b/,/c/', 'a\\nb\\nx\\nc\\nd\\n', 'b\nx\nc'],
    ['$1 ~ /^k/ && $2 > 9 {print $1}', 'k1 10\\nk2 9\\nx 11\\n', 'k1'],
    ['!seen[$0]++', 'a\\nb\\na\\n', 'a\nb'],
    ['{n[$1]+=$2} END {for (k in n) print k, n[k]}', 'a 1\\nb 2\\na 3\\n', 'a 4\nb 2'],
    ['BEGIN {printf "%-5s|%5.2f|%03d|%x|%c|%%\\n", "ab", 3.14159, 7, 255, "xyz"}', '', 'ab   | 3.14|007|ff|x|%'],
    ['BEGIN {print 1/3, 1e6, 100000 * 100000, 0.1 + 0.2, 2^10, 7 % 3, 1e300}', '', '0.333333 1000000 10000000000 0.3 1024 1 1e+300'],
    ['BEGIN {print length("abc"), substr("hello", 2, 3), index("hello", "l"), toupper("a") tolower("B")}', '', '3 ell 3 Ab'],
    ['{gsub(/o/, "[&]"); sub(/l/, "L"); print}', 'hello foo\\n', 'heLlo f[o][o]'.replace('heLlo', 'heLl[o]')],
    ['BEGIN {s = "abc"; gsub(/x*/, "-", s); print s}', '', '-a-b-c-'],
    ['BEGIN {n = split("a,b,c", p, ","); print n, p[1] p[3]; print match("foobar", /o+/), RSTART, RLENGTH}', '', '3 ac\n2 2 2'],
    ['function f(n) {return n < 2 ? 1 : n * f(n - 1)} BEGIN {print f(10)}', '', '3628800'],
    ['function fill(a, n) {for (i = 1; i <= n; i++) a[i] = i} BEGIN {fill(x, 3); print length(x), x[3]}', '', '3 3'],
    ['BEGIN {while (i < 3) {i++; if (i == 2) continue; print i}; do {j++} while (j < 5); print j}', '', '1\n3\n5'],
    ['BEGIN {x["a", 1] = 2; if (("a", 1) in x) print "in"; delete x["a", 1]; print length(x)}', '', 'in\n0'],
    ['{$2 = "X"; print; print NF; $5 = "e"; print}', 'a b c\\n', 'a X c\n3\na X c  e'],
    ['BEGIN {OFS = "-"} {$1 = $1; print}', 'a b c\\n', 'a-b-c'],
    ['BEGIN {RS = ""} {print NR, NF}', 'a b\\nc\\n\\nd\\n', '1 3\n2 1'],
    ['{print v, ENVIRON["HOME"]}', 'x\\n', '7 /root', '-v v=7'],
    ['NR==1 {exit 3} END {print "end"}', 'a\\nb\\n', 'end'],
    ['BEGIN {print "a" > "/dev/stderr"; print "b" | "cat 1>&2"}', '', '!a\n!b'],
    ['BEGIN {while ((getline line < "/etc/x") > 0) n++; print n+0; "x" ~ "x"}', '', '0'],
    ['{ getline; print }', 'a\\nb\\n', 'b'],
    ['BEGIN { print (1 == 1.0), ("a" < "b"), ("10" < "9"), (10 < 9) } ; END { }', '', '1 1 1 0'],
    ['$1 == 10 { print "num" }', '10.0 x\\n', 'num'],
    ['BEGIN { print -2^2, !0 + 1, 1 " " -1, 2 * 3 + 4 }', '', '-4 2 1-1 10'],
    ['BEGIN { print length }\n# a remark\nEND { print NR }', 'a\\n', '0\n1'],
    ['{ print NR % 2 ? "odd" : "even" }', 'a\\nb\\n', 'odd\neven'],
    ['/MemTotal/ {print int($2 / 1024)}', 'MemTotal: 2097152 kB\\n', '2048'],
  ])('%s', (program, input, expected, operands) => {
    const code = program.includes('exit 3') ? 3 : 0;
    expect(awk(program, input, operands)).toBe(`${expected}\nrc=${code}\n`);
  });

  it.each<[string, string, string]>([
    ['{print', 'unexpected token end of program', '1'],
    ['BEGIN {print 1/0}', 'Division by zero', '1'],
    ['BEGIN {system("ls")}', 'system: no commands can be run', '1'],
    ['BEGIN {while (1) i++}', 'out of time', '1'],
    ['function f() {return f()} BEGIN {f()}', 'function calls are nested too deeply', '1'],
    ['BEGIN {x = "a"; while (1) x = x x}', '', ''],
  ])('%s ends with an error', (program, message, code) => {
    const output = awk(program, '');
    if (code === '') expect(output).not.toContain('rc=0');
    else expect(output).toBe(`!awk: cmd. line:1: ${message}\nrc=${code}\n`);
  });

  it('reads files, programs of files and assignments between them', () => {
    const script = `cd /tmp; printf 'a\\nb\\n' >f; echo '{print p FILENAME FNR $0}' >g; awk -f g p=1 f p=2 f; awk '1' missing; echo $?`;
    expect(runScript(script).output.join('')).toBe('1f1a\n1f2b\n2f1a\n2f2b\n!awk: missing: No such file or directory\n2\n');
  });
});
