// Instances of workerd for tests: the real program, on loopback, with folders of their own.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorker } from '../../scripts/build-workerd.mjs';
import { startWorkerd, type WorkerdCluster } from '../../scripts/workerd-instance.mjs';

const BUNDLES = fileURLToPath(new URL('../.bundles/', import.meta.url));

/** Bundles the worker, or another one that is a test's; the page with it takes longer. */
export async function workerBundle(entry = 'src/hosts/workerd/worker.ts', hasPage = false): Promise<string> {
  const file = join(BUNDLES, `${entry.replaceAll('/', '-')}-${hasPage}-${process.pid}.js`);
  await bundleWorker({ outfile: file, entry, hasPage });
  return file;
}

export interface Instance {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly exited: Promise<unknown>;
  /** Ends it with a signal, and waits for that. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Ends what goes on in objects, as before a signal. */
  drain(): Promise<void>;
  /** Ends it as `npm run workerd` does when it gets a signal, and waits for that. */
  handOver(): Promise<void>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

export interface InstanceOptions {
  readonly worker: string;
  /** Of an instance that was there before. */
  readonly folder?: string;
  readonly token?: string;
  readonly fronts?: number;
  readonly defaultCluster?: string;
  readonly idleMs?: number;
  readonly takingMs?: number;
  /** False: answers are not checked against their schemas. */
  readonly checksAnswers?: boolean;
  readonly cluster?: WorkerdCluster;
}

export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const {
    worker,
    token = '',
    fronts = 1,
    defaultCluster = '',
    idleMs,
    takingMs,
    checksAnswers = true,
    cluster,
    folder = mkdtempSync(join(tmpdir(), 'orrery-workerd-')),
  } = options;
  const {
    url,
    child,
    drain,
    end: handOver,
  } = await startWorkerd({
    folder,
    worker,
    address: '127.0.0.1:0',
    bindings: {
      TOKEN: token,
      FRONT_COUNT: String(fronts),
      DEFAULT_CLUSTER: defaultCluster,
      CHECKS_ANSWERS: { json: checksAnswers },
      ...(idleMs === undefined ? {} : { IDLE_MS: { json: idleMs } }),
      ...(takingMs === undefined ? {} : { TAKING_MS: { json: takingMs } }),
    },
    ...(cluster === undefined ? {} : { cluster }),
  });
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return {
    url,
    folder,
    pid: child.pid ?? 0,
    exited,
    signal: (signal) => void child.kill(signal),
    end,
    drain,
    async handOver() {
      await handOver();
      await exited;
    },
    async remove() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
