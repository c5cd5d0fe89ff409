// HTTPS: a certificate of the service's own, or one that is named; and what kubeconfigs say of it.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { findKubectls } from '../wire/kubectl.ts';

const run = promisify(execFile);
const TOKEN = 'the-token-of-the-service';

let folder: string;
let served: RunningService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-tls-'));
});
afterEach(async () => {
  await served?.close();
  served = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(...flags: readonly string[]): Promise<string> {
  await served?.close();
  served = await serve(
    readConfig(['--port', '0', '--data', join(folder, 'data'), '--workers', '0', '--log-level', 'silent', ...flags], {}),
    'test',
  );
  return served.url;
}

const ownCertificate = (): string => readFileSync(join(folder, 'data', 'tls-cert.pem'), 'utf8');

/** Status and body of a request by a client that trusts one certificate. */
function ask(
  url: string,
  ca: string | undefined,
  method = 'GET',
  token: string | undefined = TOKEN,
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
    const sent = request(url, { method, headers, ...(ca === undefined ? {} : { ca }) }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function kubeconfigFile(url: string, ca: string | undefined): Promise<string> {
  await ask(`${url}/v1/clusters`, ca, 'POST', TOKEN, { name: 'demo', nodes: 2 });
  const { text } = await ask(`${url}/v1/clusters/demo/kubeconfig`, ca);
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, text);
  return file;
}

interface Entry {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, unknown>> }];
  readonly users: readonly [{ readonly user: { readonly token?: string } }];
}

describe('a certificate of its own', () => {
  it('serves kubectl and other clients, which trust it by the kubeconfig and send the token in it', async () => {
    const url = await start('--tls', 'self-signed', '--token', TOKEN);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const file = await kubeconfigFile(url, ownCertificate());
    const { clusters, users } = parse(readFileSync(file, 'utf8')) as Entry;
    expect(clusters[0].cluster).toEqual({
      server: `${url}/clusters/demo`,
      'certificate-authority-data': Buffer.from(ownCertificate()).toString('base64'),
    });
    expect(users[0].user.token).toMatch(/^demo\./);
    for (const { path } of findKubectls()) {
      const { stdout } = await run(path, ['--kubeconfig', file, 'get', 'nodes', '-o', 'name'], { env: { HOME: folder } });
      expect(stdout).toBe('node/node-1\nnode/node-2\n');
    }
    const config = new KubeConfig();
    config.loadFromFile(file);
    const { items } = await config.makeApiClient(CoreV1Api).listNode();
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['node-1', 'node-2']);
  });

  it('serves kubectl, which asks nobody for a name where no token is needed', async () => {
    const url = await start('--tls', 'self-signed');
    const file = await kubeconfigFile(url, ownCertificate());
    for (const { path } of findKubectls()) {
      const { stdout } = await run(path, ['--kubeconfig', file, 'get', 'nodes', '-o', 'name'], { env: { HOME: folder } });
      expect(stdout).toBe('node/node-1\nnode/node-2\n');
      const whoami = await run(path, ['--kubeconfig', file, 'auth', 'can-i', 'delete', 'nodes'], { env: { HOME: folder } });
      expect(whoami.stdout.trim()).toBe('yes');
    }
    const config = new KubeConfig();
    config.loadFromFile(file);
    expect((await config.makeApiClient(CoreV1Api).listNode()).items).toHaveLength(2);
  });

  it('is refused by who does not trust it, and opens nothing without a token', async () => {
    const url = await start('--tls', 'self-signed', '--token', TOKEN);
    await expect(ask(`${url}/healthz`, undefined)).rejects.toThrow(/self-signed|unable to verify/);
    expect((await ask(`${url}/v1/clusters`, ownCertificate(), 'GET', 'wrong')).status).toBe(401);
    expect((await ask(`${url}/healthz`, ownCertificate())).status).toBe(200);
  });

  it('stays the same over restarts, is made again when it is damaged, and its key is for the owner only', async () => {
    await start('--tls', 'self-signed');
    const first = ownCertificate();
    expect(statSync(join(folder, 'data', 'tls-key.pem')).mode & 0o777).toBe(0o600);
    await start('--tls', 'self-signed');
    expect(ownCertificate()).toBe(first);
    writeFileSync(join(folder, 'data', 'tls-cert.pem'), 'damaged');
    const url = await start('--tls', 'self-signed');
    expect(ownCertificate()).not.toBe(first);
    expect((await ask(`${url.replace('127.0.0.1', 'localhost')}/healthz`, ownCertificate())).status).toBe(200);
  });
});

describe('a certificate that is named', () => {
  it('is served, and kubeconfigs carry its root when nobody else knows it', async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, made.cert);
    writeFileSync(key, made.private);
    const url = await start('--tls-cert', cert, '--tls-key', key, '--token', TOKEN);
    const { clusters } = parse(readFileSync(await kubeconfigFile(url, made.cert), 'utf8')) as Entry;
    const data = clusters[0].cluster['certificate-authority-data'];
    expect(Buffer.from(String(data), 'base64').toString().trim()).toBe(made.cert.trim());
  });

  it('is refused in words when it cannot be used', async () => {
    const made = await generate([{ name: 'commonName', value: 'a' }], { keyType: 'ec' });
    const other = await generate([{ name: 'commonName', value: 'b' }], { keyType: 'ec' });
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, made.cert);
    writeFileSync(key, other.private);
    await expect(start('--tls-cert', cert, '--tls-key', key)).rejects.toThrow(
      `The key in ${key} does not belong to the certificate in ${cert}.`,
    );
    writeFileSync(key, 'no key');
    await expect(start('--tls-cert', cert, '--tls-key', key)).rejects.toThrow('cannot be used');
    writeFileSync(cert, 'no certificate');
    await expect(start('--tls-cert', cert, '--tls-key', key)).rejects.toThrow(`The file ${cert} holds no certificate in PEM.`);
    await expect(start('--tls-cert', join(folder, 'none'), '--tls-key', key)).rejects.toThrow('cannot be read');
  });
});

it.each([
  [['--tls', 'yes'], '--tls must be self-signed'],
  [['--tls-cert', 'a.pem'], '--tls-cert and --tls-key belong together'],
  [['--tls-key', 'a.pem'], '--tls-cert and --tls-key belong together'],
  [['--tls', 'self-signed', '--tls-cert', 'a', '--tls-key', 'b'], 'Choose one of both'],
])('settings %j are refused: %s', (flags, text) => {
  expect(() => readConfig(flags, {})).toThrow(text);
});
