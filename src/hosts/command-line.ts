// The command line: which command is meant, and what it says when it fails.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandName, FLAGS } from './commands.ts';
import { type Config, ConfigError, readConfig, SETTINGS } from './config.ts';
import type { FolderReport } from './folder-commands.ts';
import { StartError } from './start-error.ts';
import { CERT_FILE } from './tls-files.ts';
import { newTokenText, type ServiceToken } from './token-file.ts';
import { readVersion } from './package-facts.ts';

/** Commands of cluster-command.ts, which is loaded when one is asked for. */
export const CLUSTER_COMMAND_NAMES = [
  'clusters',
  'create',
  'delete',
  'kubeconfig',
  'apply',
  'advance',
  'clock',
  'fault',
  'why',
  'commands',
  'diff',
  'fork',
  'rewind',
  'export',
  'import',
];

/** Gives the exit code, or undefined when the process goes on by itself. */
type RunCommand = (args: readonly string[]) => Promise<number | undefined> | undefined;

const OWN_COMMANDS: Readonly<Record<CommandName, RunCommand>> = {
  serve: runServe,
  // Only when they are asked for, so that other commands load neither a database nor an engine.
  check: async (args) => print((await import('./folder-commands.ts')).runCheck(args)),
  recover: async (args) => print((await import('./folder-commands.ts')).runRecover(args)),
  openapi: runOpenapi,
  healthcheck: async (args) => print(await (await import('./healthcheck-command.ts')).runHealthcheck(args, process.env)),
  explore: async (args) => (await import('./explore-command.ts')).runExplore(args),
  up: async (args) => (await import('./up-command.ts')).runUp(args, process.env),
  test: async (args) => (await import('./test-command.ts')).runTest(args),
  mcp: async (args) => (await import('./mcp-command.ts')).runMcp(args, process.env),
  completion: async ([shell]) => {
    process.stdout.write((await import('./completion-command.ts')).completionOf(shell));
    return 0;
  },
};

const COMMANDS: Readonly<Record<string, RunCommand>> = {
  ...OWN_COMMANDS,
  ...Object.fromEntries(
    CLUSTER_COMMAND_NAMES.map((name): [string, RunCommand] => [
      name,
      async (args) => (await import('./cluster-command.ts')).runClusterCommand(name, args, process.env),
    ]),
  ),
};

/** Runs the command line; resolves to the exit code, or to undefined when the process goes on by itself. */
export async function runCommandLine(args: readonly string[]): Promise<number | undefined> {
  const [name = '', ...rest] = args;
  if (name === '--version' || name === '-v') {
    console.log(readVersion());
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help' || rest.includes('--help') || rest.includes('-h')) {
    console.log(CLUSTER_COMMAND_NAMES.includes(name) ? (await import('./cluster-command.ts')).clusterCommandHelp(name) : helpText());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(name === '' ? 'A command is missing.' : `There is no command ${JSON.stringify(name)}.`);
    console.error(`\n${helpText()}`);
    return 2;
  }
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
    console.error(error.message);
    return error instanceof ConfigError ? 2 : 1;
  }
}

function print({ lines, exitCode }: FolderReport): number {
  for (const line of lines) console.log(line);
  return exitCode;
}

async function runServe(args: readonly string[]): Promise<undefined> {
  const config = readConfig(args, process.env);
  // Only now, so that other commands need no database.
  const { serve } = await import('./node.ts');
  const server = await serve(config, readVersion());
  console.log(`Orrery listens on ${server.url}`);
  if (server.token.isNew) console.log(newTokenText(server.token.token, config.tokenFile));
  console.log(nextSteps(server.url, config, server.token));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void server.close().then(() => process.exit(0));
    });
  }
}

async function runOpenapi(args: readonly string[]): Promise<undefined> {
  const { output } = parseOpenapiFlags(args);
  const { serviceDocument } = await import('../http/rest/document.ts');
  const text = `${JSON.stringify(serviceDocument(readVersion()), null, 2)}\n`;
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(output, text);
}

