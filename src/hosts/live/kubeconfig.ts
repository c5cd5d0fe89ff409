// What a kubeconfig says of the cluster of a context: where it is, whom to trust, and who asks. Credentials that a program makes are asked of it, as kubectl does.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { ConfigError } from '../config.ts';
import { readText } from '../flags.ts';

/** How to ask a cluster. */
export interface LiveCluster {
  /** Of the context. */
  readonly name: string;
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
    readonly rejectUnauthorized?: boolean;
    readonly servername?: string;
  };
}

type Members = Readonly<Record<string, unknown>>;

/** Reads a kubeconfig; without a context its current one. Fails: ConfigError. */
export function readKubeconfig(file: string, wanted: string | undefined): LiveCluster {
  const text = readText(file);
  const config = parseMembers(file, text);
  const name = wanted ?? String(config['current-context'] ?? '');
  const context = named(file, config, 'contexts', name, 'context');
  const cluster = named(file, config, 'clusters', String(context['cluster'] ?? ''), 'cluster');
  const user = context['user'] === undefined || context['user'] === '' ? {} : named(file, config, 'users', String(context['user']), 'user');
  const server = cluster['server'];
  if (typeof server !== 'string') throw new ConfigError(`${file}: the cluster of the context ${name} has no server.`);
  const folder = dirname(file);
  const credentials = { ...user, ...executed(file, user['exec']) };
  const token = textOf(credentials, 'token') ?? fileOf(credentials, 'tokenFile', folder)?.toString('utf8').trim();
  const [username, password] = [textOf(credentials, 'username'), textOf(credentials, 'password')];
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : username === undefined
        ? undefined
        : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  const entries = {
    ca: dataOf(cluster, 'certificate-authority', folder),
    cert: dataOf(credentials, 'client-certificate', folder),
    key: dataOf(credentials, 'client-key', folder),
    servername: textOf(cluster, 'tls-server-name'),
    rejectUnauthorized: cluster['insecure-skip-tls-verify'] === true ? false : undefined,
  };
  return {
    name,
    server: server.replace(/\/+$/, ''),
    headers: authorization === undefined ? {} : { Authorization: authorization },
    tls: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
  };
}

function parseMembers(file: string, text: string): Members {
  try {
    const value: unknown = parse(text);
    if (typeof value === 'object' && value !== null) return value as Members;
  } catch (error) {
    throw new ConfigError(`${file} is no kubeconfig: ${(error as Error).message.split('\n')[0]}`);
  }
  throw new ConfigError(`${file} is no kubeconfig.`);
}

/** An entry of one of the lists: what stands under `context`, `cluster` or `user` in it. */
function named(file: string, config: Members, list: string, name: string, member: string): Members {
  const items = Array.isArray(config[list]) ? (config[list] as Members[]) : [];
  const found = items.find((item) => item['name'] === name)?.[member];
  if (typeof found === 'object' && found !== null) return found as Members;
  const known = items.map((item) => String(item['name'])).join(', ');
  throw new ConfigError(`${file} has no ${member} ${JSON.stringify(name)}; it has ${known === '' ? 'none' : known}.`);
}

function textOf(members: Members, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fileOf(members: Members, name: string, folder: string): Buffer | undefined {
  const path = textOf(members, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(resolve(folder, path));
  } catch {
    throw new ConfigError(`${path}, which the kubeconfig names as ${name}, cannot be read.`);
  }
}

/** What stands in the kubeconfig in base64, or in a file that it names. */
function dataOf(members: Members, name: string, folder: string): Buffer | string | undefined {
  const data = textOf(members, `${name}-data`);
  if (data === undefined) return fileOf(members, name, folder);
  return data.startsWith('-----BEGIN') ? data : Buffer.from(data, 'base64');
}

/** The credentials of an `exec` plug-in, under the names that a kubeconfig has for them. */
function executed(file: string, exec: unknown): Members {
  if (typeof exec !== 'object' || exec === null) return {};
  const { command, args = [], env = [], apiVersion } = exec as { command?: string; args?: string[]; env?: Members[]; apiVersion?: string };
  if (command === undefined) throw new ConfigError(`${file}: exec has no command.`);
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const own = Object.fromEntries(env.map((one) => [String(one['name']), String(one['value'])]));
  const run = spawnSync(command, args ?? [], {
    encoding: 'utf8',
    cwd: dirname(file),
    env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: info },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.status !== 0)
    throw new ConfigError(
      `${command}, which the kubeconfig asks for credentials, fails: ${run.error?.message ?? `exit code ${run.status}`}.`,
    );
  const { status = {} } = parseMembers(command, run.stdout) as { status?: Members };
  return {
    ...(status['token'] === undefined ? {} : { token: status['token'] }),
    ...(status['clientCertificateData'] === undefined ? {} : { 'client-certificate-data': status['clientCertificateData'] }),
    ...(status['clientKeyData'] === undefined ? {} : { 'client-key-data': status['clientKeyData'] }),
  };
}
