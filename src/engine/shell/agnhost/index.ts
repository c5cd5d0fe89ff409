// The program of registry.k8s.io/e2e-test-images/agnhost: one subcommand a purpose. Upstream: test/images/agnhost (v1.33). Rules: K912, K913.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { HttpReply, HttpRequest, ServerProcess } from '../server.ts';
import { withContentType } from './content-type.ts';
import { type Flags, readFlags } from './flags.ts';
import { crdConversionWebhook } from './crd-conversion-webhook.ts';
import { guestbook } from './guestbook.ts';
import { MOUNTTEST_FLAGS, mounttest } from './mounttest.ts';
import { netexec } from './netexec.ts';
import { nettest } from './nettest.ts';
import { connect, CONNECT_FLAGS, dnsServers, dnsSuffixes, etcHosts, generateLogs, LOGS_FLAGS, pause, printArguments } from './programs.ts';
import { liveness, porter, serveHostname, testWebserver } from './servers.ts';
import type { Subcommand } from './subcommand.ts';
import { webhook } from './webhook.ts';

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  mounttest: { flags: MOUNTTEST_FLAGS, run: mounttest },
  pause: { flags: {}, run: pause, signalled: ({ memory }) => (memory['signal'] === 'INT' ? 1 : 2) },
  'logs-generator': { flags: LOGS_FLAGS, run: generateLogs },
  'etc-hosts': { flags: {}, run: etcHosts },
  'dns-suffix': { flags: {}, run: dnsSuffixes },
  'dns-server-list': { flags: {}, run: dnsServers },
  connect: { flags: CONNECT_FLAGS, run: connect },
  'crd-conversion-webhook': crdConversionWebhook,
  guestbook,
  netexec,
  nettest,
  'serve-hostname': serveHostname,
  porter,
  liveness,
  'test-webserver': testWebserver,
  webhook,
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
  const flags: Flags = readFlags(rest, subcommand.flags);
  if (!flags.ok) {
    context.error(`Error: ${flags.error}\nUsage:\n  app ${name} [flags]\n\n`);
    return 1;
  }
  memory['handles'] ??= ['TERM', 'INT'];
  memory['startedMs'] ??= context.host.nowMs;
  if (memory['signal'] !== undefined) return signalled(subcommand, context, flags.values);
  return subcommand.run(context, flags.values, flags.operands);
};

/** A process written in Go that handles no signal ends with 2 where one reaches it as PID 1. */
function signalled({ signalled: own }: Subcommand, context: CommandContext, values: ReadonlyMap<string, string>): number | null {
  return own === undefined ? 2 : own(context, values);
}

/** What a server of agnhost answers. */
export function answerHttp(server: ServerProcess, request: HttpRequest): HttpReply {
  const found = serverOf(server);
  const reply = found?.http?.(server, request, found.values) ?? { status: 404, body: '' };
  return withContentType(reply);
}

/** What a server of agnhost says to a datagram, or on a connection that is no HTTP. */
export function answerRaw(server: ServerProcess, text: string, client: string): string {
  const found = serverOf(server);
  return found?.raw?.(server, text, client, found.values) ?? '';
}

function serverOf({ process }: ServerProcess): (Subcommand & { readonly values: ReadonlyMap<string, string> }) | undefined {
  const [, name = '', ...rest] = process.running?.words ?? [];
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  const flags = subcommand === undefined ? undefined : readFlags(rest, subcommand.flags);
  return subcommand === undefined || flags?.ok !== true ? undefined : { ...subcommand, values: flags.values };
}
