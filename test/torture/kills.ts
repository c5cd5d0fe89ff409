// kill -9 under load: clients write to clusters of their own and remember what was acknowledged; after each kill everything acknowledged is there, nothing
// is there that nobody asked for, and what was being asked for when the process died is there as a whole or not at all.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { randomOf, serve, type Served } from './served.ts';

export interface KillFigures {
  kills: number;
  acknowledged: number;
  /** What was wrong after a kill, a line each; empty unless there is a bug. */
  readonly wrong: string[];
}

interface Kept {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly text: string;
}

/** What a client knows of its cluster. */
interface Model {
  readonly cluster: string;
  exists: boolean;
  /** ConfigMaps by name. */
  readonly objects: Map<string, Kept>;
  /** Virtual seconds that were acknowledged. */
  elapsedSeconds: number;
  isRunning: boolean;
  /** What was sent and not answered: names that it touches, or the cluster as a whole. */
  pending: { readonly names: readonly string[]; readonly cluster?: 'create' | 'delete'; readonly clock?: true } | undefined;
  serial: number;
}

type Random = (bound: number) => number;

const KILL_AFTER_ACKNOWLEDGED_MIN = 6;

const JSON_TYPE = { 'Content-Type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(url: string, method: string, path: string, body?: unknown, type = JSON_TYPE['Content-Type']): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': type } }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const configMap = (name: string, text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text } });
const pathOf = (model: Model, name = '') =>
  `/clusters/${model.cluster}/api/v1/namespaces/default/configmaps${name === '' ? '' : `/${name}`}`;

function keep(model: Model, { body }: Answer): void {
  const { metadata, data } = body as { metadata: { name: string; uid: string; resourceVersion: string }; data: { text: string } };
  model.objects.set(metadata.name, { uid: metadata.uid, resourceVersion: metadata.resourceVersion, text: data.text });
}

type Action = (url: string, model: Model, random: Random) => Promise<number>;

/** Each resolves to the status of its answer, and writes down what was acknowledged. */
const ACTIONS: readonly Action[] = [
  async function create(url, model, random) {
    const name = `o${(model.serial += 1)}`;
    model.pending = { names: [name] };
    const answer = await ask(url, 'POST', pathOf(model), configMap(name, 'x'.repeat(random(2_000))));
    if (answer.status === 201) keep(model, answer);
    return answer.status;
  },
  async function patch(url, model, random) {
    const name = [...model.objects.keys()][random(Math.max(model.objects.size, 1))];
    if (name === undefined) return 0;
    model.pending = { names: [name] };
    const answer = await ask(
      url,
      'PATCH',
      pathOf(model, name),
      { data: { text: `patched ${random(1e9)}` } },
      'application/merge-patch+json',
    );
    if (answer.status === 200) keep(model, answer);
    return answer.status;
  },
  async function remove(url, model, random) {
    const name = [...model.objects.keys()][random(Math.max(model.objects.size, 1))];
    if (name === undefined || random(3) > 0) return 0;
    model.pending = { names: [name] };
    const { status } = await ask(url, 'DELETE', pathOf(model, name));
    if (status === 200) model.objects.delete(name);
    return status;
  },
  async function apply(url, model) {
    const names = [1, 2, 3].map(() => `o${(model.serial += 1)}`);
    model.pending = { names };
    const { status } = await ask(
      url,
      'POST',
      `/v1/clusters/${model.cluster}/manifests`,
      names.map((name) => configMap(name, 'applied')),
    );
    // Who applied does not know the objects yet.
    for (const name of status === 200 ? names : []) keep(model, await ask(url, 'GET', pathOf(model, name)));
    return status;
  },
  async function crash(url, model) {
    model.pending = { names: [] };
    const annotations = { 'orrery.sim/behavior.c': '{"run": {"for": "2s", "exitCode": 1}}' };
    const metadata = { name: `p${(model.serial += 1)}`, annotations };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    return (await ask(url, 'POST', `/clusters/${model.cluster}/api/v1/namespaces/default/pods`, pod)).status;
  },
  async function advance(url, model, random) {
    if (model.isRunning) return 0;
    model.pending = { names: [] };
    const answer = await ask(url, 'POST', `/v1/clusters/${model.cluster}/clock/advance`, { by: 1 + random(30) });
    if (answer.status === 200) model.elapsedSeconds = answer.body['elapsedSeconds'] as number;
    return answer.status;
  },
  async function clock(url, model, random) {
    if (random(4) > 0) return 0;
    model.pending = { names: [], clock: true };
    const mode = model.isRunning ? { mode: 'manual' } : { mode: 'running', rate: 50 };
    const { status } = await ask(url, 'PUT', `/v1/clusters/${model.cluster}/clock`, mode);
    if (status === 200) model.isRunning = !model.isRunning;
    return status;
  },
  async function exec(url, model) {
    model.pending = { names: [] };
    const isOpen = await execOnce(
      `${url.replace('http', 'ws')}/clusters/${model.cluster}/api/v1/namespaces/default/pods/shell/exec?command=touch&command=/tmp/a&stdout=true`,
    );
    return isOpen ? 200 : 0;
  },
  async function replace(url, model, random) {
    if (random(12) > 0) return 0;
    model.pending = { names: [], cluster: 'delete' };
    const { status } = await ask(url, 'DELETE', `/v1/clusters/${model.cluster}`);
    if (status !== 204) return status;
    forget(model);
    return createCluster(url, model);
  },
];

