// Equal sessions of kubectl on a clock that runs while somebody waits: the wall clock, which is never the same twice, leaves no trace.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { createShell, findKubectls } from './kubectl.ts';

let folder: string;
let service: RunningService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-sessions-'));
  service = await serve(readConfig(['--port', '0', '--data', folder, '--log-level', 'silent'], {}), 'test');
});

afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const SESSION = [
  'kubectl create deployment web --image=nginx:1.25 --replicas=2',
  'kubectl rollout status deployment web --timeout=50s',
  'kubectl set image deployment web nginx=nginx:1.26',
  'kubectl rollout status deployment web --timeout=50s',
  'kubectl scale deployment web --replicas=3',
  "kubectl wait --for=jsonpath='{.status.availableReplicas}'=3 deployment/web --timeout=50s",
  'kubectl drain node-2 --ignore-daemonsets --force --timeout=50s',
  'kubectl wait --for=condition=Available deployment/web --timeout=50s',
  "kubectl run job --image=busybox --restart=Never -- sh -c 'echo one; sleep 45; echo two'",
  'kubectl wait --for=jsonpath={.status.phase}=Running pod/job --timeout=50s',
  'kubectl logs -f job',
  'kubectl delete pod job',
  'kubectl delete deployment web --cascade=foreground',
];

/** Runs the session in a cluster of its own; where its clock stood after each command, and the digest at the end. */
async function runSession(name: string, patience: string): Promise<unknown> {
  const api = `${service.url}/v1/clusters`;
  const body = JSON.stringify({ name, nodes: 3, seed: 7, clock: { mode: 'running', rate: 'auto', patience } });
  const created = await fetch(api, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  expect(created.status, await created.clone().text()).toBe(201);
  const [kubectl] = findKubectls();
  if (kubectl === undefined) throw new Error('there is no kubectl');
  const shell = createShell(kubectl, await (await fetch(`${api}/${name}/kubeconfig`)).text());
  try {
    const stood: unknown[] = [];
    for (const command of SESSION) {
      const { code, stderr } = await shell.run(command);
      expect(code, `${command}: ${stderr}`).toBe(0);
      const { elapsedSeconds, digest, resourceVersion } = (await (await fetch(`${api}/${name}`)).json()) as Record<string, unknown>;
      stood.push({ command, elapsedSeconds, resourceVersion, digest });
    }
    return stood;
  } finally {
    shell.remove();
  }
}

it('C933 three equal sessions of kubectl give equal digests, and stand at equal instants after each command', {
  timeout: 280_000,
}, async () => {
  const first = await runSession('first', '300ms');
  expect(await runSession('second', '300ms')).toEqual(first);
  expect(await runSession('third', '400ms')).toEqual(first);
});

it('C933 who asks for the same again and again waits: he is answered when it has changed, or after a minute', async () => {
  const api = `${service.url}/v1/clusters`;
  const headers = { 'Content-Type': 'application/json' };
  await fetch(api, { method: 'POST', headers, body: JSON.stringify({ name: 'asked', clock: { mode: 'running', rate: 'auto' } }) });
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  const pods = `${service.url}/clusters/asked/api/v1/namespaces/default/pods`;
  await fetch(pods, { method: 'POST', headers, body: JSON.stringify(manifest) });
  const elapsed = async () => ((await (await fetch(`${api}/asked/clock`)).json()) as { elapsedSeconds: number }).elapsedSeconds;
  const ask = async () => (await (await fetch(`${pods}/p`)).json()) as { metadata: { resourceVersion: string }; status: { phase: string } };
  const first = await ask();
  expect(await ask()).toEqual(first);
  expect(await elapsed()).toBe(0);
  const seen = [await ask()];
  while (seen.at(-1)?.status.phase !== 'Running') seen.push(await ask());
  // Every question but the first two has an answer of its own.
  const versions = [first, ...seen].map((pod) => pod.metadata.resourceVersion);
  expect(new Set(versions).size).toBe(versions.length);
  await ask();
  const stood = await elapsed();
  // Nothing more comes; the clock goes on for those who ask, by a minute.
  await ask();
  expect(await elapsed()).toBe(stood + 60);
});

it('kubectl get --raw explains an object', async () => {
  const api = `${service.url}/v1/clusters`;
  const headers = { 'Content-Type': 'application/json' };
  await fetch(api, { method: 'POST', headers, body: JSON.stringify({ name: 'explained' }) });
  const spec = { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '64' } } }] };
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'big' }, spec };
  await fetch(`${api}/explained/manifests`, { method: 'POST', headers, body: JSON.stringify(manifest) });
  const [kubectl] = findKubectls();
  if (kubectl === undefined) throw new Error('there is no kubectl');
  const shell = createShell(kubectl, await (await fetch(`${api}/explained/kubeconfig`)).text());
  try {
    const { stdout, stderr } = await shell.run('kubectl get --raw /clusters/explained/explain/pods/default/big');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Not scheduled: .* 64 of cpu/);
    expect(stdout).toMatch(/^ {2}see {6}https:\/\/kubernetes\.io\/docs\//m);
    expect((await shell.run('kubectl get --raw /clusters/explained/explain/nodes/node-1')).stdout).not.toBe('');
    expect((await shell.run('kubectl get --raw /clusters/explained/explain/pods/default/none')).stderr).toContain('pods "none" not found');
    expect((await shell.run('kubectl get --raw /clusters/explained/explain/pods')).stderr).toContain('write /explain/pods/NAMESPACE/NAME');
  } finally {
    shell.remove();
  }
});
