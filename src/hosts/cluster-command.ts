// Commands about clusters: of a service that runs (`--server`, ORRERY_SERVER), or, without one, of a data folder, which a service in this process opens for the
// time of the command.

import { readFileSync, writeFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ask, askJson, type Connection, jsonRequest, OrreryProblem, type Schemas, withQuery, yamlRequest } from '../client/connection.ts';
import { ConfigError } from './config.ts';
import { startOrrery } from './library.ts';
import { readTokenFile } from './token-file.ts';

interface Call {
  readonly connection: Connection;
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** What a command gives: data for scripts, and lines for people. */
interface Told {
  readonly value: unknown;
  readonly lines: readonly string[];
  readonly isBad?: boolean;
}

interface ClusterCommand {
  /** Arguments as the help shows them; those in brackets may be left out. */
  readonly usage: string;
  readonly help: string;
  readonly options?: ParseArgsConfig['options'];
  run(call: Call): Promise<Told>;
}

const text = { type: 'string' } as const;

/** Flags of every command here. */
const COMMON = { server: text, token: text, data: text, output: { type: 'string', short: 'o' } } as const;

export const CLUSTER_COMMANDS: Readonly<Record<string, ClusterCommand>> = {
  clusters: {
    usage: '',
    help: 'List the clusters.',
    async run({ connection }) {
      const items: Schemas['Cluster'][] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await askJson<{ items: Schemas['Cluster'][]; nextCursor?: string }>(connection, withQuery('/v1/clusters', { cursor }));
        items.push(...page.items);
        cursor = page.nextCursor;
        if (cursor === undefined) break;
      }
      const rows = items.map((item) => [item.name, item.now, clockText(item.clock), String(item.nodes), String(item.objects)]);
      return { value: { items }, lines: table([['NAME', 'NOW', 'CLOCK', 'NODES', 'OBJECTS'], ...rows]) };
    },
  },
  create: {
    usage: '[name]',
    help: 'Make a cluster; --file takes the body of POST /v1/clusters.',
    options: { nodes: text, seed: text, rate: text, file: text },
    async run({ connection, positionals: [name], values: { nodes, seed, rate, file } }) {
      const body = {
        ...(file === undefined ? {} : (JSON.parse(readFileSync(String(file), 'utf8')) as object)),
        ...(name === undefined ? {} : { name }),
        ...(nodes === undefined ? {} : { nodes: numberOf('--nodes', nodes) }),
        ...(seed === undefined ? {} : { seed: numberOf('--seed', seed) }),
        ...(rate === undefined ? {} : { clock: { mode: 'running', rate: rate === 'auto' ? rate : numberOf('--rate', rate) } }),
      };
      const value = await askJson<Schemas['Cluster']>(connection, '/v1/clusters', jsonRequest('POST', body));
      return { value, lines: [`cluster ${value.name} created`] };
    },
  },
  delete: {
    usage: '<cluster>',
    help: 'Delete a cluster.',
    async run({ connection, positionals: [name = ''] }) {
      await ask(connection, pathOf(name), { method: 'DELETE' });
      return { value: { name }, lines: [`cluster ${name} deleted`] };
    },
  },
  kubeconfig: {
    usage: '<cluster>',
    help: 'Print a kubeconfig; --at gives that of a moment, --user and --group that of a user.',
    options: { at: text, user: text, group: text },
    async run({ connection, positionals: [name = ''], values: { at, user, group } }) {
      const query = { at: textOf(at), user: textOf(user), group: textOf(group) };
      const value = await (await ask(connection, withQuery(`${pathOf(name)}/kubeconfig`, query))).text();
      return { value, lines: [value.trimEnd()] };
    },
  },
  apply: {
    usage: '<cluster> <file or ->',
    help: 'Hand manifests to a cluster.',
    options: { namespace: { type: 'string', short: 'n' } },
    async run({ connection, positionals: [name = '', file = '-'], values: { namespace } }) {
      const body = readFileSync(file === '-' ? 0 : file, 'utf8');
      const path = withQuery(`${pathOf(name)}/manifests`, { namespace: textOf(namespace) });
      const value = await askJson<Schemas['ManifestResults']>(connection, path, yamlRequest('POST', body));
      return { value, lines: value.items.map((item) => `${item.kind.toLowerCase()}/${item.name} ${item.action}`) };
    },
  },
  advance: {
    usage: '<cluster> [duration]',
    help: 'Turn the clock: by a duration, --steps, or --until idle or a condition such as condition=Available --on deployment/web.',
    options: {
      steps: text,
      until: text,
      on: text,
      selector: { type: 'string', short: 'l' },
      namespace: { type: 'string', short: 'n' },
      timeout: text,
    },
    async run({ connection, positionals: [name = '', by], values }) {
      const value = await askJson<Schemas['AdvanceResult']>(
        connection,
        `${pathOf(name)}/clock/advance`,
        jsonRequest('POST', goalOf(by, values)),
      );
      const lines = [`${value.from} → ${value.now}, ${value.watchEvents} changes${value.reached ? '' : ', not reached'}`];
      if (value.nearest !== undefined) lines.push(`  ${value.nearest.resource}/${value.nearest.name}: ${value.nearest.state}`);
      for (const { sentence } of value.explanation ?? []) lines.push(`  ${sentence}`);
      return { value, lines, isBad: !value.reached };
    },
  },
  why: {
    usage: '<cluster> <resource/name>',
    help: 'Say why an object is as it is; --at explains the past.',
    options: { at: text, namespace: { type: 'string', short: 'n' } },
    async run({ connection, positionals: [name = '', object = ''], values: { at, namespace } }) {
      const [resource, of] = object.split('/');
      if (of === undefined) throw new ConfigError(`why takes resource/name, such as pods/web, not ${JSON.stringify(object)}.`);
      const query = { resource, name: of, at: textOf(at), namespace: textOf(namespace) };
      const value = await askJson<Schemas['Explanation']>(connection, withQuery(`${pathOf(name)}/explain`, query));
      const lines = value.findings.flatMap(({ sentence, wouldChange }) => [
        sentence,
        ...(wouldChange === undefined ? [] : [`  ${wouldChange}`]),
      ]);
      return { value, lines };
    },
  },
  fork: {
    usage: '<cluster> [name]',
    help: 'Make a cluster that goes on from now, or from --at.',
    options: { at: text },
    async run({ connection, positionals: [cluster = '', name], values: { at } }) {
      const body = { ...(name === undefined ? {} : { name }), ...(at === undefined ? {} : { at }) };
      const value = await askJson<Schemas['Cluster']>(connection, `${pathOf(cluster)}/forks`, jsonRequest('POST', body));
      return { value, lines: [`cluster ${value.name} forked from ${cluster} at ${value.now}`] };
    },
  },
  rewind: {
    usage: '<cluster> <moment>',
    help: 'Go back in place, to a time, a revision (rv:123) or a command (command:45).',
    async run({ connection, positionals: [cluster = '', to = ''] }) {
      const value = await askJson<object>(connection, `${pathOf(cluster)}/rewind`, jsonRequest('POST', { to }));
      return { value, lines: [`cluster ${cluster} is back at ${to}`] };
    },
  },
  export: {
    usage: '<cluster> [file]',
    help: 'Write a recording that makes the cluster again, anywhere.',
    async run({ connection, positionals: [cluster = '', file] }) {
      const value = await (await ask(connection, `${pathOf(cluster)}/export`)).text();
      if (file === undefined) return { value, lines: [value.trimEnd()] };
      writeFileSync(file, value);
      return { value: { file }, lines: [`wrote ${file}`] };
    },
  },
  import: {
    usage: '<file> [name]',
    help: 'Make a cluster from a recording.',
    async run({ connection, positionals: [file = '', name] }) {
      const sent = { method: 'POST', body: readFileSync(file, 'utf8'), headers: { 'Content-Type': RECORDING_TYPE } };
      const value = await askJson<{ name?: string }>(connection, withQuery('/v1/clusters/import', { name }), sent);
      return { value, lines: [`cluster ${value.name ?? name ?? ''} imported`] };
    },
  },
};

