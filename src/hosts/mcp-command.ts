// `orrery mcp`: the Model Context Protocol over standard input and output, or over HTTP on this machine, for a service that runs or for one in this process.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Connection } from '../client/connection.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openConnection } from './cluster-command.ts';
import { FLAGS } from './commands.ts';
import { ConfigError } from './config.ts';
import { explainListening } from './explain-storage.ts';
import { createMcpServer } from './mcp/server.ts';
import { readScenario } from './read-scenario.ts';
import { StartError } from './start-error.ts';

const HOST = '127.0.0.1';
const PATH = '/mcp';

/** Runs the command, which goes on until its client leaves or it is stopped. Fails: ConfigError, StartError. */
export async function runMcp(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<undefined> {
  const { server, token, data, port, scenario: file } = readFlags(args);
  const scenario = file === undefined ? undefined : (await readScenario(file)).scenario;
  const { connection, close } = await openConnection({ server, token, data }, environment);
  const stop = port === undefined ? await serveStreams(connection, scenario, close) : await serveHttp(connection, scenario, port);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(
      signal,
      () =>
        void stop()
          .then(close)
          .then(() => process.exit(0)),
    );
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS.mcp }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

/** Standard output belongs to the protocol; the command ends with its input. */
async function serveStreams(
  connection: Connection,
  scenario: Scenario | undefined,
  onEnd: () => Promise<void>,
): Promise<() => Promise<void>> {
  const mcp = createMcpServer(connection, scenario);
  process.stdin.once(
    'end',
    () =>
      void mcp
        .close()
        .then(onEnd)
        .then(() => process.exit(0)),
  );
  await mcp.connect(new StdioServerTransport());
  return () => mcp.close();
}

/** For this machine only: whoever reaches it may do what the service lets it do. Each request stands for itself. */
async function serveHttp(connection: Connection, scenario: Scenario | undefined, given: string): Promise<() => Promise<void>> {
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535)
    throw new ConfigError(`--port must be a number from 0 to 65535, not ${JSON.stringify(given)}.`);
  const http = createServer((incoming, outgoing) => void handle(connection, scenario, incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) =>
      reject(new StartError(`Cannot listen on ${HOST}, port ${given}: ${explainListening(error)}`, { cause: error })),
    );
    http.listen(Number(given), HOST, resolve);
  });
  console.log(`Orrery's tools are at http://${HOST}:${(http.address() as AddressInfo).port}${PATH}`);
  return () => new Promise((resolve) => void (http.close(() => resolve()), http.closeAllConnections()));
}

async function handle(
  connection: Connection,
  scenario: Scenario | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  // A page of another site may reach this address under a name of its own.
  const isOwn = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(incoming.headers.host ?? '') && incoming.headers.origin === undefined;
  if (!isOwn) return refuse(outgoing, 403, 'this server is for programs on this machine');
  if (incoming.url?.split('?')[0] !== PATH) return refuse(outgoing, 404, `tools are at ${PATH}`);
  if (incoming.method !== 'POST') return refuse(outgoing, 405, 'each request stands for itself: POST it');
  const mcp = createMcpServer(connection, scenario);
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  outgoing.once('close', () => void mcp.close());
  await mcp.connect(transport as never);
  await transport.handleRequest(incoming, outgoing);
}

function refuse(outgoing: ServerResponse, status: number, why: string): void {
  outgoing.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${why}\n`);
}
