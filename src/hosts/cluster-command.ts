// Commands about clusters: of a service that runs (`--server`, ORRERY_SERVER, or the one that has the data folder), or, without one, of a data folder, which a
// service in this process opens for the time of the command.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Connection, mistakesOf, OrreryProblem, ServiceUnreachable } from '../client/connection.ts';
import { CLUSTER_COMMANDS, type ClusterCommand } from './cluster-commands.ts';
import { ConfigError } from './config.ts';
import { textOf, type Values } from './flags.ts';
import { startOrrery } from './library.ts';
import { addressOf } from './service-address.ts';
import { readTokenFile } from './token-file.ts';

const text = { type: 'string' } as const;

/** Flags of every command here. */
export const COMMON_FLAGS = { server: text, token: text, data: text, output: { type: 'string', short: 'o' } } as const;

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
  const opened = await openConnection(values, environment, command.needsService);
  try {
    const { value, lines, isBad = false } = await command.run({ connection: opened.connection, positionals, values });
    if (values['output'] === 'json') out.log(JSON.stringify(value, null, 2));
    else for (const line of lines) out.log(line);
    return isBad ? 1 : 0;
  } catch (error) {
    if (error instanceof ServiceUnreachable) out.error(error.message);
    else if (error instanceof OrreryProblem) for (const line of linesOf(error)) out.error(line);
    else throw error;
    return 1;
  } finally {
    await opened.close();
  }
}

/** How one of the commands is called, and what it does. */
export function clusterCommandHelp(name: string): string {
  const { usage, help, options = {} } = CLUSTER_COMMANDS[name] as ClusterCommand;
  const flags = (table: NonNullable<ParseArgsConfig['options']>) =>
    Object.entries(table)
      .map(([flag, { short }]) => (short === undefined ? `--${flag}` : `--${flag} (-${short})`))
      .join(', ');
  return [
    `Usage: orrery ${`${name} ${usage}`.trimEnd()}`,
    '',
    help,
    '',
    ...(Object.keys(options).length === 0 ? [] : [`Flags: ${flags(options)}.`]),
    `Flags of all such commands: ${flags(COMMON_FLAGS)}. --output json is for scripts.`,
  ].join('\n');
}

/** Single mistakes are indented below what is wrong. */
function linesOf(error: OrreryProblem): string[] {
  return mistakesOf(error).map((line, index) => (index === 0 ? line : `  ${line}`));
}

function readFlags(name: string, { usage, options }: ClusterCommand, args: readonly string[]) {
  const wanted = usage.match(/<[^>]+>/g)?.length ?? 0;
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ...COMMON_FLAGS, ...options } });
    if (positionals.length < wanted) throw new Error('an argument is missing');
    return { values: values as Values, positionals };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nUsage: orrery ${name} ${usage}`.trimEnd());
  }
}

/** A service to ask: the one that is named, the one that has the data folder, or, unless it must outlive the command, one in this process. Fails: ConfigError. */
export async function openConnection(
  values: Values,
  environment: NodeJS.ProcessEnv,
  mustLast = false,
): Promise<{ readonly connection: Connection; readonly close: () => Promise<void> }> {
  const data = textOf(values['data']) ?? environment['ORRERY_DATA'] ?? './data';
  const named = textOf(values['server']) ?? environment['ORRERY_SERVER'];
  const server = named ?? (await serviceOf(data));
  const file = environment['ORRERY_TOKEN_FILE'];
  const token = textOf(values['token']) ?? (environment['ORRERY_TOKEN'] || (file ? readTokenFile(file) : undefined));
  if (server !== undefined) {
    if (!/^https?:\/\/./.test(server))
      throw new ConfigError(`--server takes an address such as http://127.0.0.1:8080, not ${JSON.stringify(server)}.`);
    return { connection: { url: server.replace(/\/+$/, ''), token }, close: async () => {} };
  }
  if (mustLast)
    throw new ConfigError(
      `No service runs on the folder ${data}, and the address of one that ends with this command would be of no use. Start one (orrery serve, or orrery up), or name it with --server.`,
    );
  const service = await startOrrery({ data });
  return { connection: { url: service.url, token: undefined }, close: () => service.close() };
}

/** The service that has a folder, if one does. */
async function serviceOf(folder: string): Promise<string | undefined> {
  const url = addressOf(folder);
  const isThere =
    url !== undefined &&
    (await fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    ));
  return isThere ? url : undefined;
}
