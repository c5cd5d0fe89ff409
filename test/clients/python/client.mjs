// Three libraries of Python: the official client, the operator framework kopf, and kr8s.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS, cached, run } from '../support/tools.mjs';

const REQUIREMENTS = 'python/requirements.txt';

let installation;

/** One environment for all of them; its folder. */
function environment() {
  installation ??= run('python3', ['--version']).then((version) =>
    cached(
      'python',
      [REQUIREMENTS],
      async (folder) => {
        await run('python3', ['-m', 'venv', folder]);
        const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '-r', join(CLIENTS, REQUIREMENTS)];
        await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...options]);
      },
      version,
    ),
  );
  return installation;
}

const pins = readFileSync(join(CLIENTS, REQUIREMENTS), 'utf8');

/** `lockstep`: a program that makes clusters of its own, whose clocks go on with their clients. */
function client(name, program, covers, lockstep) {
  return {
    name,
    version: new RegExp(`^${name.split(' ').at(-1)}==(.*)$`, 'm').exec(pins)[1],
    covers,
    prepare: environment,
    run: async (scenario, folder) => {
      const path = `${join(folder, 'bin')}:${process.env.PATH}`;
      const env = { PATH: path, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ORRERY_URL: scenario.url };
      await scenario.useCluster();
      for (const one of [program, ...(lockstep === undefined ? [] : [lockstep])])
        await scenario.runProgram(join(folder, 'bin', 'python'), [join(CLIENTS, 'python', one)], { env });
    },
  };
}

export const clients = [
  client(
    'Python kubernetes',
    'official.py',
    'create, read, replace, delete, all kinds of patches, conflicts and refusals, watch with restart, rollouts, scale, logs and follow, exec with input, port-forward, eviction, create_from_yaml, dynamic client, custom objects, tokens and access reviews, leader election',
  ),
  client(
    'kopf',
    'kopf_scenario.py',
    'an operator with a CRD: handlers of creation, change, fields and deletion with finalizers, retries, a timer, a daemon, indexes, children with owners, Events, status, a validating and a mutating webhook on loopback, peering; ten runs in lockstep with the clock, one digest',
    'lockstep_scenario.py',
  ),
  client(
    'kr8s',
    'kr8s_scenario.py',
    'objects with wait, scale, patch, label, annotate, exec, logs, port-forward, watch, cordon, custom classes, tables, owners, the asynchronous API',
  ),
];
