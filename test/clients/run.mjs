// `npm run test:clients`: the programs and libraries that people use with Kubernetes, each at a pinned version, do with a service what their users do.
// Names after it run only those clients; `--write` writes docs/compatibility.md from the runs, and without it the document must say what happened.

import { clients as ansible } from './ansible/client.mjs';
import { clients as clientNode } from './client-node/client.mjs';
import { clients as fabric8 } from './fabric8/client.mjs';
import { clients as go } from './go/client.mjs';
import { clients as helm } from './helm/client.mjs';
import { clients as k9s } from './k9s/client.mjs';
import { clients as kubectl } from './kubectl/client.mjs';
import { clients as kubeRs } from './kube-rs/client.mjs';
import { clients as kustomize } from './kustomize/client.mjs';
import { clients as python } from './python/client.mjs';
import { Scenario } from './support/scenario.mjs';
import { startService } from './support/service.mjs';
import { outdated, rowOf, writeRows } from './support/table.mjs';

const CLIENTS = [...kubectl, ...clientNode, ...helm, ...go, ...python, ...kustomize, ...k9s, ...kubeRs, ...fabric8, ...ansible];

const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const chosen = asked.length === 0 ? CLIENTS : CLIENTS.filter(({ name }) => asked.includes(name));
const unknown = asked.filter((name) => !CLIENTS.some((client) => client.name === name));
if (unknown.length > 0) fail(`No such client: ${unknown.join(', ')}. There are: ${CLIENTS.map(({ name }) => name).join(', ')}.`);

const service = await startService();
const rows = [];
let failed = 0;
// A client runs as soon as it is here, one at a time, while others are still built.
let turn = Promise.resolve();
await Promise.all(
  chosen.map(async (client) => {
    const prepared = await prepare(client);
    turn = turn.then(() => tell(client, prepared));
    await turn;
  }),
);
await service.stop();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
if (process.argv.includes('--write')) {
  const names = CLIENTS.map(({ name }) => name);
  writeRows(rows, names);
} else if (failed === 0 && outdated(rows).length > 0) {
  fail(`docs/compatibility.md does not say what happened; npm run test:clients -- --write does.\n${outdated(rows).join('\n')}`);
}
process.exit(failed === 0 ? 0 : 1);

/** What the client's `prepare` gave: a value, or the error. */
async function prepare(client) {
  const startedMs = Date.now();
  const result = await client.prepare().then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  if (seconds > 0) console.log(`        ${client.name} ${client.version}: here after ${seconds} s`);
  return result;
}

/** Runs the scenario and prints what came of it. */
async function tell(client, prepared) {
  const startedMs = Date.now();
  const { held, problem } = await runClient(client, prepared);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  rows.push(rowOf(client, held, problem));
  if (problem === undefined) console.log(`ok      ${client.name} ${client.version}: ${held.length} steps in ${seconds} s`);
  else console.log(`FAILED  ${client.name} ${client.version}: after ${held.length} steps\n${problem}`);
  if (problem !== undefined) failed += 1;
}

async function runClient(client, { value, error }) {
  const scenario = new Scenario(service.url, client.name);
  try {
    if (error !== undefined) throw error;
    await client.run(scenario, value);
    if (scenario.held.length === 0) throw new Error('the scenario has no steps');
    return { held: scenario.held };
  } catch (problem) {
    return { held: scenario.held, problem: problem.message };
  } finally {
    scenario.close();
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
