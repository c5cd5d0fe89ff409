// Recordings: a cluster that is exported is made again, here or elsewhere, to the byte; and what is no recording makes none.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } };

let served: TestService;
let recording: string;

const exported = async (name: string): Promise<string> => (await fetch(`${served.url}/v1/clusters/${name}/export`)).text();
const imported = (text: string, query = '') =>
  served.http.post(`/v1/clusters/import${query}`).set('Content-Type', 'application/x-ndjson').send(text);
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const textOf = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({
    name: 'demo',
    seed: 5,
    nodes: [{ name: 'big', capacity: { cpu: '8' }, taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }, { name: 'small' }],
    images: { app: { startup: '3s', http: [{ path: '/health', status: 500, from: '30s' }] } },
    timing: { imagePull: '4s' },
  });
  const post = (path: string, body: object) => served.http.post(`/v1/clusters/demo/${path}`).send(body);
  await post('manifests', POD);
  await post('clock/advance', { by: '1h' });
  await served.http.put('/v1/clusters/demo/images/other').send({ startup: '5s' });
  await post('faults', { type: 'node-down', target: { node: 'small' }, after: '10s', for: '5m' });
  await served.http
    .post('/clusters/demo/api/v1/namespaces')
    .set('User-Agent', 'kubectl/1.33')
    .send({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'x' } });
  await served.http.put('/v1/clusters/demo/clock').send({ mode: 'running', rate: 0.001 });
  await served.http.put('/v1/clusters/demo/clock').send({ mode: 'manual' });
  await post('clock/advance', { by: '20m' });
  recording = await exported('demo');
});
afterAll(() => served.close());

describe('a recording', () => {
  it('says what it is, what was asked, by whom, and that it is whole', () => {
    const lines = linesOf(recording);
    expect(lines[0]).toMatchObject({ format: 'orrery-recording/1', cluster: { name: 'demo', seed: 5, startTime: '2025-01-01T00:00:00Z' } });
    expect(lines[1]).toMatchObject({ number: 2, command: { type: 'manifests' } });
    expect(lines.filter(({ command }) => command?.type === 'request')).toMatchObject([{ client: 'kubectl/1.33' }]);
    expect(lines.at(-1)).toEqual({ end: lines.length - 1 });
  });

  it.each([
    ['*/*', 'application/x-ndjson'],
    ['text/plain', 'text/plain'],
    ['application/problem+json', 'text/plain'],
  ])('is, for a client that accepts %s, %s', async (accept, type) => {
    const answer = await fetch(`${served.url}/v1/clusters/demo/export`, { headers: { Accept: accept } });
    expect(answer.headers.get('content-type')).toBe(type);
    expect(await answer.text()).toBe(await exported('demo'));
  });

  it('makes the cluster again, to the byte, and so does the recording of that one', async () => {
    const made = await imported(recording, '?name=again');
    expect([made.status, made.headers['location'], made.body.differences]).toEqual([201, '/v1/clusters/again', []]);
    const original = (await served.http.get('/v1/clusters/demo')).body;
    expect(made.body.cluster).toMatchObject({
      name: 'again',
      digest: original.digest,
      now: original.now,
      resourceVersion: original.resourceVersion,
    });
    expect(linesOf(await exported('again')).slice(1)).toEqual(linesOf(recording).slice(1));
  });

  it('is imported under its own name, or a name that is made up when that is taken', async () => {
    expect((await imported(recording)).body.cluster.name).toMatch(/^demo-[a-z0-9]{5}$/);
    await served.http.delete('/v1/clusters/demo');
    expect((await imported(recording)).body.cluster.name).toBe('demo');
    expect((await imported(recording, '?name=demo')).body).toMatchObject({ status: 409, code: 'cluster-exists' });
  });

  it('of a fork is that of a cluster like any other', async () => {
    await served.http.post('/v1/clusters/demo/forks').send({ name: 'fork', at: 'command:3', seed: 9 });
    await served.http.post('/v1/clusters/fork/clock/advance').send({ by: '1m' });
    const { digest } = (await served.http.get('/v1/clusters/fork')).body;
    expect((await imported(await exported('fork'), '?name=of-a-fork')).body.cluster.digest).toBe(digest);
  });

  it('of a cluster whose clock runs makes one whose clock runs, once it is what was recorded', async () => {
    await served.http.post('/v1/clusters').send({ name: 'fast', clock: { mode: 'running', rate: 100 } });
    await served.http.post('/v1/clusters/fast/manifests').send(POD);
    await expect.poll(async () => (await served.http.get('/v1/clusters/fast')).body.elapsedSeconds).toBeGreaterThan(5);
    const made = await imported(await exported('fast'), '?name=fast-again');
    expect(made.body.differences).toEqual([]);
    await expect
      .poll(async () => (await served.http.get('/v1/clusters/fast-again')).body.elapsedSeconds)
      .toBeGreaterThan(made.body.cluster.elapsedSeconds);
  });
});

