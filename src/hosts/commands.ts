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
