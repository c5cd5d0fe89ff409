import { describe, expect, it } from 'vitest';
import { SESSION_MEMORY_MAX } from '../../src/engine/kernel/limits.ts';
import { createBaseTree } from '../../src/engine/shell/file-tree.ts';
import {
  createFileSystem,
  createSession,
  type NetworkAnswer,
  nextWakeMs,
  ROOT_USER,
  runSession,
  type ShellHost,
  type ShellState,
  signalSession,
} from '../../src/engine/shell/index.ts';

const START_MS = Date.UTC(2025, 0, 1);

interface Run {
  readonly state: ShellState;
  readonly output: string[];
  nowMs: number;
  run(): void;
  /** Runs to the end, at most `limitMs` of virtual time. */
  finish(limitMs?: number): Run;
  advance(ms: number): void;
  text(): string;
}

function start(script: string, options: { flavor?: ShellHost['flavor']; isInit?: boolean; input?: string; serialize?: boolean } = {}): Run {
  const tree = createBaseTree(START_MS, {});
  let state = createSession({
    script,
    name: 'sh',
    environment: { HOME: '/root', NAME: 'World' },
    cwd: '/',
    isInit: options.isInit ?? true,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  const output: string[] = [];
  const answer = (outcome: NetworkAnswer['outcome'], status: number, body: string): NetworkAnswer => ({
    latencyMs: 5,
    outcome,
    status,
    headers: {},
    body,
    address: '10.96.0.10:80',
  });
  const run: Run = {
    get state() {
      return state;
    },
    output,
    nowMs: START_MS,
    run() {
      const host: ShellHost = {
        nowMs: run.nowMs,
        hostname: 'web-0',
        user: ROOT_USER,
        flavor: options.flavor ?? 'busybox',
        files: createFileSystem(tree, [], run.nowMs),
        request: (_method, url) =>
          url.includes('missing')
            ? answer('unknown-host', 0, '')
            : url.includes('404')
              ? answer('ok', 404, 'no')
              : answer('ok', 200, 'hello\n'),
        connect: (_host, port) => answer(port === 80 ? 'ok' : 'refused', 0, ''),
        converse: (_protocol, _host, port) => answer(port === 80 ? 'ok' : 'refused', 0, ''),
        resolve: (name) => (name === 'web' ? '10.96.0.10' : undefined),
        askDns: (name) => (name === 'web' ? { kind: 'address', address: '10.96.0.10' } : { kind: 'nxdomain' }),
        random: () => 42,
        write: (stream, text) => void output.push(stream === 'stderr' ? `!${text}` : text),
        programKind: () => undefined,
        noteCommand: () => {},
        otherProcesses: () => [],
        signal: () => false,
        openPorts: () => [],
        isPrivileged: false,
        allowsEscalation: true,
        imageVersion: '',
        processShift: () => 0,
        packages: 'any',
        workLeft: () => Number.POSITIVE_INFINITY,
        memoryMax: () => SESSION_MEMORY_MAX,
      };
      if (options.serialize === true) state = JSON.parse(JSON.stringify(state)) as ShellState;
      runSession(state, host);
    },
    finish(limitMs = 3_600_000) {
      const endMs = run.nowMs + limitMs;
      for (run.run(); state.exitCode === null; run.run()) {
        const wake = nextWakeMs(state);
        if (wake === undefined || wake > endMs) break;
        run.nowMs = Math.max(run.nowMs, wake);
      }
      return run;
    },
    advance(ms) {
      const endMs = run.nowMs + ms;
      for (run.run(); state.exitCode === null; run.run()) {
        const wake = nextWakeMs(state);
        if (wake === undefined || wake > endMs) break;
        run.nowMs = Math.max(run.nowMs, wake);
      }
      run.nowMs = endMs;
    },
    text: () => output.join(''),
  };
  return run;
}

const cases: readonly { readonly script: string; readonly output: string; readonly code?: number }[] = (
  [
    ['echo hello   world', 'hello world\n'],
    ['echo "hello   $NAME"', 'hello   World\n'],
    ["echo 'a $NAME'", 'a $NAME\n'],
    ['echo a; echo b', 'a\nb\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['if [ -f /etc/none ]; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
    ['for i in 1 2 3; do echo $i; done', '1\n2\n3\n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
    ['until false; do echo once; break; done', 'once\n'],
    ['for i in a b c; do [ $i = b ] && continue; echo $i; done', 'a\nc\n'],
    ['for i in 1 2; do for j in x y; do [ $j = y ] && continue 2; echo $i$j; done; done; for k in p; do echo $k; done', '1x\n2x\np\n'],
    ['case abc in a*) echo A;; *) echo other;; esac', 'A\n'],
    ['case x in a|x) echo hit;; esac', 'hit\n'],
    ['f() { echo "$1 $#"; return 3; }; f a b; echo $?', 'a 2\n3\n'],
    ['f() { local x=1; x=2; }; x=0; f; echo $x', '0\n'],
    ['x=$(echo hi); echo "[$x]"', '[hi]\n'],
    ['echo $(( (2+3)*4 % 7 )) $((10/3)) $((1<2)) $((0x10))', '6 3 1 16\n'],
    ['echo ${UNSET:-default} ${NAME:+set} ${#NAME}', 'default set 5\n'],
    ['f=/a/b/c.tar.gz; echo ${f##*/} ${f%.*} ${f%%.*} ${f#*/}', 'c.tar.gz /a/b/c.tar /a/b/c a/b/c.tar.gz\n'],
    ['echo a > /tmp/f; echo b >> /tmp/f; cat /tmp/f', 'a\nb\n'],
    ['cat <<EOF\nhello $NAME\nEOF', 'hello World\n'],
    ["cat <<'EOF'\nhello $NAME\nEOF", 'hello $NAME\n'],
    ['echo "a b c" | wc -w', '3\n'],
    ['seq 1 5 | head -n 2 | tail -1', '2\n'],
    ['printf "%s-%03d\\n" a 7 b 8', 'a-007\nb-008\n'],
    ['echo one two | while read a b; do echo "$b $a"; done', 'two one\n'],
    ['echo hello | grep -q ell && echo found', 'found\n'],
    ['echo out; echo err >&2', 'out\n!err\n'],
    ['ls /nothing 2>/dev/null || echo missing', 'missing\n'],
    ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
    ['set -e; false; echo never', '', 1],
    ['set -e; false || true; if false; then :; fi; echo alive', 'alive\n'],
    ['exit 7', '', 7],
    ['nonsense', '!sh: nonsense: not found\n', 127],
    ['trap "echo bye" EXIT; echo hi; exit 4', 'hi\nbye\n', 4],
    ['set -- a "b c"; for x in "$@"; do echo "<$x>"; done; echo $#', '<a>\n<b c>\n2\n'],
    ['sh -c "echo \\$0 \\$1" name arg', 'name arg\n'],
    ['expr 3 + 4; test 3 -gt 2 && echo gt', '7\ngt\n'],
    ['hostname; date +%s; date', 'web-0\n1735689600\nWed Jan  1 00:00:00 UTC 2025\n'],
    ['touch /tmp/a.txt /tmp/b.txt; echo /tmp/*.txt; rm /tmp/a.txt; ls /tmp', '/tmp/a.txt /tmp/b.txt\nb.txt\n'],
    ['mkdir -p /x/y && echo ok > /x/y/z && cat /x/y/z', 'ok\n'],
    ['! true; echo $?', '1\n'],
    ['a=1 b=2; echo $a$b; a=5 env | grep ^HOME', '12\nHOME=/root\n'],
    ['wget -qO- http://web/', 'hello\n'],
    ['wget -q -O- http://missing/', "!wget: bad address 'missing'\n", 1],
    ['nc -z web 80 && echo open; nc -z web 81 || echo closed', 'open\nclosed\n'],
    ['IFS=:; x=a:b:c; for p in $x; do echo $p; done', 'a\nb\nc\n'],
    ['echo "x y" | sed "s/x/z/"; echo abc | tr a-c A-C; echo "1,2" | cut -d, -f2', 'z y\nABC\n2\n'],
    ['eval "y=3; echo \\$y"', '3\n'],
    ['sleep 1 & wait; echo done', 'done\n'],
    ['false | true; echo $?; set -o pipefail; false | true; echo $?', '0\n1\n'],
    ['f() { echo in; }; f > /tmp/o; echo out; cat /tmp/o', 'out\nin\n'],
    ['{ echo a; echo b; } > /tmp/g; cat /tmp/g', 'a\nb\n'],
    ['[[ abc == a* ]] && echo match; [[ -z "" && 1 -lt 2 ]] && echo both', 'match\nboth\n'],
    ['i=5; while true; do i=$((i-1)); if [ $i -eq 2 ]; then break; fi; done; echo $i', '2\n'],
    ['x="a  b"; echo $x; echo "$x"', 'a b\na  b\n'],
    ['yes | head -2', 'y\ny\n'],
    ['exec echo replaced; echo never', 'replaced\n'],
    ['timeout 2 sleep 10; echo $?', '143\n'],
    ['command -v ls >/dev/null && echo has; command -v foo || echo hasnot', 'has\nhasnot\n'],
  ] as const
).map(([script, output, code]) => ({ script, output, ...(code === undefined ? {} : { code }) }));

describe('shell', () => {
  it.each(cases)('runs $script', ({ script, output, code }) => {
    const run = start(script).finish();
    expect(run.text()).toBe(output);
    if (code !== undefined) expect(run.state.exitCode).toBe(code);
    else expect(run.state.exitCode).not.toBeNull();
  });

  it.each(cases)('runs $script the same when its state is stored between any two instants', ({ script, output }) => {
    expect(start(script, { serialize: true }).finish().text()).toBe(output);
  });

  it('sleeps on the virtual clock, one wake-up per sleep', () => {
    const run = start('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600');
    run.run();
    expect(nextWakeMs(run.state)).toBe(START_MS + 30_000);
    run.finish();
    expect(run.nowMs).toBe(START_MS + 630_000);
    expect(run.state.exitCode).toBe(0);
  });

  it('K509 ignores SIGTERM as PID 1 without a trap', () => {
    const run = start('sleep 100');
    run.run();
    signalSession(run.state, 'TERM');
    run.run();
    expect(run.state.exitCode).toBeNull();
  });

  it('K509 runs a trap after the foreground command has ended', () => {
    const run = start('trap "echo caught; exit 0" TERM; while true; do sleep 1; done');
    run.advance(2500);
    signalSession(run.state, 'TERM');
    run.run();
    expect(run.state.exitCode).toBeNull();
    run.advance(1000);
    expect(run.text()).toBe('caught\n');
    expect(run.state.exitCode).toBe(0);
  });

  it('K509 runs a trap at once when the shell waits for a background child', () => {
    const run = start('trap "echo caught; exit 3" TERM; sleep 1000 & wait $!');
    run.run();
    signalSession(run.state, 'TERM');
    run.run();
    expect(run.text()).toBe('caught\n');
    expect(run.state.exitCode).toBe(3);
  });

  it('ends a process that is not PID 1 with 143 on SIGTERM', () => {
    const run = start('sleep 100', { isInit: false });
    run.run();
    signalSession(run.state, 'TERM');
    expect(run.state.exitCode).toBe(143);
  });

  it('counts an endless loop without sleep as busy and lets the caller go', () => {
    const run = start('while true; do :; done');
    run.run();
    expect(run.state.exitCode).toBeNull();
    expect(nextWakeMs(run.state)).toBe(START_MS + 1_000);
    run.advance(60_000);
    expect(run.state.budget.busyMs).toBeGreaterThan(10_000);
  });

  it('K925 a loop that sleeps goes on, slower, when its credit is used up', () => {
    const run = start('while sleep 0.01; do echo -n x; done');
    run.advance(300_000);
    const before = run.text().length;
    run.advance(100_000);
    expect(run.text().length - before).toBeGreaterThan(2_000);
    expect(run.state.budget.busyMs).toBeLessThanOrEqual(2_000);
  });

  it('K1003 words a missing file as the image does', () => {
    expect(start('cat /tmp/healthy').finish().text()).toBe("!cat: can't open '/tmp/healthy': No such file or directory\n");
    expect(start('cat /tmp/healthy', { flavor: 'dash' }).finish().text()).toBe('!cat: /tmp/healthy: No such file or directory\n');
  });

  it('reports a syntax error with code 2', () => {
    const run = start('if true; then');
    run.finish();
    expect(run.state.exitCode).toBe(2);
    expect(run.text()).toMatch(/syntax error/);
  });

  it('bounds a fork bomb', () => {
    const run = start('f() { f | f & }; f; sleep 1; echo over');
    run.finish(60_000);
    expect(run.state.processes.length).toBeLessThanOrEqual(64);
  });
});