describe('a recording that leads elsewhere', () => {
  const changed = (change: (lines: { command: { toMs?: number; objects?: unknown[] }; digest: string }[]) => void): string => {
    const lines = linesOf(recording);
    change(lines);
    return textOf(lines);
  };
  const other = () => changed((lines) => Object.assign(lines[2] as object, { digest: '0'.repeat(32) }));

  it('is refused with the first command that differs, and there is no cluster', async () => {
    const before = (await served.http.get('/v1/clusters')).body.items.length;
    const { body } = await imported(other(), '?name=elsewhere');
    expect(body).toMatchObject({ status: 422, code: 'recording-differs' });
    expect(body.detail).toContain('command 3 leads to another digest');
    expect((await served.http.get('/v1/clusters')).body.items).toHaveLength(before);
  });

  it('is made all the same when that is asked for, with what differs', async () => {
    const { body, status } = await imported(other(), '?name=elsewhere&check=report');
    expect([status, body.differences]).toMatchObject([201, [{ number: 3, recorded: '0'.repeat(32) }]]);
    const refused = changed(
      (lines) =>
        void ((lines[1] as { command: { objects: unknown[] } }).command.objects = [
          { kind: 'Nothing', apiVersion: 'v1', metadata: { name: 'x' } },
        ]),
    );
    const told = await imported(refused, '?name=refused&check=report');
    expect(told.body.differences[0]).toMatchObject({ number: 2, refusal: expect.stringContaining('no matches for kind') });
  });

  it.each([
    ['is empty', () => '', /line 1/],
    ['is something else', () => '{"a": 1}\n', /line 1/],
    [
      'is of a format to come',
      () => recording.replace('orrery-recording/1', 'orrery-recording/2'),
      /line 1: format: must be orrery-recording\/1/,
    ],
    ['is cut off', () => recording.slice(0, recording.indexOf('{"end"')), /the recording is cut off/],
    ['lacks a command', () => textOf(linesOf(recording).filter((_, index) => index !== 2)), /line 3: number must be 3/],
    ['is no JSON', () => recording.replace('{"number":3', '{number:3'), /line 3: is not JSON/],
    ['has a command that is none', () => recording.replace('"type":"advance"', '"type":"jump"'), /line 3: command.type/],
    ['has a cluster that is none', () => recording.replace('"seed":5', '"seed":-5'), /line 1: cluster.seed: must not be negative/],
  ])('that %s is refused with the line', async (_, text, detail) => {
    const { body } = await imported(text(), '?name=bad');
    expect(body).toMatchObject({ status: 400, code: 'malformed-body' });
    expect(body.detail).toMatch(detail);
  });

  it.each([
    { type: 'fault', fault: { type: 'earthquake' }, afterMs: 0, forMs: null },
    { type: 'exec-start', request: {} },
    { type: 'exec-close', session: 'none' },
    { type: 'attach-input', container: {}, data: '', close: true },
    { type: 'port-request', request: {} },
    { type: 'park', work: {} },
    { type: 'clock', clock: {} },
    { type: 'image', reference: 'x', behavior: { http: 7 } },
    { type: 'request', request: { verb: 'create', resource: 'nothing', options: {} } },
    {
      type: 'request',
      request: { verb: 'patch', resource: 'pods', namespace: 'default', name: 'web', patchType: 'json', body: 7, options: { x: 1 } },
    },
    { type: 'advance', toMs: -5 },
    { type: 'advance', toMs: Number.MAX_SAFE_INTEGER },
  ])('with a command that nobody gave harms nobody: %j', async (command) => {
    const [head, , , end] = [linesOf(recording)[0], 0, 0, { end: 2 }];
    const { status } = await imported(textOf([head, { number: 2, command, digest: '0'.repeat(32) }, end]), '?name=hostile');
    expect([422, 400]).toContain(status);
    expect((await served.http.get('/v1/clusters/hostile')).status).toBe(404);
    expect((await served.http.get('/v1/clusters/demo')).status).toBe(200);
  });
});
