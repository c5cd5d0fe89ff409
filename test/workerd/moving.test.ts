// Clusters move from a data folder into the runtime and back by the commands that operate.md names.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClusterCommand } from '../../src/hosts/cluster-command.ts';
import { type Orrery, startOrrery } from '../../src/hosts/library.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const NAMES = ['a', 'b', 'c', 'fork'];

let folder: string;
let instance: Instance;
const services: Orrery[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-moving-'));
  instance = await startInstance({ worker: await workerBundle(), fronts: 5 });
}, 120_000);
afterAll(async () => {
  await Promise.all([instance.remove(), ...services.map((service) => service.close())]);
  rmSync(folder, { recursive: true, force: true });
});

async function orrery(url: string, ...[name = '', ...args]: readonly string[]): Promise<string> {
  const out: string[] = [];
  const sink = (line: string): void => void out.push(line);
  const code = await runClusterCommand(name, [...args, '--server', url], {}, { log: sink, error: sink });
  expect([code, out.join('\n')]).toEqual([0, expect.any(String)]);
  return out.join('\n');
}

async function startService(): Promise<string> {
  const service = await startOrrery();
  services.push(service);
  return service.url;
}

async function digestsOf(url: string): Promise<string> {
  const { items } = (await (await fetch(`${url}/v1/clusters`)).json()) as {
    items: readonly { name: string; digest: string; now: string }[];
  };
  return items.map(({ name, digest, now }) => `${name} ${digest} ${now}`).join('\n');
}

it('all clusters of a service go into the runtime, and from there into another service', async () => {
  const before = await startService();
  for (const name of NAMES.slice(0, 3)) await orrery(before, 'create', name, '--seed', '7');
  await orrery(before, 'advance', 'b', '2h');
  await orrery(before, 'fork', 'b', 'fork', '--at', '2025-01-01T01:00:00Z');
  await orrery(before, 'advance', 'fork', '3h');
  const wanted = await digestsOf(before);
  await orrery(before, 'export', '--all', join(folder, 'out'));
  await orrery(instance.url, 'import', join(folder, 'out'));
  expect(await digestsOf(instance.url)).toBe(wanted);
  await orrery(instance.url, 'export', '--all', join(folder, 'back'));
  const after = await startService();
  await orrery(after, 'import', join(folder, 'back'));
  expect(await digestsOf(after)).toBe(wanted);
}, 120_000);