function forget(model: Model): void {
  model.objects.clear();
  Object.assign(model, { exists: false, elapsedSeconds: 0, isRunning: false });
}

async function createCluster(url: string, model: Model): Promise<number> {
  model.pending = { names: [], cluster: 'create' };
  const { status } = await ask(url, 'POST', '/v1/clusters', { name: model.cluster, nodes: 2 });
  if (status === 201) model.exists = true;
  return status;
}

/** Whether the command ran; a cluster that was made again has no pod for it. */
function execOnce(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, ['v5.channel.k8s.io']);
    let isOpen = false;
    socket.on('open', () => (isOpen = true));
    socket.on('close', () => resolve(isOpen));
    socket.on('unexpected-response', () => (socket.terminate(), resolve(false)));
    socket.on('error', reject);
  });
}

/** Works until the service is gone. */
async function work(url: string, model: Model, random: Random, figures: KillFigures): Promise<void> {
  for (;;) {
    try {
      const action = ACTIONS[random(ACTIONS.length)] as Action;
      const status = model.exists ? await action(url, model, random) : await createCluster(url, model);
      if (status >= 500) figures.wrong.push(`${model.cluster}: ${action.name} is answered with ${status}`);
      if (status >= 200 && status < 300) figures.acknowledged += 1;
      model.pending = undefined;
    } catch {
      return;
    }
  }
}

