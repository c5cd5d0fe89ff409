// The service that the clients talk to: the built one, as a process of its own, with a data folder that goes with it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from '../../../scripts/build.mjs';
import { CLIENTS } from './tools.mjs';

/** Starts it, with flags of `serve`. Fails: when it ends before it says its address. */
export async function startService(flags = []) {
  await buildIfNeeded();
  const data = mkdtempSync(join(tmpdir(), 'orrery-clients-'));
  const command = [
    join(CLIENTS, '..', '..', 'dist', 'hosts', 'cli.js'),
    'serve',
    '--port',
    '0',
    '--data',
    data,
    '--log-level',
    'warn',
    ...flags,
  ];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const found = /https?:\/\/\S+/.exec(printed);
      if (found !== null) resolve(found[0]);
    });
    ended.then((code) => reject(new Error(`the service ended with ${code} before it said its address: ${printed}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { url, stop };
}