const RECORDING_TYPE = 'application/x-ndjson';

/** Where a command writes. */
export interface Console {
  log(line: string): void;
  error(line: string): void;
}

/** Runs one of the commands; the exit code. */
export async function runClusterCommand(
  name: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  out: Console = console,
): Promise<number> {
  const command = CLUSTER_COMMANDS[name] as ClusterCommand;
  const { values, positionals } = readFlags(name, command, args);
  const opened = await openConnection(values, environment);
  try {
    const { value, lines, isBad = false } = await command.run({ connection: opened.connection, positionals, values });
    if (values['output'] === 'json') out.log(JSON.stringify(value, null, 2));
    else for (const line of lines) out.log(line);
    return isBad ? 1 : 0;
  } catch (error) {
    if (!(error instanceof OrreryProblem)) throw error;
    out.error(error.message);
    for (const { message } of error.problem.errors ?? []) out.error(`  ${message}`);
    return 1;
  } finally {
    await opened.close();
  }
}

function readFlags(name: string, { usage, options }: ClusterCommand, args: readonly string[]) {
  const wanted = usage.match(/<[^>]+>/g)?.length ?? 0;
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ...COMMON, ...options } });
    if (positionals.length < wanted) throw new Error('an argument is missing');
    return { values: values as Call['values'], positionals };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nUsage: orrery ${name} ${usage}`.trimEnd());
  }
}

async function openConnection(
  values: Call['values'],
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly connection: Connection; readonly close: () => Promise<void> }> {
  const server = textOf(values['server']) ?? environment['ORRERY_SERVER'];
  const file = environment['ORRERY_TOKEN_FILE'];
  const token = textOf(values['token']) ?? (environment['ORRERY_TOKEN'] || (file ? readTokenFile(file) : undefined));
  if (server !== undefined) return { connection: { url: server.replace(/\/+$/, ''), token }, close: async () => {} };
  const data = textOf(values['data']) ?? environment['ORRERY_DATA'] ?? './data';
  const service = await startOrrery({ data });
  return { connection: { url: service.url, token: undefined }, close: () => service.close() };
}

function goalOf(by: string | undefined, { steps, until, on, selector, namespace, timeout }: Call['values']): object {
  const limit = timeout === undefined ? {} : { timeout };
  if (steps !== undefined) return { steps: numberOf('--steps', steps) };
  if (until === 'idle') return { until, ...limit };
  if (until === undefined) {
    if (by === undefined) throw new ConfigError('advance takes a duration such as 30s, --steps, or --until.');
    return { by };
  }
  const [resource, name] = textOf(on)?.split('/') ?? [];
  return {
    until: {
      for: until,
      ...(resource === undefined ? {} : { resource }),
      ...(name === undefined ? {} : { name }),
      ...(selector === undefined ? {} : { selector }),
      ...(namespace === undefined ? {} : { namespace }),
    },
    ...limit,
  };
}

function pathOf(cluster: string): string {
  return `/v1/clusters/${encodeURIComponent(cluster)}`;
}

function textOf(value: string | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function numberOf(flag: string, value: string | boolean): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new ConfigError(`${flag} takes a number, not ${JSON.stringify(value)}.`);
  return number;
}

function clockText({ mode, rate }: Schemas['ClockState']): string {
  return mode === 'manual' ? mode : `× ${rate ?? 1}`;
}

/** Rows in columns, as kubectl prints them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
