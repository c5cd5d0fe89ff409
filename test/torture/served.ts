// A real service as a process, which can be killed and started again on its folder.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { programFile } from '../support/program.ts';

const START_MS_MAX = 60_000;

export interface Served {
  readonly url: string;
  /** Ends the process at once (`kill -9`), or in an orderly way. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts `orrery serve`; the text that it ended with when it did not start. */
export async function serve(folder: string, workers: number): Promise<Served | string> {
  const child: ChildProcess = spawn(
    process.execPath,
    [programFile(), 'serve', '--port', '0', '--data', folder, '--workers', String(workers), '--log-level', 'error'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string | undefined>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the service does not start: ${errors}`)), START_MS_MAX);
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      const address = /Orrery listens on (\S+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    void ended.then(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
  if (url === undefined) return errors;
  return {
    url,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Runs another command of the service on a folder; its exit code and what it said. */
export function runCommand(...args: readonly string[]): { readonly code: number; readonly said: string } {
  const run = spawnSync(process.execPath, [programFile(), ...args], { encoding: 'utf8' });
  return { code: run.status ?? -1, said: `${run.stdout}${run.stderr}` };
}

/** Random numbers that a seed gives again. Source: mulberry32. */
export function randomOf(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
