// One instance of workerd as a process: its configuration in its folder, beside the disk of its objects.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerdConfig } from './workerd-config.mjs';

/** The program, which the package brings for each system. */
const PROGRAM = createRequire(import.meta.url)('workerd').default;

/** Wall time within which objects see that the instance is about to end, some times what drain.ts has. */
const DRAIN_MS = 500;

/**
 * Starts an instance whose files are in `folder`, with the bundle at `worker`; resolves with its URL, its process and what ends it when it listens. Fails: when it ends
 * before that, with what it said.
 */
export async function startWorkerd({ folder, worker, address, bindings, cluster, stdio = 'pipe', env = process.env }) {
  const disk = join(folder, 'objects');
  mkdirSync(disk, { recursive: true });
  copyFileSync(worker, join(folder, 'worker.js'));
  const config = join(folder, 'config.capnp');
  // It may hold the secret of the instances.
  const drainKey = randomBytes(32).toString('hex');
  const bound = { ...bindings, DRAIN_KEY: drainKey };
  writeFileSync(config, workerdConfig({ worker: 'worker.js', disk, address, bindings: bound, cluster }), { mode: 0o600 });
  const experimental = cluster === undefined ? [] : ['--experimental'];
  const child = spawn(PROGRAM, ['serve', ...experimental, '--control-fd=3', config], { stdio: ['ignore', stdio, stdio, 'pipe'], env });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => said.push(bytes));
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdio[3] }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.event === 'listen' && message.socket === 'http') resolve(message.port);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code}: ${Buffer.concat(said).toString()}`)));
  });
  const host = address.replace(/:\d+$/, '');
  const url = `http://${host === '0.0.0.0' || host === '*' ? '127.0.0.1' : host}:${port}`;
  /** Ends what goes on in objects, and would keep them from being handed over at once. */
  const drain = async () => {
    const signal = AbortSignal.timeout(DRAIN_MS);
    const told = fetch(`${url}/.drain`, { method: 'POST', headers: { authorization: `Bearer ${drainKey}` }, signal });
    const { ok } = await told.catch(() => ({ ok: false }));
    if (ok) await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
  };
  const end = async () => {
    await drain();
    child.kill('SIGTERM');
  };
  return { url, child, drain, end };
}
