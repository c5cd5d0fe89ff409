// Real kubectl on the streams of a container: a terminal, attach, forwarded ports, commands that wait for the clock. What a scenario cannot tell
// because two things go on at once.

import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { findKubectls, type RunningCommand } from './kubectl.ts';
import { type OpenStage, openStage } from './stage.ts';

const SECONDS_MAX = 120;
const PODS = [
  pod('web', { command: ['sleep', '100000'] }),
  pod('ticking', { command: ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 10; done'] }),
  pod(
    'server',
    { image: 'nginx', ports: [{ containerPort: 80 }] },
    '{"http": [{"port": 80, "path": "/hello", "body": "hello from behind"}]}',
  ),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'front' },
    spec: { selector: { app: 'server' }, ports: [{ port: 8080, targetPort: 80 }] },
  },
];

function pod(name: string, container: object, behavior?: string): object {
  const annotations = behavior === undefined ? {} : { 'orrery.sim/behavior.main': behavior };
  const containers = [{ name: 'main', image: 'busybox:1.36', ...container }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name }, annotations }, spec: { containers } };
}

let stage: OpenStage;
let started: RunningCommand[] = [];

afterEach(async () => {
  for (const command of started.splice(0)) command.stop();
  await stage.close();
});

/** Starts a command whose output goes to a file. */
function start(commandLine: string, file: string): RunningCommand {
  const command = stage.shell.start(`${commandLine} > ${file} 2>&1`);
  started = [...started, command];
  return command;
}

function read(file: string): string {
  const path = join(stage.shell.folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Waits, on the wall clock, until a file says something. */
async function until(file: string, text: string | RegExp): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const content = read(file);
    if (typeof text === 'string' ? content.includes(text) : text.test(content)) return content;
    await sleep(25);
  }
  throw new Error(`never ${text} in: ${read(file)}`);
}

describe.each(findKubectls().map((kubectl) => [kubectl.minor, kubectl] as const))('kubectl %s', (minor, kubectl) => {
  const open = async (cluster: object = {}): Promise<void> => {
    stage = await openStage(kubectl, { seed: 1, ...cluster });
    const items = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: PODS });
    const created = await stage.shell.run(`echo '${items}' | kubectl create -f -`);
    expect(created.stderr).toBe('');
    await stage.advance('30s');
  };

  /** Forwards a port and says which one is open here. */
  const forward = async (target: string, file: string): Promise<{ readonly url: string; readonly command: RunningCommand }> => {
    const command = start(`kubectl port-forward ${target}`, file);
    const port = /127\.0\.0\.1:(\d+)/.exec(await until(file, 'Forwarding from 127.0.0.1'))?.[1];
    return { url: `http://127.0.0.1:${port}`, command };
  };

  it(
    'S12 X7 X8 exec -it is a terminal',
    async () => {
      await open();
      await stage.shell.run('mkfifo keys');
      // The program `script` gives kubectl a terminal of its own.
      const command = start('script -qec "kubectl exec -it web -- sh" /dev/null < keys', 'screen.txt');
      const keys = createWriteStream(join(stage.shell.folder, 'keys'));
      await until('screen.txt', '/ # ');
      keys.write('echo he"ll"o\n');
      await until('screen.txt', 'echo he"ll"o\r\nhello\r\n/ # ');
      keys.write('sleep 1000\n');
      await until('screen.txt', '/ # sleep 1000\r\n');
      keys.write('\u0003');
      await until('screen.txt', '^C\r\n/ # ');
      keys.write('exit 4\n');
      expect((await command.finished).code).toBe(4);
      keys.end();
      expect(read('screen.txt')).toMatch(/\/ # exit 4\r\ncommand terminated with exit code 4\r\n$/);
    },
    SECONDS_MAX * 1000,
  );

  it(
    'S1 a command that sleeps waits for the clock, and ends with its client',
    async () => {
      await open();
      const opened = stage.watchOpened();
      const command = start(`kubectl exec web -- sh -c 'echo now; sleep 30; echo later; exit 2'`, 'out.txt');
      await opened;
      await until('out.txt', 'now\n');
      await stage.advance('30s');
      expect((await command.finished).code).toBe(2);
      expect(read('out.txt')).toBe('now\nlater\ncommand terminated with exit code 2\n');
    },
    SECONDS_MAX * 1000,
  );

  it(
    'S19 attach shows what comes from now on',
    async () => {
      await open();
      const opened = stage.watchOpened();
      start('kubectl attach ticking', 'out.txt');
      await opened;
      await stage.advance('20s');
      const text = await until('out.txt', 'tick 5\n');
      expect(text.split('\n').filter((line) => line.startsWith('tick'))).toEqual(['tick 4', 'tick 5']);
    },
    SECONDS_MAX * 1000,
  );

  it(
    'S19 run --rm -i feeds a pod, tells its exit code and removes it',
    async () => {
      await open({ clock: { mode: 'running', rate: 'auto' } });
      const script = `sh -c 'read a; echo "got $a"; exit 5'`;
      const { code, stdout } = await stage.shell.run(
        `echo abc | kubectl run once --rm -i --restart=Never --image=busybox:1.36 -- ${script} 2>err.txt`,
      );
      expect([code, stdout.split('\n')[0]]).toEqual([5, 'got abc']);
      expect((await stage.shell.run('kubectl get pod once')).stderr).toBe('Error from server (NotFound): pods "once" not found\n');
    },
    SECONDS_MAX * 1000,
  );

  it(
    'S14 S15 S17 port-forward carries HTTP to a pod, and to a pod behind a service',
    async () => {
      await open();
      for (const target of ['pod/server :80', 'svc/front :8080']) {
        const { url, command } = await forward(target, `${target.slice(0, 3)}.txt`);
        const answers = await Promise.all(['/hello', '/', '/missing'].map((path) => fetch(`${url}${path}`)));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
        expect(await answers[0]?.text()).toBe('hello from behind');
        command.stop();
        await command.finished;
      }
    },
    SECONDS_MAX * 1000,
  );

  it(
    'S14 a port on which nothing listens is told, and ends all but the oldest kubectl',
    async () => {
      await open();
      const { url, command } = await forward('pod/server :81', 'forward.txt');
      await expect(fetch(url)).rejects.toThrow('fetch failed');
      await until('forward.txt', /error forwarding port 81 to pod [0-9a-f]{64}.*connect: connection refused/);
      if (minor === '1.20') return;
      expect((await command.finished).code).toBe(1);
      expect(read('forward.txt')).toMatch(/\nerror: lost connection to pod\n$/);
    },
    SECONDS_MAX * 1000,
  );
});
