// The program of registry.k8s.io/e2e-test-images/agnhost: one subcommand a purpose. Upstream: test/images/agnhost (v1.33). Rule: K912.
// A process written in Go that handles no signal ends with 2 where SIGTERM or SIGINT reaches it as PID 1.

import type { CommandContext, ShellCommand } from '../command.ts';
import { type FlagSpec, type Flags, readFlags } from './flags.ts';
import { MOUNTTEST_FLAGS, mounttest } from './mounttest.ts';
import { connect, CONNECT_FLAGS, dnsServers, dnsSuffixes, etcHosts, generateLogs, LOGS_FLAGS, pause, printArguments } from './programs.ts';

type Values = ReadonlyMap<string, string>;

export interface Subcommand {
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly run: (context: CommandContext, values: Values, operands: readonly string[]) => ReturnType<ShellCommand>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  mounttest: { flags: MOUNTTEST_FLAGS, run: mounttest },
  pause: { flags: {}, run: pause },
  'logs-generator': { flags: LOGS_FLAGS, run: generateLogs },
  'etc-hosts': { flags: {}, run: etcHosts },
  'dns-suffix': { flags: {}, run: dnsSuffixes },
  'dns-server-list': { flags: {}, run: dnsServers },
  connect: { flags: CONNECT_FLAGS, run: connect },
};

/** True for a subcommand that is a program here, and not only a server that is known by its ports. */
export function isAgnhostProgram(name: string): boolean {
  return name === 'entrypoint-tester' || Object.hasOwn(SUBCOMMANDS, name);
}

export const agnhost: ShellCommand = (context) => {
  const { args, memory } = context;
  const [name = '', ...rest] = args;
  if (name === 'entrypoint-tester') return printArguments(context);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) {
    context.error(`Error: unknown command ${JSON.stringify(name)} for "app"\nRun 'app --help' for usage.\n`);
    return 1;
  }
  if (typeof memory['signal'] === 'string') return memory['signal'] === 'INT' && name === 'pause' ? 1 : 2;
  memory['handles'] ??= ['TERM', 'INT'];
  const flags: Flags = readFlags(rest, subcommand.flags);
  if (!flags.ok) {
    context.error(`Error: ${flags.error}\nUsage:\n  app ${name} [flags]\n\n`);
    return 1;
  }
  return subcommand.run(context, flags.values, flags.operands);
};
