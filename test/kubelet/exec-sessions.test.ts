// Commands that clients run in containers, through the journal: what they do, say and leave behind; and that a replay gives the same.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { bytesToText, type Command, openExecs, readExec, textToBytes } from '../../src/engine/cluster/index.ts';
import { EXEC_SESSIONS_MAX } from '../../src/engine/kernel/limits.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const TIMING = { workerJitter: 0.5, imagePull: '1s' };

function start(container: JsonObject = {}, seconds = 5): PodCluster {
  const cluster = createPodCluster({ timing: TIMING });
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '3600'], ...container }] },
  });
  cluster.advanceTo(seconds);
  return cluster;
}

interface Wanted {
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly container?: string;
}

function request(command: readonly string[], { stdin = false, tty = false, container = '' }: Wanted = {}): Command {
  return { type: 'exec-start', request: { namespace: 'default', pod: 'web', container, command, stdin, tty } };
}

function begin(cluster: PodCluster, command: readonly string[], wanted?: Wanted): string {
  const { outcome } = cluster.run(request(command, wanted));
  if (!outcome.ok) throw new Error(outcome.status.message);
  return outcome.session ?? '';
}

function view(cluster: PodCluster, session: string): { stdout: string; stderr: string; exitCode: number | null | undefined } {
  const found = readExec(cluster.state, session, 0);
  const text = (stream: string) => (found?.chunks ?? []).flatMap((chunk) => (chunk.stream === stream ? [chunk.text] : [])).join('');
  return { stdout: text('stdout'), stderr: text('stderr'), exitCode: found?.exitCode };
}

const type = (cluster: PodCluster, session: string, data: string, close = false): unknown =>
  cluster.run({ type: 'exec-input', session, data, close });

const run = (cluster: PodCluster, command: readonly string[], wanted?: Wanted) => view(cluster, begin(cluster, command, wanted));

function refusal(cluster: PodCluster, command: readonly string[], container = ''): string {
  const { outcome } = cluster.run(request(command, { container }));
  return outcome.ok ? 'started' : `${outcome.status.code} ${outcome.status.message}`;
}

describe('commands in containers', () => {
  it('S6 runs a command and tells its streams and its exit code', () => {
    const cluster = start();
    expect(run(cluster, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
    expect(run(cluster, ['hostname'])).toEqual({ stdout: 'web\n', stderr: '', exitCode: 0 });
  });

  it('a command that sleeps waits for the clock', () => {
    const cluster = start();
    const session = begin(cluster, ['sh', '-c', 'echo a; sleep 10; echo b']);
    expect(view(cluster, session)).toEqual({ stdout: 'a\n', stderr: '', exitCode: null });
    cluster.advanceTo(16);
    expect(view(cluster, session)).toEqual({ stdout: 'a\nb\n', stderr: '', exitCode: 0 });
  });

  it('a shell reads its commands line by line, several lines to one command', () => {
    const cluster = start();
    const session = begin(cluster, ['sh'], { stdin: true });
    type(cluster, session, 'echo hi\ncd /tmp; x=1\n');
    expect(view(cluster, session).stdout).toBe('hi\n');
    type(cluster, session, 'for i in 1 2; do\necho $i\n');
    expect(view(cluster, session).stdout).toBe('hi\n');
    type(cluster, session, 'done; pwd; read y\nline\necho $x$y\nexit 3\n');
    expect(view(cluster, session)).toEqual({ stdout: 'hi\n1\n2\n/tmp\n1line\n', stderr: '', exitCode: 3 });
  });

  it('a terminal shows prompts and what is typed, and knows Ctrl-C and Ctrl-D', () => {
    const cluster = start();
    const session = begin(cluster, ['sh'], { stdin: true, tty: true });
    type(cluster, session, 'echo hx\u007fi\r');
    type(cluster, session, 'sleep 100\r');
    type(cluster, session, '\u0003');
    type(cluster, session, '\u0004');
    expect(view(cluster, session)).toEqual({
      stdout: '/ # echo hx\b \bi\r\nhi\r\n/ # sleep 100\r\n^C\r\n/ # ',
      stderr: '',
      exitCode: 130,
    });
  });

  it('ends with 137 when its container is gone, and a closed one is forgotten', () => {
    const cluster = start({ command: ['sleep', '20'] });
    const [first, second] = [begin(cluster, ['sleep', '100']), begin(cluster, ['sleep', '100'])];
    cluster.run({ type: 'exec-close', session: second });
    expect(openExecs(cluster.state)).toEqual([first]);
    cluster.advanceTo(30);
    expect(view(cluster, first).exitCode).toBe(137);
  });

  it('S3 refuses with the texts of the API server and of the runtime', () => {
    const cluster = start();
    expect(refusal(cluster, ['ls'], 'zz')).toBe('400 container zz is not valid for pod web');
    expect(refusal(cluster, ['bogus'])).toMatch(
      /^500 Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "bogus": executable file not found in \$PATH: unknown$/,
    );
    expect(refusal(cluster, ['/no/such'])).toContain('exec: "/no/such": stat /no/such: no such file or directory: unknown');
    expect(refusal(cluster, ['/etc/passwd'])).toContain('exec: "/etc/passwd": permission denied: unknown');
    expect(refusal(start({}, 0), ['ls'])).toBe('500 container not found ("main")');
    const distroless = start({ image: 'registry.k8s.io/pause:3.10', command: undefined } as unknown as JsonObject);
    expect(refusal(distroless, ['sh'])).toContain('exec: "sh": executable file not found in $PATH');
  });

  it('answers as the behaviour of the container says, after its time', () => {
    const cluster = createPodCluster({ timing: TIMING });
    const behavior = JSON.stringify({ exec: [{ command: 'check', exitCode: 4, output: 'no\n', latency: '2s' }] });
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', annotations: { 'orrery.sim/behavior.main': behavior } },
      spec: { containers: [{ name: 'main', image: 'nginx' }] },
    });
    cluster.advanceTo(5);
    const session = begin(cluster, ['/bin/check']);
    expect(view(cluster, session).exitCode).toBeNull();
    cluster.advanceTo(8);
    expect(view(cluster, session)).toEqual({ stdout: 'no\n', stderr: '', exitCode: 4 });
  });

  it('has a limit of open sessions', () => {
    const cluster = start();
    for (let count = 0; count < EXEC_SESSIONS_MAX; count += 1) begin(cluster, ['sleep', '1']);
    expect(refusal(cluster, ['ls'])).toBe(`429 there are ${EXEC_SESSIONS_MAX} sessions in containers of this cluster, which is the limit`);
  });
});

