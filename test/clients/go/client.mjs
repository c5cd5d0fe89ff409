// client-go, and an operator with controller-runtime whose tests are those that kubebuilder makes: envtest with a cluster that exists.

import { join } from 'node:path';
import { CLIENTS, goProgram, goVersion } from '../support/tools.mjs';

function client(name, module, folder, covers) {
  return {
    name,
    version: goVersion(module),
    covers,
    prepare: () => goProgram(`${folder}.test`, `./${folder}`, { test: true }),
    run: async (scenario, path) => {
      await scenario.useCluster();
      await scenario.runProgram(path, ['-test.v', '-test.failfast'], { pattern: /^--- PASS: (\S+)/gm, cwd: join(CLIENTS, 'go', folder) });
    },
  };
}

export const clients = [
  client(
    'client-go',
    'k8s.io/client-go',
    'clientgo',
    'typed client in protobuf, shared and dynamic informers, metadata, discovery and mapper, scale, retries of conflicts, server-side apply and extraction, exec by WebSocket and SPDY, logs, port-forward by SPDY and its tunnel, tokens, impersonation, leader election, pages, collections',
  ),
  client(
    'controller-runtime',
    'sigs.k8s.io/controller-runtime',
    'operator',
    'an operator as of kubebuilder: CRD with rules, finalizer, owned Deployment, status conditions, Events, defaulting and validating webhooks on loopback, leader election of two managers, its envtest suite',
  ),
];