function parseOpenapiFlags(args: readonly string[]): { output?: string } {
  try {
    return parseArgs({ args: [...args], options: FLAGS.openapi, strict: true }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function nextSteps(url: string, { tls, data, tokenFile }: Config, { token, isNew }: ServiceToken): string {
  const trust = tls?.kind === 'self-signed' ? ` --cacert ${join(data, CERT_FILE)}` : '';
  const header = `${trust}${token === undefined ? '' : ` -H "Authorization: Bearer $ORRERY_TOKEN"`}`;
  // Whoever gave the token has it in the variable already.
  const setToken = tokenFile === undefined || token === undefined ? [] : [`  export ORRERY_TOKEN=${isNew ? token : `$(cat ${tokenFile})`}`];
  return [
    '',
    `  Web page      ${url}/`,
    `  API reference ${url}/docs`,
    '',
    'A first cluster, and kubectl for it:',
    '',
    ...setToken,
    `  curl${header} -X POST ${url}/v1/clusters --json '{"name": "demo"}'`,
    `  curl${header} ${url}/v1/clusters/demo/kubeconfig > demo.kubeconfig`,
    '  kubectl --kubeconfig demo.kubeconfig get nodes',
    '',
    'Time stands still until you move it:',
    '',
    `  curl${header} -X POST ${url}/v1/clusters/demo/clock/advance --json '{"by": "30s"}'`,
  ].join('\n');
}

function helpText(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => {
    const fallback = setting.fallback === undefined ? 'none' : setting.fallback;
    return `  ${`--${name} ${setting.value}`.padEnd(22)} ${setting.help}\n${' '.repeat(25)}${setting.variable}, default: ${fallback}`;
  });
  return [
    'Orrery: a clockwork model of Kubernetes, as a service.',
    '',
    'Usage:',
    '  orrery serve [flags]                 Start the service.',
    '  orrery up [--name demo] [--nodes 3] [--rate auto] [--students 30] [--kubeconfig <file or folder>] [flags of serve]',
    '                                       Start the service with a cluster, or one for each student, and write kubeconfigs.',
    '  orrery clusters | create [name] | delete <cluster> | kubeconfig <cluster> | apply <cluster> <file>',
    '  orrery advance <cluster> [duration] [--steps 10] [--until idle] [--until condition=Available --on deployment/web]',
    '  orrery clock <cluster> [manual, auto or a rate] | fault <cluster> [type] [target] [--for 10m]',
    '  orrery why <cluster> <resource/name> | commands <cluster> | diff <cluster> [from] [to] [--with other]',
    '  orrery fork <cluster> [name] [--at moment] | rewind <cluster> <moment> | export <cluster> [file] | import <file> [name]',
    '  orrery import --kubeconfig <file> [--context <name>] [name] | kubectl get … -A -o yaml | orrery import - [name]',
    '                                       Of a service (--server, ORRERY_SERVER, or the one that has the data folder), or',
    '                                       without one of a data folder (--data). Each has a --help of its own.',
    '  orrery check [--data <folder>] [--replay]',
    '                                       Say what is damaged in a data folder; exit code 1 when something is.',
    '  orrery recover [--data <folder>] [--accept <cluster>]',
    '                                       Make a damaged directory anew from the files of the clusters; accept a cluster as its file has it.',
    '  orrery test [files and folders]      Run scenario files: exit code 1 when something does not hold. --report <file.xml or .json>,',
    '                                       --output json, --jobs <number>, --set <path=value>, --watch.',
    '  orrery explore <scenario>            Strike a scenario with every fault at every instant: --faults, --depth 2, --budget, --save <folder>,',
    '                                       --jobs <number>, --bisect <path> --from 1s --to 10m.',
    '  orrery mcp [--server <url>] [--port <number>] [--scenario <file>]',
    '                                       Tools for agents (Model Context Protocol): over standard input and output, or over HTTP with --port;',
    '                                       with a scenario, which they do not see, a tool says how much of it holds.',
    '  orrery completion bash|zsh|fish      Write the completion of a shell, as in: source <(orrery completion bash)',
    '  orrery healthcheck [flags of serve]  Ask the service that runs here with these settings whether it is ready; exit code 1 when not.',
    '  orrery openapi [--output <file>]     Write the OpenAPI document of the service API.',
    '  orrery --help | --version',
    '',
    'Flags of serve, and their environment variables:',
    ...rows,
  ].join('\n');
}
