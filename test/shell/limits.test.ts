// What scripts can do to the process that simulates them: memory, work, processes, files and the size of scripts are bounded, and a script that goes
// beyond sees what a container would see.

import { describe, expect, it } from 'vitest';
import { FILE_LENGTH_MAX, SESSION_MEMORY_MAX, TREE_LENGTH_MAX, WORK_CREDIT_MAX } from '../../src/engine/kernel/limits.ts';
import { sizeOfTree } from '../../src/engine/shell/index.ts';
import { runScript } from '../support/scripts.ts';

const HOUR_MS = 3_600_000;

describe('memory of a session', () => {
  it.each<[string, string]>([
    ['text doubled at once', 'x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done'],
    ['text doubled slowly', 'x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; sleep 1; done'],
    ['text appended', 'x=$(printf "%0500000d" 1); while true; do y+=$x; done'],
    ['one word of many variables', `x=$(printf "%01000000d" 0); y=${'$x'.repeat(2_000)}; echo never`],
    ['one field of many variables', `x=$(printf "%01000000d" 0); echo ${'$x'.repeat(2_000)} | wc -c`],
    ['a replacement', 'x=$(printf "%0100000d" 0); y=${x//0/$x}; echo never'],
    ['a replacement of a pattern', 'x=$(printf "%0100000d" 0); y=${x//[0]/$x}; echo never'],
    ['a width of printf', 'printf "%1000000000s" x'],
    ['many widths of printf', 'printf "%100000s" $(seq 1 10000)'],
    ['a substitution', 'x=$(yes)'],
    ['very many fields', 'for i in $(seq 1 400000); do echo never; done'],
    ['a pipe that is gathered', 'yes | sort'],
    ['arguments', 'while true; do set -- "$@" "$@" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'],
    ['a here-document', 'x=$(printf "%0500000d" 0); cat <<EOF | wc -c\n$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x\nEOF'],
  ])('%s is ended with 137', (_, script) => {
    const run = runScript(script, { limitMs: 24 * HOUR_MS });
    expect(run.output.join('')).not.toContain('never');
    expect([run.exitCode, run.state.isOutOfMemory]).toEqual([137, true]);
    expect(JSON.stringify(run.state).length).toBeLessThan(10_000);
  });

  it('what a script does not hold does not count', () => {
    const run = runScript('i=0; while [ $i -lt 40 ]; do x=$(printf "%0500000d" 0); i=$((i+1)); eval "y=$i"; done; echo $y ${#x}', {
      limitMs: 24 * HOUR_MS,
    });
    expect(run.output.join('')).toBe('40 500000\n');
    const evals = runScript('f() { echo $y; }; i=0; while [ $i -lt 600 ]; do i=$((i+1)); eval "y=$i"; done; f');
    expect(evals.output.join('')).toBe('600\n');
    expect(evals.state.sources.length).toBeLessThan(257);
  });

  it('a pipe without readers and writers is gone', () => {
    const run = runScript('i=0; while [ $i -lt 50 ]; do echo a | cat; i=$((i+1)); done; exit 0');
    expect(run.output).toHaveLength(50);
    expect(run.state.pipes).toEqual([]);
  });

  it('streams are not held', () => {
    expect(runScript('seq 1 1000000000 | head -3').output.join('')).toBe('1\n2\n3\n');
    expect(runScript('yes | head -c 5').output.join('')).toBe('y\ny\ny');
    expect(runScript('seq 1 2500 | tail -2').output.join('')).toBe('2499\n2500\n');
    expect(runScript('seq 1 2500 | tail -n +2499').output.join('')).toBe('2499\n2500\n');
    expect(runScript('seq -s , 1 1001').output.join('')).toMatch(/^1,2,.*,1000,1001\n$/);
    const endless = runScript('yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | tail -1', { limitMs: HOUR_MS });
    expect(endless.exitCode).toBeNull();
    expect(JSON.stringify(endless.state).length).toBeLessThan(SESSION_MEMORY_MAX / 10);
  });
});

describe('files', () => {
  it('a file has a largest size', () => {
    const run = runScript('echo aaaaaaaaaaaaaaaa > /tmp/a; while cat /tmp/a /tmp/a > /tmp/b; do cat /tmp/b > /tmp/a; done; echo over');
    expect(run.output.join('')).toBe('!cat: write error: No space left on device\nover\n');
    expect(run.files['/tmp/a']?.text.length).toBeLessThanOrEqual(FILE_LENGTH_MAX);
  });

  it('a volume has a largest size, and what is removed makes room', () => {
    const script = 'x=$(printf "%01000000d" 0); i=0; while echo $x > /tmp/$i; do i=$((i+1)); done; rm /tmp/1; echo $x > /tmp/x && echo $i';
    const run = runScript(script, { limitMs: 24 * HOUR_MS });
    expect(run.output.join('')).toBe('!echo: write error: No space left on device\n16\n');
    expect(sizeOfTree(run.files)).toBeLessThan(TREE_LENGTH_MAX + 10_000);
  });

  it('a volume has a largest number of files', () => {
    const run = runScript('for i in $(seq 1 20000); do echo > /tmp/$i || exit 9; done', { limitMs: 24 * HOUR_MS });
    expect(run.exitCode).toBe(9);
    expect(run.output.join('')).toContain('No space left on device');
  });

  it('an endless writer ends when the file is full', () => {
    const run = runScript('yes > /tmp/a; echo $?', { limitMs: 24 * HOUR_MS });
    expect(run.output.join('')).toBe('!yes: write error: No space left on device\n1\n');
  });

  it('names have a largest length', () => {
    expect(runScript(`touch /tmp/${'a'.repeat(256)}`).output.join('')).toContain('File name too long');
    expect(runScript('mkdir /tmp/a; ls /tmp; rm -r /tmp/a; ls /tmp').output.join('')).toBe('a\n');
  });
});

