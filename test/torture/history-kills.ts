// kill -9 during forks and rewinds: after each kill every fork that was acknowledged is there and is what it was, one that was being made is there as a whole or not
// at all, and a cluster that was being rewound is where it was, or where it was to go, with what came after beside it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf, serve, type Served } from './served.ts';

export interface HistoryFigures {
  kills: number;
  forks: number;
  rewinds: number;
  /** Of what was being done when the process died: how often it was found done, and not done. */
  readonly pending: { done: number; undone: number };
  readonly wrong: string[];
}

const ROOT = 'root';

/** What is known of the clusters. */
interface Model {
  /** Digest of every cluster that was acknowledged. */
  readonly digests: Map<string, string>;
  /** Digests behind the commands of the root, from the first on. */
  commands: string[];
  pending:
    | { readonly fork: string; readonly digest: string }
    | { readonly to: number; readonly before: string }
    | { readonly write: true }
    | undefined;
  serial: number;
}

async function ask(url: string, method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/v1/clusters${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function commandsOf(url: string): Promise<string[]> {
  const { body } = await ask(url, 'GET', `/${ROOT}/commands?limit=500`);
  return (body['items'] as { digest: string }[]).map(({ digest }) => digest);
}

async function write(url: string, model: Model): Promise<void> {
  model.pending = { write: true };
  const name = `o${(model.serial += 1)}`;
  await ask(url, 'POST', `/${ROOT}/manifests`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { text: 'x'.repeat(500) },
  });
  await ask(url, 'POST', `/${ROOT}/clock/advance`, { by: 10 });
  model.commands = await commandsOf(url);
  model.digests.set(ROOT, model.commands.at(-1) ?? '');
}

async function fork(url: string, model: Model, random: (bound: number) => number, figures: HistoryFigures): Promise<void> {
  const number = 1 + random(model.commands.length);
  const name = `f${(model.serial += 1)}`;
  const digest = model.commands[number - 1] ?? '';
  model.pending = { fork: name, digest };
  const { status, body } = await ask(url, 'POST', `/${ROOT}/forks`, { name, at: `command:${number}` });
  if (status !== 201) return void figures.wrong.push(`fork ${name} is answered with ${status} ${JSON.stringify(body)}`);
  if (body['digest'] !== digest) figures.wrong.push(`fork ${name} at command ${number} has another digest`);
  model.digests.set(name, digest);
  figures.forks += 1;
}

async function rewind(url: string, model: Model, random: (bound: number) => number, figures: HistoryFigures): Promise<void> {
  const to = Math.max(1, model.commands.length - random(4));
  const before = model.digests.get(ROOT) ?? '';
  model.pending = { to, before };
  const { status, body } = await ask(url, 'POST', `/${ROOT}/rewind`, { to: `command:${to}` });
  if (status !== 200) return void figures.wrong.push(`a rewind is answered with ${status} ${JSON.stringify(body)}`);
  // What came after has the name that the answer gives it.
  const { cluster, kept } = body as { cluster: { digest: string }; kept: { name: string } };
  model.digests.set(kept.name, before);
  model.digests.set(ROOT, cluster.digest);
  if (cluster.digest !== model.commands[to - 1]) figures.wrong.push(`a rewind to command ${to} has another digest`);
  model.commands = model.commands.slice(0, to);
  figures.rewinds += 1;
}

async function clusterDigests(url: string): Promise<Map<string, string>> {
  const { body } = await ask(url, 'GET', '?limit=500');
  return new Map(
    (body['items'] as { name: string; digest?: string; problem?: string }[]).map((item) => [
      item.name,
      item.digest ?? `broken: ${item.problem}`,
    ]),
  );
}

async function work(url: string, model: Model, random: (bound: number) => number, figures: HistoryFigures): Promise<void> {
  try {
    for (let turn = 0; ; turn += 1) {
      if (turn % 3 === 0 || model.commands.length < 4) await write(url, model);
      else if (turn % 3 === 1) await fork(url, model, random, figures);
      else await rewind(url, model, random, figures);
      model.pending = undefined;
    }
  } catch {
    // The service is gone.
  }
}

async function verify(url: string, model: Model, figures: HistoryFigures): Promise<void> {
  const { pending, digests } = model;
  model.pending = undefined;
  const found = await clusterDigests(url);
  const settle = (isDone: boolean) => void (figures.pending[isDone ? 'done' : 'undone'] += 1);
  const fresh = [...found].filter(([name]) => !digests.has(name));
  let isNewAllowed = false;
  if (pending !== undefined && 'fork' in pending) {
    const digest = found.get(pending.fork);
    settle(digest !== undefined);
    isNewAllowed = digest === pending.digest;
  } else if (pending !== undefined && 'to' in pending) {
    const target = model.commands[pending.to - 1];
    const now = found.get(ROOT);
    const isDone = fresh.length > 0;
    settle(isDone);
    // What came after is beside it exactly when it was done.
    isNewAllowed = isDone && fresh.length === 1 && fresh[0]?.[1] === pending.before && now === target;
    if (isNewAllowed || (now === target && target === pending.before)) digests.set(ROOT, target ?? '');
  } else if (pending !== undefined) digests.set(ROOT, found.get(ROOT) ?? '');
  if (fresh.length > 0 && !isNewAllowed)
    figures.wrong.push(
      `nobody was told of ${JSON.stringify(fresh)}, pending ${JSON.stringify(pending)}, the root is ${found.get(ROOT)}, its commands were ${JSON.stringify(model.commands)}`,
    );
  for (const [name, digest] of digests)
    if (found.get(name) !== digest)
      figures.wrong.push(`${name} is ${found.get(name)}, ${digest} was acknowledged, pending ${JSON.stringify(pending)}`);
  for (const [name, digest] of fresh) digests.set(name, digest);
  // What a list says is what the files say.
  for (const name of digests.keys()) {
    const { status, body } = await ask(url, 'GET', `/${name}`);
    if (status !== 200 || body['digest'] !== digests.get(name))
      figures.wrong.push(`${name} is answered with ${status} ${JSON.stringify(body)}`);
  }
  await thinOut(url, model);
  model.commands = await commandsOf(url);
}

/** Deletes forks, parents of others among them. */
async function thinOut(url: string, { digests }: Model): Promise<void> {
  for (const name of [...digests.keys()].filter((other) => other !== ROOT).slice(0, Math.max(0, digests.size - 8))) {
    await ask(url, 'DELETE', `/${name}`);
    digests.delete(name);
  }
}

/** Kills the service again and again. */
export async function killDuringHistory(kills: number, seed: number): Promise<HistoryFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-torture-'));
  const figures: HistoryFigures = { kills: 0, forks: 0, rewinds: 0, pending: { done: 0, undone: 0 }, wrong: [] };
  const model: Model = { digests: new Map(), commands: [], pending: undefined, serial: 0 };
  const random = randomOf(seed);
  try {
    for (let kill = 0; kill <= kills; kill += 1) {
      const served = await started(folder, kill % 2 === 0 ? 0 : 2);
      if (kill === 0) {
        await ask(served.url, 'POST', '', { name: ROOT, nodes: 2 });
        await write(served.url, model);
        model.pending = undefined;
      } else await verify(served.url, model, figures);
      if (kill === kills) {
        await served.end('SIGTERM');
        break;
      }
      const goal = figures.rewinds + 1;
      const working = work(served.url, model, random, figures);
      // Each kind has been done once; the kill comes at any moment after it.
      while (figures.rewinds < goal && figures.wrong.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, random(100)));
      await served.end('SIGKILL');
      await working;
      figures.kills += 1;
    }
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
