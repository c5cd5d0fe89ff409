// What commands there are beside those about clusters, and their flags: the one declaration that reading the command line, its help and its completion begin from.

import type { ParseArgsConfig } from 'node:util';

export type Flags = NonNullable<ParseArgsConfig['options']>;

export interface DeclaredCommand {
  /** One sentence. */
  readonly summary: string;
  /** Its own; those of `orrery serve` come to them where it starts or asks a service of this machine. */
  readonly flags: Flags;
  readonly takesSettings?: boolean;
  /** What stands behind it: files and folders, one of some words, or nothing. */
  readonly takes: 'files' | 'nothing' | readonly string[];
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const output = { type: 'string', short: 'o' } as const;
const jobs = { type: 'string', short: 'j' } as const;

/** What stands behind a flag, '' for nothing, and what it does. */
type FlagHelp = readonly [value: string, help: string];

/** Shells whose completion can be written. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Flags of each command, as it reads them. */
export const FLAGS = {
  serve: {},
  up: { name: text, nodes: text, students: text, kubeconfig: text, rate: text },
  check: { data: text, replay: { type: 'boolean' } },
  recover: { data: text, accept: texts },
  test: { report: texts, output, jobs, set: texts, watch: { type: 'boolean', short: 'w' } },
  explore: {
    faults: text,
    depth: text,
    budget: text,
    for: text,
    lasts: text,
    jobs,
    save: text,
    set: texts,
    bisect: text,
    from: text,
    to: text,
    output,
  },
  mcp: { server: text, token: text, data: text, port: text, scenario: text },
  healthcheck: {},
  openapi: { output: text },
  completion: {},
} as const satisfies Readonly<Record<string, Flags>>;

export type CommandName = keyof typeof FLAGS;

const JOBS_HELP: FlagHelp = ['<number>', 'How many threads work at a time; as many as there are cores, unless it is said.'];
const SET_HELP: FlagHelp = ['<path=value>', 'Sets a member of the scenario, as in images.app.startup=45s; may be given more than once.'];

/** What the flags of each command do. */
export const FLAG_HELP: { readonly [C in CommandName]: { readonly [F in keyof (typeof FLAGS)[C]]: FlagHelp } } = {
  serve: {},
  up: {
    name: ['<name>', 'Name of the cluster, or before the number of each; demo, or student with --students.'],
    nodes: ['<number>', 'Nodes of a cluster; 3 unless it is said.'],
    students: ['<number>', 'So many clusters, each with a key of its own.'],
    kubeconfig: ['<file or folder>', 'Where kubeconfigs are written; <name>.kubeconfig, or the folder kubeconfigs, unless it is said.'],
    rate: ['<rate>', 'How time passes: auto, manual, or a factor such as 10; auto unless it is said.'],
  },
  check: {
    data: ['<folder>', 'The data folder; ./data unless it is said.'],
    replay: ['', 'Executes every stored command again and compares the digests.'],
  },
  recover: {
    data: ['<folder>', 'The data folder; ./data unless it is said.'],
    accept: ['<cluster>', 'Takes a cluster as its file has it, though newer commands may be missing; may be given more than once.'],
  },
  test: {
    report: ['<file>', 'Writes what came of it: JUnit to .xml, for CI, or .json, which the page opens; may be given more than once.'],
    output: ['json', 'Says it as JSON on standard output.'],
    jobs: JOBS_HELP,
    set: SET_HELP,
    watch: ['', 'Runs again what concerns a file that is saved.'],
  },
  explore: {
    faults: [
      '<type,...>',
      'What strikes, as in node-down,container-kill,drain; what the scenario says, else node-down and container-kill.',
    ],
    depth: ['1|2', 'Strikes of one run: 1 is exhaustive, 2 tries pairs as long as --budget lasts.'],
    budget: ['<duration>', 'Wall time for pairs; 60s unless it is said.'],
    for: ['<duration>', 'How long a run goes on after a strike; what the scenario says, else 10m.'],
    lasts: ['<duration>', 'How long a fault lasts; to the end, unless it is said.'],
    jobs: JOBS_HELP,
    save: ['<folder>', 'Writes each counterexample, made as small as it can be, as a scenario that orrery test runs.'],
    set: SET_HELP,
    bisect: ['<path>', 'Instead: the largest value of a member for which everything holds, between --from and --to.'],
    from: ['<value>', 'For --bisect: a value for which everything holds, as in 1s.'],
    to: ['<value>', 'For --bisect: a value for which something does not, as in 10m.'],
    output: ['json', 'Says it as JSON on standard output.'],
  },
  mcp: {
    server: ['<url>', 'The service; without one, one in this process.'],
    token: ['<secret>', 'The token of the service, or of a cluster.'],
    data: ['<folder>', 'The data folder of the service in this process.'],
    port: ['<number>', 'Over HTTP on this port of loopback, instead of standard input and output.'],
    scenario: ['<file>', 'A scenario that agents do not see: a tool says how much of it holds.'],
  },
  healthcheck: {},
  openapi: { output: ['<file>', 'Where it is written; standard output unless it is said.'] },
  completion: {},
};

export const COMMANDS: Readonly<Record<CommandName, DeclaredCommand>> = {
  serve: { summary: 'Start the service', flags: FLAGS.serve, takesSettings: true, takes: 'nothing' },
  up: { summary: 'Start the service with clusters, and write kubeconfigs', flags: FLAGS.up, takesSettings: true, takes: 'nothing' },
  check: { summary: 'Say what is damaged in a data folder', flags: FLAGS.check, takes: 'nothing' },
  recover: { summary: 'Make a damaged directory anew', flags: FLAGS.recover, takes: 'nothing' },
  test: { summary: 'Run scenario files', flags: FLAGS.test, takes: 'files' },
  explore: { summary: 'Strike a scenario with every fault at every instant', flags: FLAGS.explore, takes: 'files' },
  mcp: { summary: 'Tools for agents', flags: FLAGS.mcp, takes: 'nothing' },
  healthcheck: {
    summary: 'Ask the service of this machine whether it is ready',
    flags: FLAGS.healthcheck,
    takesSettings: true,
    takes: 'nothing',
  },
  openapi: { summary: 'Write the OpenAPI document of the service API', flags: FLAGS.openapi, takes: 'nothing' },
  completion: { summary: 'Write the completion of a shell', flags: FLAGS.completion, takes: SHELLS },
};
