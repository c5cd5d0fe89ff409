// A real S3 server for tests, with the conditional writes that instances of workerd share out objects by: VersityGW over a folder.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer as createHttpServer, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import type { WorkerdCluster } from '../../scripts/workerd-instance.mjs';

const PROGRAM = 'versitygw';
/** Of what it is asked for. */
const SERVER_READY_MS = 10_000;

export interface Bucket {
  /** What an instance needs to share it. */
  readonly cluster: WorkerdCluster;
  readonly folder: string;
  /** Stops it as a process is stopped and lets it go on: whoever asks meanwhile waits. */
  pause(): void;
  resume(): void;
  /** Whatever is to be stored is refused with this status; undefined: no more. */
  refuse(status: number | undefined): void;
  remove(): Promise<void>;
}

/** Starts a server with an empty bucket. */
export async function startBucket(): Promise<Bucket> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bucket-'));
  mkdirSync(join(folder, 'orrery'));
  const port = await freePort();
  const [access, secret] = ['orrery', 'orrery-secret'];
  const child = spawn(findServer(), ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', 'posix', folder], {
    stdio: 'ignore',
    env: { ...process.env, ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret },
  });
  const exited = once(child, 'exit');
  await answering(`http://127.0.0.1:${port}/health`);
  const door = await openDoor(port);
  return {
    folder,
    cluster: {
      bucket: `s3://orrery/${basename(folder)}`,
      options: [
        `aws_endpoint=http://127.0.0.1:${door.port}`,
        'aws_allow_http=true',
        'aws_region=us-east-1',
        `aws_access_key_id=${access}`,
        `aws_secret_access_key=${secret}`,
      ],
      address: '127.0.0.1:0',
      key: 'a secret of the instances of tests only',
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    refuse: door.refuse,
    async remove() {
      door.close();
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Door {
  readonly port: number;
  refuse(status: number | undefined): void;
  close(): void;
}

/** What stands before the server passes on what comes, and can refuse what is to be stored. */
async function openDoor(port: number): Promise<Door> {
  let refused: number | undefined;
  const agent = new Agent({ keepAlive: true });
  const server = createHttpServer((incoming, outgoing) => {
    const { method = 'GET', url, headers } = incoming;
    if (refused !== undefined && method !== 'GET' && method !== 'HEAD') {
      outgoing.writeHead(refused).end();
      return void incoming.resume();
    }
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    refuse: (status) => {
      refused = status;
    },
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

/** Fails with an explanation when there is none: a test left out would prove nothing. */
function findServer(): string {
  const goFolder = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout?.trim();
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...(goFolder ? [join(goFolder, 'bin')] : [])];
  const found = folders.map((folder) => join(folder, PROGRAM)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    'The tests of many instances need an S3 server with conditional writes: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  const untilMs = Date.now() + SERVER_READY_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    if (Date.now() > untilMs) throw new Error(`there is no answer from ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
