// k9s in a terminal: tmux types and reads the screen.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { goProgram, goVersion, run } from '../support/tools.mjs';

const SCREEN_MS = 30_000;

export const clients = [
  {
    name: 'k9s',
    version: goVersion('github.com/derailed/k9s'),
    covers: 'tables that follow, describe, YAML, logs, a shell in a container, scale, a filter, deletion, typed into a terminal',
    prepare: async () => {
      await run('tmux', ['-V']);
      return goProgram('k9s', 'github.com/derailed/k9s');
    },
    run: async (t, k9s) => {
      // A person looks on.
      await t.useCluster({ startTime: 'now', clock: { mode: 'running', rate: 5 } });
      await t.run('kubectl', ['create', 'deployment', 'web', '--image=nginx:1.27', '--replicas=2']);
      await t.run('kubectl', ['wait', '--for=condition=Available', 'deployment/web', '--timeout=60s']);
      const terminal = new Terminal(t);
      try {
        await terminal.open([k9s, '--headless', '-n', 'default', '-c', 'deploy']);
        await session(t, terminal);
      } finally {
        await terminal.close();
      }
    },
  },
];

async function session(t, terminal) {
  await t.step('a table', () => terminal.shows(/deployments\(default\)\[1\]/, /web +2\/2 +2 +2/));
  await t.step('scale', async () => {
    await terminal.type('s');
    await terminal.shows(/Scale/, /Replicas/);
    await terminal.type('BSpace', '3', 'Tab', 'Enter');
    await terminal.shows(/web +3\/3 +3 +3/);
  });
  await t.step('down to the pods', async () => {
    await terminal.type('Enter');
    await terminal.shows(/pods\(.*\)\[3\]/i, /web-\S+ .*1\/1 +Running/);
  });
  await t.step('describe', async () => {
    await terminal.type('d');
    await terminal.shows(/Describe\(default\/web-/, /Service Account: +default/, /Controlled By: +ReplicaSet\/web-/);
    await terminal.type('Escape');
  });
  await t.step('YAML', async () => {
    await terminal.type('y');
    await terminal.shows(/YAML\(default\/web-/, /apiVersion: v1/, /generateName: web-/);
    await terminal.type('Escape');
  });
  await t.step('a shell in a container', async () => {
    await terminal.type('s');
    await terminal.shows(/<<K9s-Shell>>/, /[#$] *$/m);
    await terminal.type('echo $((6*7)) from $HOSTNAME', 'Enter');
    await terminal.shows(/42 from web-/);
    await terminal.type('curl -s localhost | grep title', 'Enter');
    await terminal.shows(/Welcome to nginx!/);
    await terminal.type('exit', 'Enter');
    await terminal.shows(/\[3\]/, /Running/);
  });
  await t.step('logs', async () => {
    await terminal.type('l');
    await terminal.shows(/Logs\(default\/web-/, /"GET \/ HTTP\/1\.1" 200/);
    await terminal.type('Escape');
  });
  await t.step('deletion: the pod goes and another one comes', async () => {
    const before = await t.names('/api/v1/namespaces/default/pods');
    await terminal.type('C-d');
    await terminal.shows(/Delete/, /Cancel/);
    await terminal.type('Tab', 'Enter');
    await until(async () => (await t.names('/api/v1/namespaces/default/pods')).some((name) => !before.includes(name)), 'a new pod');
  });
  await t.step('another resource, with a filter', async () => {
    await terminal.type(':', 'nodes', 'Enter');
    await terminal.shows(/Nodes\(all\)\[3\]/i, /node-1 +Ready/);
    await terminal.type('/', 'node-2', 'Enter');
    await terminal.shows(/Nodes\(all\)\[1\].*node-2/i);
  });
}

class Terminal {
  constructor(scenario) {
    this.scenario = scenario;
    this.socket = `${scenario.place}/tmux`;
  }

  tmux(...args) {
    return this.scenario.run('tmux', ['-S', this.socket, '-f', '/dev/null', ...args], {
      env: { TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
    });
  }

  async open(command) {
    await this.tmux('new-session', '-d', '-x', '180', '-y', '45', command.join(' '));
  }

  close() {
    return this.tmux('kill-server').catch(() => undefined);
  }

  /** Types words, or presses keys by tmux's names. */
  async type(...words) {
    for (const word of words) {
      await this.tmux('send-keys', word);
      await sleep(150);
    }
  }

  /** Waits until the screen shows all of it. */
  async shows(...patterns) {
    let screen = '';
    await until(
      async () => {
        screen = await this.tmux('capture-pane', '-p');
        return patterns.every((pattern) => pattern.test(screen));
      },
      () => `${patterns.join(', ')} on the screen:\n${screen}`,
    );
  }
}

async function until(holds, what) {
  for (const end = Date.now() + SCREEN_MS; Date.now() < end; await sleep(100)) if (await holds()) return;
  assert.fail(`there is not ${typeof what === 'string' ? what : what()}`);
}
