// What `--help` says: of all commands, and of one of them. Commands about clusters say it themselves (cluster-command.ts).

import { type CommandName, COMMANDS, FLAG_HELP } from './commands.ts';
import { SETTINGS } from './config.ts';

/** Columns of a flag before what it does. */
const FLAG_WIDTH = 24;

/** What stands behind the name of a command. */
const TAKES: Partial<Record<CommandName, string>> = {
  test: ' [files and folders]',
  explore: ' <scenario>',
  completion: ' bash|zsh|fish',
};

/** How one command is called, and what its flags do. */
export function commandHelp(name: CommandName): string {
  const { summary, flags, takesSettings = false } = COMMANDS[name];
  const help: Readonly<Record<string, readonly [string, string]>> = FLAG_HELP[name];
  const lines = Object.entries(flags).map(([flag, { short }]) => {
    const [value, text] = help[flag] ?? ['', ''];
    const head = `--${flag}${short === undefined ? '' : `, -${short}`}${value === '' ? '' : ` ${value}`}`;
    return head.length < FLAG_WIDTH ? `  ${head.padEnd(FLAG_WIDTH)} ${text}` : `  ${head}\n${' '.repeat(FLAG_WIDTH + 3)}${text}`;
  });
  const settings =
    name === 'serve'
      ? ['', 'Flags, and their environment variables:', ...settingLines()]
      : ['', 'Those of the service come to them: orrery serve --help.'];
  return [
    `Usage: orrery ${name}${TAKES[name] ?? ''}${lines.length > 0 || takesSettings ? ' [flags]' : ''}`,
    '',
    `${summary}.`,
    ...(lines.length === 0 ? [] : ['', 'Flags:', ...lines]),
    ...(takesSettings ? settings : []),
  ].join('\n');
}

function settingLines(): string[] {
  return Object.entries(SETTINGS).map(([name, { value, help, variable, fallback = 'none' }]) => {
    const indent = ' '.repeat(FLAG_WIDTH + 1);
    return `  ${`--${name} ${value}`.padEnd(FLAG_WIDTH - 2)} ${help}\n${indent}${variable}, default: ${fallback}`;
  });
}

/** What `orrery --help` says. */
export function helpText(): string {
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
    '                                       without one of a data folder (--data).',
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
    'Each command has a --help of its own, with its flags. Flags of serve, and their environment variables:',
    ...settingLines(),
  ].join('\n');
}
