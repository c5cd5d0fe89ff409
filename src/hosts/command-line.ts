// The command line: which command is meant, and what it says when it fails.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandHelp, helpText } from './command-help.ts';
import { type CommandName, FLAGS } from './commands.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
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
    console.log(await helpOf(name));
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

async function helpOf(name: string): Promise<string> {
  if (CLUSTER_COMMAND_NAMES.includes(name)) return (await import('./cluster-command.ts')).clusterCommandHelp(name);
  return Object.hasOwn(OWN_COMMANDS, name) ? commandHelp(name as CommandName) : helpText();
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
