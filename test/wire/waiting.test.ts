// Commands that wait, on a clock that runs while somebody waits; and clients that drop the path of their server.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { createShell, findKubectls, type KubectlShell } from './kubectl.ts';

let folder: string;
let service: RunningService;
let shell: KubectlShell;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-waiting-'));
  const flags = ['--port', '0', '--data', folder, '--log-level', 'silent', '--default-cluster', 'main'];
  service = await serve(readConfig(flags, {}), 'test');
  shell = await openShell({ name: 'main', clock: { mode: 'running', rate: 'auto' } });
});

/** A shell with the first kubectl for a new cluster. */
async function openShell(cluster: { readonly name: string; readonly clock?: object }): Promise<KubectlShell> {
  const body = JSON.stringify(cluster);
  const created = await fetch(`${service.url}/v1/clusters`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  expect(created.status).toBe(201);
  const [kubectl] = findKubectls();
  if (kubectl === undefined) throw new Error('there is no kubectl');
  return createShell(kubectl, await (await fetch(`${service.url}/v1/clusters/${cluster.name}/kubeconfig`)).text());
}

afterAll(async () => {
  shell.remove();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function elapsedSeconds(): Promise<number> {
  const clock = (await (await fetch(`${service.url}/v1/clusters/main/clock`)).json()) as { elapsedSeconds: number };
  return clock.elapsedSeconds;
}

async function run(command: string): Promise<string> {
  const { stdout, stderr, code } = await shell.run(command);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

it('C933 kubectl wait, logs -f and delete come to their end, and the clock stands still between them', { timeout: 60_000 }, async () => {
  expect(await elapsedSeconds()).toBe(0);
  await run('kubectl run web --image=nginx');
  expect(await elapsedSeconds()).toBe(0);
  expect(await run('kubectl wait --for=condition=Ready pod/web --timeout=30s')).toBe('pod/web condition met\n');
  const stood = await elapsedSeconds();
  expect(stood).toBeGreaterThan(1);
  await run("kubectl run job --image=busybox --restart=Never -- sh -c 'echo one; sleep 60; echo two'");
  await run('kubectl wait --for=jsonpath={.status.phase}=Running pod/job --timeout=30s');
  expect(await run('kubectl logs -f job')).toBe('one\ntwo\n');
  expect(await run('kubectl delete pod web')).toMatch(/^pod "web" deleted/);
  const before = await elapsedSeconds();
  await run('kubectl get pods');
  expect(await elapsedSeconds()).toBe(before);
});

it('a command that waits on a clock that stands is told how to turn it', async () => {
  const still = await openShell({ name: 'still' });
  try {
    await still.run('kubectl run web --image=nginx');
    const { stderr, code } = await still.run('kubectl wait --for=condition=Ready pod/web --timeout=2s');
    expect(stderr.split('\n')).toEqual([
      "Warning: the clock of cluster still stands still: turn it with POST /v1/clusters/still/clock/advance, or let it run with PUT /v1/clusters/still/clock {'mode': 'running', 'rate': 'auto'}",
      'error: timed out waiting for the condition on pods/web',
      '',
    ]);
    expect(code).toBe(1);
  } finally {
    still.remove();
  }
});

it('A3 the default cluster is served at the root', async () => {
  expect(await run(`kubectl --server ${service.url} get pods -o name`)).toBe('pod/job\n');
  expect(JSON.parse(await run(`kubectl --server ${service.url} get --raw /api/v1/namespaces/default`))).toMatchObject({
    kind: 'Namespace',
  });
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
});

it('C751 C758 kubectl drain comes to its end, though a budget lets it evict one pod at a time', { timeout: 60_000 }, async () => {
  await run('kubectl create deployment drained --image=nginx --replicas=3');
  await run('kubectl rollout status deployment drained --timeout=30s');
  await run('kubectl create pdb drained --selector=app=drained --max-unavailable=1');
  const nodes = (await run('kubectl get nodes -o name')).trim().split('\n').slice(1).join(' ');
  const { stdout, stderr, code } = await shell.run(`kubectl drain ${nodes} --ignore-daemonsets --force`);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/node\/node-3 drained\n$/);
  expect(stdout).toContain('node/node-2 drained');
  const running = await run("kubectl get pods -l app=drained -o jsonpath='{.items[*].spec.nodeName}'");
  expect(new Set(running.split(' '))).toEqual(new Set(['node-1']));
  await run(`kubectl uncordon ${nodes}`);
});
