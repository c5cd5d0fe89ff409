// kube-rs: its client, its watchers, and a controller of a custom resource that is derived from a type.

import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS, cached, run } from '../support/tools.mjs';

const FILES = ['Cargo.toml', 'Cargo.lock', 'src/main.rs', 'src/controller.rs'].map((file) => `kube-rs/${file}`);

export const clients = [
  {
    name: 'kube-rs',
    version: /name = "kube"\nversion = "(.*)"/.exec(readFileSync(join(CLIENTS, 'kube-rs', 'Cargo.lock'), 'utf8'))[1],
    covers:
      'aggregated discovery, typed API, waits for conditions, all patches, scale, logs, exec with input and status, port-forward, watcher and reflector, eviction, a derived CRD by server-side apply, a controller with children and a finalizer',
    prepare: async () => {
      const make = async (folder) => {
        const target = join(folder, 'target');
        await run('cargo', ['build', '--quiet', '--locked', '--target-dir', target], { cwd: join(CLIENTS, 'kube-rs') });
        copyFileSync(join(target, 'debug', 'kube-rs-scenario'), join(folder, 'scenario'));
        rmSync(target, { recursive: true });
      };
      return join(await cached('kube-rs', FILES, make, await run('rustc', ['--version'])), 'scenario');
    },
    run: async (scenario, program) => {
      await scenario.useCluster();
      await scenario.runProgram(program, []);
    },
  },
];
