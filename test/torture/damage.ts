// Damage of the data folder: one file at a time is cut, flipped, filled with noise, removed, swapped or replaced by an old one. After a restart each cluster is
// exactly what was acknowledged, or says that it is broken; never something else.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf, runCommand, serve, type Served } from './served.ts';

export interface DamageFigures {
  damages: number;
  /** Clusters that said that they are broken, or had to be recovered. */
  said: number;
  /** What was silently wrong, a line each; empty unless there is a bug. */
  readonly wrong: string[];
}

type Random = (bound: number) => number;

const CLUSTERS = ['a', 'b', 'c'];

/** Each takes a folder and one of its files; its name is told when something is wrong. */
const KINDS: Readonly<Record<string, (file: string, random: Random, others: readonly string[]) => void>> = {
  'cut to nothing': (file) => truncateSync(file, 0),
  cut: (file, random) => truncateSync(file, random(Math.max(statSync(file).size, 1))),
  'a byte flipped': (file, random) => {
    const bytes = readFileSync(file);
    if (bytes.length === 0) return;
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + random(255));
    writeFileSync(file, bytes);
  },
  noise: (file, random) => {
    const bytes = readFileSync(file);
    const at = random(Math.max(bytes.length, 1));
    for (let index = at; index < Math.min(at + 4_096, bytes.length); index += 1) bytes[index] = random(256);
    writeFileSync(file, bytes);
  },
  removed: (file) => rmSync(file),
  'swapped with another': (file, random, others) => {
    const other = others[random(Math.max(others.length, 1))];
    if (other === undefined) return;
    renameSync(file, `${file}.kept`);
    renameSync(other, file);
    renameSync(`${file}.kept`, other);
  },
  'replaced by another': (file, random, others) => {
    const other = others[random(Math.max(others.length, 1))];
    if (other !== undefined) copyFileSync(other, file);
  },
};

/** What a cluster answers, or that it is broken. */
async function stateOf(url: string, cluster: string): Promise<string> {
  const info = await fetch(`${url}/v1/clusters/${cluster}`);
  const text = await info.text();
  if (info.status === 503 && text.includes('"cluster-broken"')) return 'broken';
  if (info.status !== 200) return `${info.status} ${text.slice(0, 200)}`;
  const { digest, resourceVersion, elapsedSeconds } = JSON.parse(text) as Record<string, unknown>;
  const lists = await Promise.all(
    ['pods', 'configmaps', 'events', 'nodes'].map(async (resource) => {
      const answer = await fetch(`${url}/clusters/${cluster}/api/v1/${resource}`);
      const body = await answer.text();
      return answer.status === 503 && body.includes('broken') ? 'broken' : body;
    }),
  );
  return lists.includes('broken') ? 'broken' : JSON.stringify([digest, resourceVersion, elapsedSeconds, lists]);
}

async function prepare(served: Served): Promise<void> {
  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(served.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  for (const cluster of CLUSTERS) {
    await send('/v1/clusters', { name: cluster, seed: cluster.charCodeAt(0), nodes: 2 });
    const pod = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    });
    const maps = Array.from({ length: 40 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `m${index}` },
      data: { cluster },
    }));
    await send(`/v1/clusters/${cluster}/manifests`, [pod('p1'), pod('p2'), ...maps]);
    await send(`/v1/clusters/${cluster}/clock/advance`, { by: 90 });
  }
}

/** All files of a folder that hold data, as paths. */
function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return names.filter((path) => statSync(path).isFile() && !path.endsWith('lock')).sort();
}

/** Starts on the folder; a directory that cannot be read is recovered as the service says. */
async function startAnyhow(folder: string, figures: DamageFigures): Promise<Served | string> {
  const served = await serve(folder, 0);
  if (typeof served !== 'string') return served;
  figures.said += 1;
  const { code, said } = runCommand('recover', '--data', folder);
  return code === 0 ? serve(folder, 0) : `${served}; ${said}`;
}

/** Damages copies of a folder again and again. */
export async function damageAgainAndAgain(damages: number, seed: number, tell: (line: string) => void = () => {}): Promise<DamageFigures> {
  const root = mkdtempSync(join(tmpdir(), 'orrery-damage-'));
  const [source, copy] = [join(root, 'source'), join(root, 'copy')];
  const figures: DamageFigures = { damages: 0, said: 0, wrong: [] };
  const random = randomOf(seed);
  try {
    const first = (await serve(source, 0)) as Served;
    await prepare(first);
    const wanted = new Map<string, string>();
    for (const cluster of CLUSTERS) wanted.set(cluster, await stateOf(first.url, cluster));
    // Killed, so that there are write-ahead logs as well.
    await first.end('SIGKILL');
    const kinds = Object.entries(KINDS);
    while (figures.damages < damages) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(source, copy, { recursive: true });
      const files = filesOf(copy);
      const file = files[random(files.length)] as string;
      const [kind, damage] = kinds[figures.damages % kinds.length] as (typeof kinds)[number];
      const ending = /\.sqlite.*$/.exec(file)?.[0] ?? '';
      damage(
        file,
        random,
        files.filter((other) => other !== file && other.endsWith(ending)),
      );
      figures.damages += 1;
      const what = `${file.slice(copy.length + 1)} ${kind} (damage ${figures.damages})`;
      const served = await startAnyhow(copy, figures);
      if (typeof served === 'string') {
        figures.wrong.push(`${what}: cannot be recovered: ${served.slice(0, 300)}`);
        continue;
      }
      for (const cluster of CLUSTERS) {
        const state = await stateOf(served.url, cluster);
        if (state === 'broken') figures.said += 1;
        else if (state !== wanted.get(cluster)) figures.wrong.push(`${what}: ${cluster} is ${state.slice(0, 200)}`);
      }
      await served.end('SIGTERM');
      if (figures.damages % 20 === 0) tell(`${figures.damages} damages, ${figures.said} said, ${figures.wrong.length} silently wrong`);
    }
  } finally {
    if (existsSync(root)) rmSync(root, { recursive: true, force: true });
  }
  return figures;
}
