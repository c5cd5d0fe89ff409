// Ansible with kubernetes.core: the engine and the Python client from requirements.txt; the collection is taken out of the package `ansible`, which has many.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS, cached, run } from '../support/tools.mjs';

const REQUIREMENTS = 'ansible/requirements.txt';
/** The package that has the collection, and the collection's version in it. */
const BUNDLE = 'ansible==12.3.0';
const COLLECTION = '6.2.0';

const UNPACK = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as bundle:
    bundle.extractall(sys.argv[2], [name for name in bundle.namelist() if name.startswith('ansible_collections/kubernetes/core/')])`;

async function install(folder) {
  await run('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin', 'python');
  const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check'];
  await run(python, [...pip, 'install', '--no-deps', '-r', join(CLIENTS, REQUIREMENTS)]);
  const wheels = join(folder, 'wheels');
  await run(python, [...pip, 'download', '--no-deps', '--dest', wheels, BUNDLE]);
  await run(python, ['-c', UNPACK, join(wheels, readdirSync(wheels)[0]), join(folder, 'collections')]);
}

export const clients = [
  {
    name: 'Ansible kubernetes.core',
    version: COLLECTION,
    covers:
      'k8s with waits, check mode, apply, server-side apply, merge types, templates; k8s_info, scale, JSON patch, exec, cp, log, rollback, drain, taint, cluster_info; what is refused',
    prepare: async () => cached('ansible', [REQUIREMENTS], install, `${BUNDLE} ${await run('python3', ['--version'])}`),
    run: async (scenario, folder) => {
      await scenario.useCluster();
      const python = join(folder, 'bin', 'python');
      const words = ['-i', 'localhost,', '-e', `ansible_python_interpreter=${python}`, join(CLIENTS, 'ansible', 'playbook.yaml')];
      const env = {
        K8S_AUTH_KUBECONFIG: scenario.env.KUBECONFIG,
        ANSIBLE_COLLECTIONS_PATH: join(folder, 'collections'),
        ANSIBLE_LOCALHOST_WARNING: 'false',
        ANSIBLE_NOCOLOR: 'true',
        LC_ALL: 'C.UTF-8',
      };
      // Tasks with a name are the steps; the others look at what they did.
      const pattern = /^TASK \[([a-z][^\].]*)\] \**$/gm;
      await scenario.runProgram(join(folder, 'bin', 'ansible-playbook'), words, { env, pattern, timeout: 300_000 });
    },
  },
];
