// Recordings: a cluster that is exported is made again, here or elsewhere, to the byte; and what is no recording makes none.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../../src/engine/cluster/index.ts';
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
    expect(body.detail).toContain('command 3 (turn the clock) leads to another digest');
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

describe('a recording with its state', () => {
  let whole: string;
  let last: number;
  type Line = { command?: { objects?: object[] }; engine?: string; state?: { revision: number }; record?: string[] };
  const altered = (change: (lines: Line[]) => void): string => {
    const lines = linesOf(whole) as Line[];
    change(lines);
    return textOf(lines);
  };
  /** Of another version, whose effect of one command was another one: there the pod had another image. */
  const foreign = () =>
    altered((lines) => {
      Object.assign(lines[0] as Line, { engine: '0.0.9' });
      const [pod] = lines[1]?.command?.objects ?? [];
      Object.assign(pod as typeof POD, { spec: { containers: [{ name: 'app', image: 'redis' }] } });
    });
  const infoOf = async (name: string) => (await served.http.get(`/v1/clusters/${name}`)).body;

  beforeAll(async () => {
    await imported(recording, '?name=original');
    whole = await (await fetch(`${served.url}/v1/clusters/original/export?state=true`)).text();
    last = linesOf(whole).at(-1).end;
  });

  it('is the same without it, and names the version of the engine', () => {
    const lines = linesOf(whole);
    expect(lines[0]).toMatchObject({ engine: ENGINE_VERSION, revision: expect.any(Number) });
    expect(lines.filter(({ command }) => command !== undefined).map(({ number, command }) => [number, command])).toEqual(
      linesOf(recording).flatMap(({ number, command }) => (command === undefined ? [] : [[number, command]])),
    );
  });

  it('of this version is replayed', async () => {
    const { body } = await imported(whole, '?name=replayed');
    expect(body).toMatchObject({ engine: ENGINE_VERSION, differences: [], cluster: { digest: (await infoOf('original')).digest } });
    expect(body.cluster).not.toHaveProperty('recorded');
  });

  it('of another version is opened there, says so, and goes on', async () => {
    const { body, status } = await imported(foreign(), '?name=taken');
    expect([status, body.engine, body.differences, body.difference]).toEqual([201, '0.0.9', [], undefined]);
    const original = await infoOf('original');
    const recorded = { engine: '0.0.9', number: last };
    const { digest, now, resourceVersion, objects, nodes, clock } = original;
    expect(body.cluster).toMatchObject({ digest, now, resourceVersion, objects, nodes, clock, recorded });
    const { items } = (await served.http.get('/v1/clusters/taken/commands')).body;
    const before = (await served.http.get('/v1/clusters/original/commands')).body.items;
    const brief = (list: { number: number; digest: string; time: string; storedAt: string }[]) =>
      list.map(({ number, digest, time, storedAt }) => [number, digest, time, storedAt]);
    expect(brief(items)).toEqual(brief(before));
    expect((await served.http.get(`/v1/clusters/taken/diff?from=command:${last}`)).status).toBe(200);
    expect((await served.http.get('/v1/clusters/taken/diff?from=command:2')).body).toMatchObject({ status: 410, code: 'gone' });
    expect((await served.http.get('/v1/clusters/taken/changes?after=0')).body).toMatchObject({ status: 410, code: 'gone' });
    for (const name of ['taken', 'original']) await served.http.post(`/v1/clusters/${name}/clock/advance`).send({ by: '1h' }).expect(200);
    const gone = await infoOf('taken');
    expect(gone).toMatchObject({ digest: (await infoOf('original')).digest, recorded });
    await served.http.post('/v1/clusters/taken/forks').send({ name: 'taken-fork' });
    expect((await infoOf('taken-fork')).recorded).toEqual(recorded);
    // It is exported with what it says of itself.
    const again = await (await fetch(`${served.url}/v1/clusters/taken/export?state=true`)).text();
    expect(linesOf(again)[0]).toMatchObject({ engine: ENGINE_VERSION, recorded });
    expect((await imported(again, '?name=taken-again&check=recorded')).body.cluster).toMatchObject({ digest: gone.digest, recorded });
  });

  it('of another version is replayed when that is asked for, with the first command that differs, and what differs by field', async () => {
    expect((await imported(foreign(), '?name=strict&check=strict')).body.detail).toContain(
      'command 2 (apply 1 manifest) leads to another digest',
    );
    const { body } = await imported(foreign(), '?name=reported&check=report');
    expect(body.differences[0]).toMatchObject({ number: 2, command: 'apply 1 manifest' });
    const { from, to, changed } = body.difference;
    const state = linesOf(whole).find((line) => line.state !== undefined).state;
    expect([from.resourceVersion, to.resourceVersion]).toEqual([String(state.revision), body.cluster.resourceVersion]);
    const pod = changed.find(({ resource, name }: { resource: string; name: string }) => resource === 'pods' && name === 'web');
    expect(pod.fields).toContainEqual({ path: '/spec/containers/0/image', from: 'nginx', to: 'redis' });
    expect(body.cluster).not.toHaveProperty('recorded');
    const same = await imported(whole, '?name=same&check=report');
    expect(same.body).toMatchObject({ differences: [], difference: { added: [], removed: [], changed: [] } });
  });

  it('is opened by this version too, when that is asked for; without a state there is nothing to open', async () => {
    const { body } = await imported(whole, '?name=opened&check=recorded');
    expect(body.cluster.digest).toBe(
      linesOf(whole)
        .filter(({ command }) => command !== undefined)
        .at(-1).digest,
    );
    expect((await imported(recording, '?name=opened-too&check=recorded')).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  const stateLine = (lines: Line[]) => lines.find(({ state }) => state !== undefined)?.state ?? { revision: 0 };
  const podRecord = (lines: Line[]) => lines.find(({ record }) => record?.[0] === 'objects/pods')?.record ?? [];
  it.each<[string, (lines: Line[]) => void]>([
    ['another revision', (lines) => void (stateLine(lines).revision += 1)],
    ['an object that is none', (lines) => void (podRecord(lines)[2] = '7')],
    ['an object without a name', (lines) => void (podRecord(lines)[2] = '{"metadata":{}}')],
    ['a row that is no JSON', (lines) => void (podRecord(lines)[2] = '{')],
  ])('with %s is refused with the line', async (_, change) => {
    const { body } = await imported(altered(change), '?name=bad&check=recorded');
    expect(body).toMatchObject({ status: 400, code: 'malformed-body' });
    expect(body.detail).toMatch(/line \d+: /);
  });

  it.each<[string, (lines: Line[]) => void]>([
    ['tables that nobody has', (lines) => void (podRecord(lines)[0] = 'nothing')],
    ['timers that are none', (lines) => void lines.splice(-1, 0, { record: ['timers', 'x', '[]'] })],
    ['a pod that is none', (lines) => void (podRecord(lines)[2] = '{"kind":"Pod","metadata":{"name":"web","namespace":"default"}}')],
  ])('with %s harms nobody', async (_, change) => {
    const own = await startTestService();
    const post = (path: string) => own.http.post(`/v1/clusters${path}`);
    await post('').send({ name: 'bystander' });
    const { status } = await post('/import?name=hostile&check=recorded').set('Content-Type', 'application/x-ndjson').send(altered(change));
    expect([201, 422]).toContain(status);
    await post('/hostile/clock/advance').send({ by: '1h' });
    expect((await own.http.delete('/v1/clusters/hostile')).status).toBe(status === 201 ? 204 : 404);
    expect((await post('/bystander/clock/advance').send({ by: '1m' })).status).toBe(200);
    // That the engine fails on it is told as any failure of it.
    for (const failure of own.failures) expect(String(failure)).toMatch(/no component owns timers|engine-failed/);
    await own.close().catch(() => {});
  });
});