describe('history', () => {
  it('K430 a removed file makes the probe fail, and a replay of the journal gives the same digest', () => {
    const play = () => {
      const probe = { exec: { command: ['cat', '/tmp/healthy'] }, periodSeconds: 5 };
      const cluster = start({ command: ['sh', '-c', 'touch /tmp/healthy; sleep 3600'], livenessProbe: probe }, 12);
      const session = begin(cluster, ['rm', '/tmp/healthy']);
      cluster.run({ type: 'exec-close', session });
      cluster.advanceTo(100);
      return { rows: cluster.podRows(), digest: [...cluster.state.digest] };
    };
    const first = play();
    expect(first.rows.at(-1)).toMatch(/1\/1 Running 1$/);
    expect(play()).toEqual(first);
  });

  it('a refused command leaves the counter of sessions as it was', () => {
    const cluster = start();
    refusal(cluster, ['bogus']);
    expect(begin(cluster, ['ls'])).toBe('exec-0');
  });
});

describe('S18 tar', () => {
  it('packs what it unpacks, bytes that are no text included', () => {
    const cluster = start();
    const made = 'mkdir -p /tmp/a/b; echo hello > /tmp/a/x.txt; printf "grün" > /tmp/a/b/y; chmod 755 /tmp/a/x.txt';
    run(cluster, ['sh', '-c', made]);
    const packed = run(cluster, ['tar', 'cf', '-', '-C', '/tmp', 'a']);
    expect(packed.exitCode).toBe(0);
    expect(textToBytes(packed.stdout).length).toBe(10_240);
    const bytes = textToBytes(packed.stdout).replace('hello', '\u00ff\u00fe\u0000\u00c3\u0028');
    const session = begin(cluster, ['tar', '-xmf', '-', '-C', '/root'], { stdin: true });
    type(cluster, session, bytesToText(bytes.slice(0, 700)));
    type(cluster, session, bytesToText(bytes.slice(700)), true);
    expect(view(cluster, session)).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(run(cluster, ['cat', '/root/a/b/y']).stdout).toBe('grün');
    expect(textToBytes(run(cluster, ['cat', '/root/a/x.txt']).stdout)).toBe('\u00ff\u00fe\u0000\u00c3\u0028\n');
    expect(run(cluster, ['ls', '-l', '/root/a/x.txt']).stdout).toMatch(/^-rwxr-xr-x/);
  });

  it('keeps long names, lists, and complains of what is not there', () => {
    const cluster = start();
    const name = `${'d'.repeat(60)}/${'f'.repeat(60)}`;
    run(cluster, ['sh', '-c', `mkdir -p /tmp/${'d'.repeat(60)}; echo 1 > /tmp/${name}; tar cf /tmp/all.tar -C /tmp ${'d'.repeat(60)}`]);
    expect(run(cluster, ['tar', 'tf', '/tmp/all.tar']).stdout).toBe(`${'d'.repeat(60)}/\n${name}\n`);
    expect(run(cluster, ['tar', 'cf', '-', '/nope'])).toMatchObject({
      stderr: 'tar: /nope: No such file or directory\ntar: error exit delayed from previous errors\n',
      exitCode: 1,
    });
  });
});