/** Compares a cluster with what was acknowledged; what was pending may have been done, and is taken over as it is. */
async function verify(url: string, model: Model, wrong: string[]): Promise<void> {
  const { pending, cluster } = model;
  const complain = (text: string): void => void wrong.push(`${cluster}: ${text}`);
  const info = await ask(url, 'GET', `/v1/clusters/${cluster}`);
  if (pending?.cluster === 'delete' && info.status === 404) forget(model);
  if (pending?.cluster === 'create' && info.status === 200) model.exists = true;
  model.pending = undefined;
  if (info.status !== (model.exists ? 200 : 404))
    return complain(`GET says ${info.status}, ${model.exists ? 'there' : 'not there'} was acknowledged`);
  if (!model.exists) return;
  const { elapsedSeconds, clock } = info.body as { elapsedSeconds: number; clock: { mode: string } };
  if (elapsedSeconds < model.elapsedSeconds) complain(`its clock went back from ${model.elapsedSeconds} to ${elapsedSeconds}`);
  // A look at a running clock acknowledges nothing: time in which nothing happens is stored with the next change.
  if (clock.mode === 'manual') model.elapsedSeconds = elapsedSeconds;
  if (pending?.clock !== true && (clock.mode === 'running') !== model.isRunning) complain(`its clock is ${clock.mode}`);
  model.isRunning = clock.mode === 'running';
  const list = await ask(url, 'GET', pathOf(model));
  const found = new Map<string, Answer>();
  for (const item of list.body['items'] as readonly { metadata: { name: string } }[])
    if (item.metadata.name !== 'kube-root-ca.crt') found.set(item.metadata.name, { status: 200, body: item as never });
  const touched = new Set(pending?.names);
  for (const name of new Set([...found.keys(), ...model.objects.keys()])) {
    const kept = model.objects.get(name);
    model.objects.delete(name);
    const answer = found.get(name);
    if (answer !== undefined) keep(model, answer);
    const now = model.objects.get(name);
    if (!touched.has(name) && JSON.stringify(kept) !== JSON.stringify(now))
      complain(`${name} is ${JSON.stringify(now)?.slice(0, 200)}, ${JSON.stringify(kept)?.slice(0, 200)} was acknowledged`);
  }
  const created = (pending?.names ?? []).filter((name) => found.has(name)).length;
  if ((pending?.names.length ?? 0) > 1 && created !== 0 && created !== pending?.names.length)
    complain(`${created} of a batch of three are there`);
}

/** A pod for commands in containers. */
async function prepare(url: string, model: Model): Promise<void> {
  await createCluster(url, model);
  const spec = { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000000'] }] };
  await ask(url, 'POST', `/clusters/${model.cluster}/api/v1/namespaces/default/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shell' },
    spec,
  });
  const { body } = await ask(url, 'POST', `/v1/clusters/${model.cluster}/clock/advance`, { by: 60 });
  model.elapsedSeconds = body['elapsedSeconds'] as number;
  model.pending = undefined;
}

/** Kills the service again and again. */
export async function killAgainAndAgain(kills: number, seed: number, tell: (line: string) => void = () => {}): Promise<KillFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-torture-'));
  const figures: KillFigures = { kills: 0, acknowledged: 0, wrong: [] };
  const random = randomOf(seed);
  const models = ['a', 'b', 'c', 'd'].map(
    (cluster): Model => ({
      cluster,
      exists: false,
      objects: new Map(),
      elapsedSeconds: 0,
      isRunning: false,
      pending: undefined,
      serial: 0,
    }),
  );
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const served = await started(folder, kill % 2 === 0 ? 0 : 2);
      for (const model of models) {
        if (kill === 0) await prepare(served.url, model);
        else await verify(served.url, model, figures.wrong);
      }
      const ready = await fetch(`${served.url}/readyz`);
      if (ready.status !== 200) figures.wrong.push(`/readyz says ${ready.status}`);
      const working = models.map((model, index) => work(served.url, model, randomOf(seed * 1_000 + kill * 10 + index), figures));
      // However fast the machine is, it has begun to acknowledge; the kill comes at any moment after it.
      const goal = figures.acknowledged + KILL_AFTER_ACKNOWLEDGED_MIN + random(20);
      while (figures.acknowledged < goal && figures.wrong.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      await new Promise((resolve) => setTimeout(resolve, random(40)));
      await served.end('SIGKILL');
      await Promise.all(working);
      figures.kills += 1;
      if (figures.kills % 20 === 0) tell(`${figures.kills} kills, ${figures.acknowledged} acknowledged, ${figures.wrong.length} wrong`);
    }
    const last = await started(folder, 0);
    for (const model of models) await verify(last.url, model, figures.wrong);
    await last.end('SIGTERM');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

async function started(folder: string, workers: number): Promise<Served> {
  const served = await serve(folder, workers);
  if (typeof served === 'string') throw new Error(`the service does not start: ${served}`);
  return served;
}
