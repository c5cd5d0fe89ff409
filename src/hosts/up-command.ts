// `orrery up`: a service, a first cluster and its kubeconfig in one go; or a cluster for each student of a class.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ask, askJson, type Connection, jsonRequest, OrreryProblem, type Schemas } from '../client/connection.ts';
import { FLAGS } from './commands.ts';
import { ConfigError, readConfig } from './config.ts';
import { newTokenText } from './token-file.ts';
import { readVersion } from './package-facts.ts';

const STUDENTS_MAX = 1_000;
const OWN = Object.keys(FLAGS.up) as readonly (keyof typeof FLAGS.up)[];

/** Runs the command; the process goes on until it is stopped. */
export async function runUp(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<undefined> {
  const { own, rest } = split(args);
  const students = own.students === undefined ? 0 : Number(own.students);
  if (!Number.isInteger(students) || students < 0 || students > STUDENTS_MAX)
    throw new ConfigError(`--students takes a whole number up to ${STUDENTS_MAX}, not ${JSON.stringify(own.students)}.`);
  const config = readConfig(rest, environment);
  const { serve } = await import('./node.ts');
  const service = await serve(config, readVersion());
  console.log(`Orrery listens on ${service.url}`);
  if (service.token.isNew) console.log(newTokenText(service.token.token, config.tokenFile));
  const connection = { url: service.url, token: service.token.token };
  const width = String(students).length;
  const names =
    students === 0
      ? [own.name ?? 'demo']
      : Array.from({ length: students }, (_, index) => `${own.name ?? 'student'}-${String(index + 1).padStart(width, '0')}`);
  for (const name of names) await present(connection, name, own);
  const place = await writeKubeconfigs(connection, names, own.kubeconfig);
  console.log(
    students === 0
      ? `Cluster ${names[0]}, and its kubeconfig:`
      : `${students} clusters, ${names[0]} to ${names.at(-1)}, and their kubeconfigs:`,
  );
  console.log(`\n  export KUBECONFIG=${students === 0 ? place : join(place, `${names[0]}.kubeconfig`)}\n  kubectl get nodes\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void service.close().then(() => process.exit(0)));
}

type Own = Partial<Record<(typeof OWN)[number], string>>;

/** Flags of this command, and those of `orrery serve`. */
function split(args: readonly string[]): { readonly own: Own; readonly rest: readonly string[] } {
  const own: Own = {};
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const [, name = '', value] = /^--([a-z]+)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    const key = OWN.find((one) => one === name);
    if (key === undefined) rest.push(args[index] ?? '');
    else if (value !== undefined) own[key] = value;
    else {
      index += 1;
      const next = args[index];
      if (next === undefined) throw new ConfigError(`--${key} needs a value.`);
      own[key] = next;
    }
  }
  return { own, rest };
}

/** Makes a cluster unless it is there. Its clock runs while somebody waits, so that kubectl feels as it does on a real cluster. */
async function present(connection: Connection, name: string, { nodes = '3', rate = 'auto' }: Own): Promise<void> {
  const clock = rate === 'manual' ? { mode: 'manual' } : { mode: 'running', rate: rate === 'auto' ? rate : Number(rate) };
  try {
    await askJson<Schemas['Cluster']>(connection, '/v1/clusters', jsonRequest('POST', { name, nodes: Number(nodes), clock }));
  } catch (error) {
    if (!(error instanceof OrreryProblem)) throw error;
    if (error.problem.code !== 'cluster-exists') throw new ConfigError(error.message);
  }
}

/** Where the kubeconfigs are: the file of one, the folder of several. */
async function writeKubeconfigs(connection: Connection, names: readonly string[], asked: string | undefined): Promise<string> {
  const [only] = names;
  const isOne = names.length === 1;
  const place = resolve(asked ?? (isOne ? `${only}.kubeconfig` : 'kubeconfigs'));
  if (!isOne) mkdirSync(place, { recursive: true });
  for (const name of names) {
    const text = await (await ask(connection, `/v1/clusters/${name}/kubeconfig`)).text();
    writeFileSync(isOne ? place : join(place, `${name}.kubeconfig`), text, { mode: 0o600 });
  }
  return place;
}
