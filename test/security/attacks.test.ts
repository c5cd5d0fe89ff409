// What somebody tries who should not get in, one row an attempt: bytes on a socket, and what must come back. `open` is a service without a token, with
// a cluster `demo` that anybody on this machine may use and a cluster `mine` with a token of its own; `locked` is a service with a token.
// Whatever comes back must not tell the marker, which stands in objects of both.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { exchange, statusOf } from './raw-http.ts';

const SERVICE_TOKEN = 'the-token-of-the-service';
const OWN_TOKEN = 'the-token-of-the-cluster-mine';
const MARKER = 'nobody-shall-read-this';

const services: { open?: TestService; locked?: TestService } = {};
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-attacks-'));
  const auth = { Authorization: `Bearer ${SERVICE_TOKEN}` };
  services.open = await startTestService({ folder: join(folder, 'open') });
  services.locked = await startTestService({ folder: join(folder, 'locked'), token: SERVICE_TOKEN });
  const secret = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'secret' }, data: { marker: MARKER } };
  for (const [service, headers] of [
    [services.open, {}],
    [services.locked, auth],
  ] as const) {
    await service.http.post('/v1/clusters').set(headers).send({ name: 'demo', nodes: 1 });
    await service.http.post('/v1/clusters').set(headers).send({ name: 'mine', nodes: 1, token: OWN_TOKEN });
    for (const [name, token] of [
      ['demo', SERVICE_TOKEN],
      ['mine', OWN_TOKEN],
    ] as const) {
      const made = await service.http
        .post(`/clusters/${name}/api/v1/namespaces/default/configmaps`)
        .set({ Authorization: `Bearer ${token}` })
        .send(secret);
      expect(made.status).toBe(201);
    }
    await service.http
      .post('/clusters/demo/api/v1/namespaces/default/pods')
      .set(headers)
      .send({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx' }] } });
    await service.http.post('/v1/clusters/demo/clock/advance').set(headers).send({ by: '30s' });
  }
});

afterAll(async () => {
  await services.open?.close();
  await services.locked?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Attack {
  readonly group: string;
  readonly name: string;
  readonly at: 'open' | 'locked';
  /** The request line without the version, then headers; `Host` is that of the service unless it is given. */
  readonly request: readonly string[];
  readonly body: string;
  /** The statuses that are right; 0 is a closed connection. */
  readonly statuses: readonly number[];
  /** What the answer must say. */
  readonly says: string;
}

const EXEC = '/clusters/demo/api/v1/namespaces/default/pods/web/exec?command=env&stdout=true';
const UPGRADE = 'Connection: Upgrade ;; Upgrade: websocket ;; Sec-WebSocket-Version: 13 ;; Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const HEADERS_OF_A_FLOOD = Array.from({ length: 400 }, (_, index) => `X-${index}: ${'x'.repeat(100)}`);

const WORDS: Readonly<Record<string, string>> = {
  'service-token': SERVICE_TOKEN,
  'half-token': SERVICE_TOKEN.slice(0, -1),
  'own-token': OWN_TOKEN,
  basic: Buffer.from(`x:${SERVICE_TOKEN}`).toString('base64'),
  configmaps: 'api/v1/namespaces/default/configmaps',
  exec: `GET ${EXEC}`,
  'exec-path': EXEC,
  upgrade: UPGRADE,
  websocket: `${UPGRADE} ;; Sec-WebSocket-Protocol: v5.channel.k8s.io`,
  json: 'Content-Type: application/json',
  foreign: 'Origin: https://evil.example',
  flood: HEADERS_OF_A_FLOOD.join(' ;; '),
  long: 'a'.repeat(20_000),
};

const ATTACKS = readAttacks(readFileSync(new URL('attacks.txt', import.meta.url), 'utf8'));

function readAttacks(text: string): readonly Attack[] {
  let group = '';
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    const heading = /^\[(.+)\]$/.exec(line)?.[1];
    group = heading ?? group;
    return heading === undefined ? [attackOf(group, line)] : [];
  });
}

function attackOf(group: string, row: string): Attack {
  const [name = '', at = '', request = '', body = '', statuses = '', says = ''] = row.split('|').map((cell) => cell.trim());
  return {
    group,
    name,
    at: at as Attack['at'],
    request: unescape(request.replaceAll(/\{([a-z-]+)\}/g, (whole, word: string) => WORDS[word] ?? whole)).split(' ;; '),
    body: unescape(body),
    statuses: statuses.split(',').map(Number),
    says,
  };
}

function unescape(text: string): string {
  return JSON.parse(`"${text.replaceAll('"', '\\"')}"`) as string;
}

describe.each([...new Set(ATTACKS.map(({ group }) => group))])('%s', (group) => {
  const rows = ATTACKS.filter((attack) => attack.group === group).map((attack) => [`${attack.name} (${attack.at})`, attack] as const);
  it.each(rows)('%s', async (_name, { at, request, body, statuses, says }) => {
    const service = services[at] as TestService;
    const clustersBefore = readdirSync(join(folder, at, 'clusters')).length;
    const { port } = new URL(service.url);
    const [line = '', ...headers] = request;
    const answer = await exchange(Number(port), bytesOf(line, headers, body, port));
    expect(statuses, answer.slice(0, 2_000)).toContain(statusOf(answer));
    expect(answer).not.toContain(MARKER);
    expect(answer).not.toMatch(/^set-cookie:/im);
    expect(answer).not.toContain('root:x:0');
    if (statusOf(answer) !== 200) expect(answer).not.toMatch(/^content-type: text\/html/im);
    expect(answer).toContain(says);
    expect(readdirSync(join(folder, at, 'clusters'))).toHaveLength(clustersBefore);
  });
});

function bytesOf(line: string, headers: readonly string[], body: string, port: string): string {
  const has = (name: string) =>
    headers.some((header) => header.toLowerCase().startsWith(`${name}:`) || header.toLowerCase().startsWith(`${name} :`));
  const head = [
    `${line} HTTP/1.1`,
    ...(has('host') ? [] : [`Host: 127.0.0.1:${port}`]),
    ...headers,
    ...(body === '' || has('content-length') || has('transfer-encoding') ? [] : [`Content-Length: ${body.length}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

it('the table is long enough to mean something', () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(60);
});

it('both services are as before', async () => {
  const auth = { Authorization: `Bearer ${SERVICE_TOKEN}` };
  for (const [service, headers] of [
    [services.open, {}],
    [services.locked, auth],
  ] as const) {
    const list = await (service as TestService).http.get('/v1/clusters').set(headers);
    expect((list.body.items as readonly { readonly name: string }[]).map(({ name }) => name)).toEqual(['demo', 'mine']);
  }
  expect((services.open as TestService).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((services.open as TestService).service.read('demo', (state) => state.revision)).toBe(
    (services.locked as TestService).service.read('demo', (state) => state.revision),
  );
});
