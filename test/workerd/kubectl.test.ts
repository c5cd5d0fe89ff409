// A real kubectl on an instance of workerd: watches, commands in containers, and forwarded ports.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShell, findKubectls, type KubectlShell, type RunningCommand } from '../wire/kubectl.ts';
import { READY_WITHIN_MS } from '../../src/hosts/streaming/channels.ts';
import { openMessages } from '../http/kube/streaming/clients.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const PODS = [
  pod('web', { command: ['sleep', '100000'] }),
  pod(
    'server',
    { image: 'nginx', ports: [{ containerPort: 80 }] },
    '{"http": [{"port": 80, "path": "/hello", "body": "hello from behind"}]}',
  ),
];

function pod(name: string, container: object, behavior?: string): object {
  const annotations = behavior === undefined ? {} : { 'orrery.sim/behavior.main': behavior };
  const containers = [{ name: 'main', image: 'busybox:1.36', ...container }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, annotations }, spec: { containers } };
}

const API = '/v1/clusters/demo';

let instance: Instance;
const ask = (path: string, body: unknown) =>
  fetch(`${instance.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

beforeAll(async () => {
  instance = await startInstance({ worker: await workerBundle() });
  await ask('/v1/clusters', { name: 'demo', seed: 1 });
  for (const item of PODS) expect((await ask('/clusters/demo/api/v1/namespaces/default/pods', item)).status).toBe(201);
  await ask(`${API}/clock/advance`, { by: '30s' });
}, 120_000);
afterAll(() => instance.remove());

const versionOf = (minor: string): number => Number(minor.split('.')[1]);

/** Those that speak WebSockets to what is upgraded, by themselves or when they are asked to. */
const kubectls = findKubectls().filter(({ minor }) => versionOf(minor) >= 29);
const WEBSOCKETS = 'export KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true KUBECTL_PORT_FORWARD_WEBSOCKETS=true;';

describe.each(kubectls.map((kubectl) => [kubectl.minor, kubectl] as const))('kubectl %s', (minor, kubectl) => {
  let shell: KubectlShell;
  const started: RunningCommand[] = [];
  const start = (commandLine: string, file: string) => {
    const command = shell.start(`${WEBSOCKETS} ${commandLine} > ${file} 2>&1`);
    started.push(command);
    return command;
  };
  const read = (file: string): string => {
    const path = join(shell.folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const until = (file: string, text: string) => expect.poll(() => read(file), { timeout: 20_000 }).toContain(text);

  beforeAll(async () => {
    shell = createShell(kubectl, await (await fetch(`${instance.url}${API}/kubeconfig`)).text());
  });
  afterAll(() => {
    for (const command of started) command.stop();
    shell.remove();
  });

  it('watches, and sees what others do', async () => {
    start('kubectl get pods --watch --no-headers -o name', 'watch.txt');
    await until('watch.txt', 'pod/web');
    await ask('/clusters/demo/api/v1/namespaces/default/pods', pod('later', {}));
    await until('watch.txt', 'pod/later');
  }, 60_000);

  it('runs a command with input, output and its code', async () => {
    const ran = await shell.run(`${WEBSOCKETS} echo hello | kubectl exec -i web -- sh -c 'cat; echo err >&2; exit 3'`);
    expect(ran).toEqual({ code: 3, stdout: 'hello\n', stderr: 'err\ncommand terminated with exit code 3\n' });
  }, 60_000);

  it('loses nothing of a command that says all at once', async () => {
    const ran = await shell.run(`${WEBSOCKETS} kubectl exec web -- sh -c 'echo out; echo err >&2; exit 3'`);
    expect(ran).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\ncommand terminated with exit code 3\n' });
  }, 60_000);

  it('waits with a command for the clock', async () => {
    const command = start(`kubectl exec web -- sh -c 'echo now; sleep 30; echo later'`, 'out.txt');
    await until('out.txt', 'now\n');
    await ask(`${API}/clock/advance`, { by: '30s' });
    expect((await command.finished).code).toBe(0);
    expect(read('out.txt')).toBe('now\nlater\n');
  }, 60_000);

  it.runIf(versionOf(minor) >= 30)(
    'forwards a port',
    async () => {
      start('kubectl port-forward pod/server :80', 'forward.txt');
      await until('forward.txt', 'Forwarding from 127.0.0.1');
      const port = /127\.0\.0\.1:(\d+)/.exec(read('forward.txt'))?.[1];
      const answer = await fetch(`http://127.0.0.1:${port}/hello`);
      expect([answer.status, await answer.text()]).toEqual([200, 'hello from behind']);
    },
    60_000,
  );
});

describe('the first message', () => {
  const url = () => `${instance.url}/clusters/demo/api/v1/namespaces/default/pods/web/exec?command=echo&command=out&stdout=true&stdin=true`;
  const open = async (headers: Record<string, string> = {}) => {
    const openedMs = performance.now();
    const client = await openMessages(url(), ['v5.channel.k8s.io'], headers);
    if ('status' in client) throw new Error(`${client.status} ${client.body}`);
    return { client, passedMs: () => performance.now() - openedMs };
  };

  it('waits for some time: client-go discards what arrives before it knows its channels', async () => {
    const { client, passedMs } = await open();
    await client.until((text) => text.includes('out'));
    expect(passedMs()).toBeGreaterThanOrEqual(READY_WITHIN_MS);
  });

  it('waits for nobody who has sent something', async () => {
    const { client } = await open();
    const sentMs = performance.now();
    client.send(0, '');
    await client.until((text) => text.includes('out'));
    expect(performance.now() - sentMs).toBeLessThan(READY_WITHIN_MS);
  });
});

it('S20 a watch is told in messages to who asks for a WebSocket', async () => {
  const url = `${instance.url}/clusters/demo/api/v1/namespaces/default/pods?watch=true&resourceVersion=0`;
  const client = await openMessages(url, [], { origin: instance.url });
  if ('status' in client) throw new Error(`${client.status} ${client.body}`);
  await expect.poll(() => client.messages.length).toBeGreaterThan(1);
  client.close();
});
