// client-go, and an operator with controller-runtime whose tests are those that kubebuilder makes: envtest with a cluster that exists.

import { join } from 'node:path';
import { CLIENTS, goProgram, goVersion } from '../support/tools.mjs';

const PASSED = /^--- PASS: (\S+)/gm;

function client(name, module, folder, covers, flags = [], more = async () => {}) {
  return {
    name,
    version: goVersion(module),
    covers,
    prepare: () => goProgram(`${folder}.test`, `./${folder}`, { test: true }),
    run: async (scenario, path) => {
      const cwd = join(CLIENTS, 'go', folder);
      await scenario.useCluster();
      await scenario.runProgram(path, ['-test.v', '-test.failfast', ...flags], { pattern: PASSED, cwd });
      await more(scenario, path, cwd);
    },
  };
}

/** Tests that make clusters of their own, whose clocks go on with their clients; no other name begins with their letter. */
const LOCKSTEP = 'Lockstep';

function runLockstep(scenario, path, cwd) {
  return scenario.runProgram(path, ['-test.v', '-test.run', LOCKSTEP], { pattern: PASSED, cwd, env: { ORRERY_URL: scenario.url } });
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
    'an operator as of kubebuilder: CRD with rules, finalizer, owned Deployment, status conditions, Events, defaulting, validating and conversion webhooks on loopback, leader election of two managers, its envtest suite; ten runs in lockstep with the clock, one digest',
    ['-test.run', '^Test[^L]'],
    runLockstep,
  ),
];