describe('processes', () => {
  it.each<[string, string, string]>([
    ['functions that call themselves', 'f() { f; }; f', '!sh: f: maximum function nesting level exceeded\n'],
    ['substitutions in themselves', 'f() { echo $(f); }; f', "!sh: can't fork: Resource temporarily unavailable\n\n"],
    ['scripts that run themselves', 'echo "sh /tmp/a" > /tmp/a; sh /tmp/a', "!sh: can't fork: Resource temporarily unavailable\n"],
    ['eval in itself', 'x="eval \\"\\$x\\""; eval "$x"', '!sh: maximum nesting level exceeded\n'],
    ['a long argument', 'x=$(printf "%0200000d" 0); ls $x; echo $x | wc -c', '!sh: ls: Argument list too long\n200001\n'],
  ])('%s', (_, script, output) => {
    expect(runScript(script).output.join('')).toBe(output);
  });

  it('a fork bomb ends in errors', () => {
    const run = runScript('b() { b | b & }; b; sleep 100; echo alive');
    expect(run.output.join('')).toContain('Resource temporarily unavailable');
    expect(run.output.at(-1)).toBe('alive\n');
  });

  it('orphans that have ended are forgotten', () => {
    const run = runScript('i=0; while [ $i -lt 200 ]; do (true &); i=$((i+1)); done; echo $i');
    expect(run.output.join('')).toBe('200\n');
  });

  it('timeout waits without looking all the time', () => {
    const run = runScript('timeout 3600 sh -c "sleep 3000"; timeout 5 sh -c "sleep 3000 | cat" || echo $?');
    expect([run.output.join(''), run.tookMs]).toEqual(['143\n', 3_005_000]);
    expect(run.state.budget.credit).toBeGreaterThan(WORK_CREDIT_MAX / 2);
  });
});

describe('size of scripts', () => {
  const wrong = (script: string): string => runScript(script).output.join('').trim();

  it.each<[string, string, string]>([
    ['operators', `echo $((${'1+'.repeat(40_000)}1))`, 'an expression of so many operators is not supported'],
    ['parentheses', `${'('.repeat(20_000)}:${')'.repeat(20_000)}`, 'maximum arithmetic expression nesting depth exceeded'],
    ['groups', `${'{ '.repeat(20_000)}:;${' }'.repeat(20_000)}`, 'maximum brace group nesting depth exceeded'],
    ['substitutions', `echo ${'$('.repeat(20_000)}echo${')'.repeat(20_000)}`, 'substitutions are nested too deeply'],
    ['open substitutions', `echo ${'"$('.repeat(20_000)}`, 'substitutions are nested too deeply'],
    ['parameters', `echo ${'${a:-'.repeat(20_000)}${'}'.repeat(20_000)}`, 'substitutions are nested too deeply'],
    ['here-documents', `cat${' <<E'.repeat(20_000)}\n${'E\n'.repeat(20_000)}`, 'maximum here-document count exceeded'],
    ['functions', `${'f() '.repeat(20_000)}:`, 'maximum here-document count exceeded'],
    ['characters', ':;'.repeat(70_000), 'script too long'],
  ])('too many %s are a syntax error', (_, script, message) => {
    expect(wrong(script)).toBe(`!sh: syntax error: ${message}`);
  });

  it('long scripts run', () => {
    expect(runScript(`echo${' aaa'.repeat(30_000)} | wc -w`).output.join('')).toBe('30000\n');
    expect(runScript(`${'echo $((1+2)) > /dev/null; '.repeat(2_000)}echo end`, { limitMs: HOUR_MS }).output.join('')).toBe('end\n');
    expect(runScript(`echo $((${'1+'.repeat(400)}1))`).output.join('')).toBe('401\n');
  });
});

describe('work', () => {
  const work = (script: string, limitMs: number): number => {
    const run = runScript(script, { limitMs });
    expect(run.exitCode).toBeNull();
    return run.worked;
  };

  it.each<[string]>([
    ['while true; do :; done'],
    ['yes'],
    ['while true; do yes | head -c 65536; done'],
    ['while true; do x=$(echo a); done'],
  ])('%s costs a credit, then next to nothing', (script) => {
    const first = work(script, HOUR_MS / 6);
    expect(work(script, HOUR_MS / 3) - first).toBeLessThan(10 * 5_000);
  });

  it('a loop of some thousand turns ends at once', () => {
    const run = runScript('i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; echo $i');
    expect([run.output.join(''), run.tookMs < 100]).toEqual(['2000\n', true]);
  });

  it('what a command leaves for the next one to read costs nothing', () => {
    const script =
      'seq 100001 101000 > /tmp/a; while read x; do y=$x; done < /tmp/a; echo $y; cat /tmp/a | while read x; do [ $x = 100999 ] && echo $x; done';
    const run = runScript(script);
    expect([run.output.join(''), run.tookMs < 100]).toEqual(['101000\n100999\n', true]);
  });

  it('a script that sleeps between its loops keeps its pace', () => {
    const run = runScript('n=0; while [ $n -lt 600 ]; do for i in 1 2 3 4 5 6 7 8 9; do x=$i; done; n=$((n+1)); sleep 1; done; echo end');
    expect([run.output.join(''), run.tookMs]).toEqual(['end\n', 600_000]);
  });
});
