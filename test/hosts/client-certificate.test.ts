// Clients that come with a certificate of the cluster's authority: whose request it is then, and what is not believed.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpyAffc8gpuEaJV6N
A8CD68VkAiAxB4OlOeXDCh0Xh4uhRANCAASzvjFVIl0N8aiTAj9+5goCDccOz44U
QZIM1GJ5kIosYFyIlN0syznotKtVhPFT5eq195ChKHN807vVVWUJ0KSz
-----END PRIVATE KEY-----
`;
/** For `/CN=jane/O=dev`. */
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIHWMH8CAQAwHTENMAsGA1UEAwwEamFuZTEMMAoGA1UECgwDZGV2MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEs74xVSJdDfGokwI/fuYKAg3HDs+OFEGSDNRieZCK
LGBciJTdLMs56LSrVYTxU+XqtfeQoShzfNO71VVlCdCks6AAMAoGCCqGSM49BAMC
A0cAMEQCIBsEr2LsJago1qE+R53FqDzP9SI9ZTTIlES0BCfmrBiiAiB8Z8SuzI3Q
n8kEYC2S2eRtxpRkLBvvIpqO4N3y57JIyw==
-----END CERTIFICATE REQUEST-----
`;
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const WHO = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

let folder: string;
let served: RunningService;
let certificate: string;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly status?: { readonly userInfo?: object; readonly certificate?: string } };
}

interface Sent {
  readonly body?: object;
  readonly cert?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cluster?: string;
}

function ask(method: string, path: string, { body, cert, key, headers = {}, cluster = 'open' }: Sent = {}): Promise<Answer> {
  const ca = readFileSync(join(folder, 'tls-cert.pem'), 'utf8');
  return new Promise((resolve, reject) => {
    const shown = cert === undefined ? {} : { cert, key };
    const url = `${served.url}/clusters/${cluster}${path}`;
    const sent = request(
      url,
      { method, ca, agent: false, headers: { 'Content-Type': 'application/json', ...headers }, ...shown },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : {} }));
      },
    );
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function issue(cluster: string): Promise<string> {
  const metadata = { name: 'jane' };
  const spec = {
    request: Buffer.from(REQUEST).toString('base64'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    expirationSeconds: 3_600,
  };
  const made = await ask('POST', CSRS, { body: { metadata, spec }, cluster });
  const status = { conditions: [{ type: 'Approved', status: 'True' }] };
  await ask('PUT', `${CSRS}/jane/approval`, { body: { ...made.body, status }, cluster });
  const { body } = await ask('GET', `${CSRS}/jane`, { cluster });
  return Buffer.from(body.status?.certificate ?? '', 'base64').toString();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-client-certificate-'));
  const flags = ['--port', '0', '--data', folder, '--workers', '1', '--log-level', 'silent', '--tls', 'self-signed'];
  served = await serve(readConfig(flags, {}), 'test');
  for (const body of [{ name: 'open' }, { name: 'other', seed: 2 }, { name: 'shut', token: 'the-token-of-the-cluster' }])
    await ask('POST', '', { body, cluster: '../v1/clusters' });
  certificate = await issue('open');
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('Q11 a certificate of the cluster', () => {
  it('says who asks, and roles say what he may', async () => {
    const shown = { cert: certificate, key: KEY };
    const { body } = await ask('POST', WHO, { body: {}, ...shown });
    expect(body.status?.userInfo).toEqual({ username: 'jane', groups: ['dev', 'system:authenticated'] });
    const refused = await ask('GET', '/api/v1/namespaces/default/pods', shown);
    expect([refused.status, refused.body['message']]).toEqual([
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    ]);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    const subjects = [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' }];
    await ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { body: { metadata: { name: 'dev' }, roleRef, subjects } });
    expect((await ask('GET', '/api/v1/namespaces/default/pods', shown)).status).toBe(200);
    expect((await ask('DELETE', '/api/v1/nodes/node-1', shown)).status).toBe(403);
  });

  it('is refused by another cluster, and by its own when its time is over', async () => {
    const shown = { cert: certificate, key: KEY };
    expect((await ask('POST', WHO, { body: {}, ...shown, cluster: 'other' })).status).toBe(401);
    const brief = await issue('other');
    expect((await ask('POST', WHO, { body: {}, cert: brief, key: KEY, cluster: 'other' })).status).toBe(201);
    await ask('POST', '/../../v1/clusters/other/clock/advance', { body: { by: '61m' }, cluster: 'other' });
    expect((await ask('POST', WHO, { body: {}, cert: brief, key: KEY, cluster: 'other' })).status).toBe(401);
  });

  it('opens no cluster that has a token', async () => {
    expect((await ask('POST', WHO, { body: {}, cert: certificate, key: KEY, cluster: 'shut' })).status).toBe(401);
  });
});

describe('what is not believed', () => {
  it('is a certificate that somebody has signed himself', async () => {
    const own = await generate([{ name: 'commonName', value: 'jane' }], { keyType: 'ec', algorithm: 'sha256' });
    expect((await ask('POST', WHO, { body: {}, cert: own.cert, key: own.private })).status).toBe(401);
  });

  it('is a header that a client writes', async () => {
    const der = certificate.replace(/-----[^-]+-----|\s/g, '');
    const { body } = await ask('POST', WHO, { body: {}, headers: { 'X-Orrery-Client-Certificate': der } });
    expect(body.status?.userInfo).toMatchObject({ username: 'admin' });
  });
});
