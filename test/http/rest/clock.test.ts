import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvents } from '../../support/event-stream.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

const HEALTHY = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
};
const CRASHING = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'crash', annotations: { 'orrery.sim/behavior.main': '{"run": {"for": "1s", "exitCode": 1}}' } },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
};
const UNREADY = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'main', image: 'nginx', readinessProbe: { exec: { command: ['false'] } } }] },
};

let clusters = 0;
/** A new cluster with the objects; the paths are relative to it. */
async function cluster(...objects: object[]) {
  clusters += 1;
  const name = `clock-${clusters}`;
  await test.http.post('/v1/clusters').send({ name }).expect(201);
  if (objects.length > 0) await test.http.post(`/v1/clusters/${name}/manifests`).send(objects).expect(200);
  const base = `/v1/clusters/${name}`;
  return {
    name,
    base,
    advance: (body: object) => test.http.post(`${base}/clock/advance`).send(body),
    clock: async () => (await test.http.get(`${base}/clock`)).body,
  };
}

describe('ok', () => {
  it('stands still until it is moved', async () => {
    const { clock } = await cluster();
    expect(await clock()).toMatchObject({ mode: 'manual', now: '2025-01-01T00:00:00Z', elapsedSeconds: 0 });
    expect(await clock()).toEqual(await clock());
  });

  it.each([
    [{ by: '90s' }, '2025-01-01T00:01:30Z', 90],
    [{ by: '1h30m' }, '2025-01-01T01:30:00Z', 5400],
    [{ by: '500ms' }, '2025-01-01T00:00:00.500Z', 0.5],
    [{ by: 12.25 }, '2025-01-01T00:00:12.250Z', 12.25],
    [{ by: 0 }, '2025-01-01T00:00:00Z', 0],
    [{ to: '2025-01-01T02:00:00+01:00' }, '2025-01-01T01:00:00Z', 3600],
    [{ to: '2025-01-01T00:00:00Z' }, '2025-01-01T00:00:00Z', 0],
  ])('advances %j to %s', async (goal, now, elapsedSeconds) => {
    const { advance, clock } = await cluster();
    const { status, body } = await advance(goal);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2025-01-01T00:00:00Z',
      now,
      elapsedSeconds,
      reached: true,
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await clock()).toMatchObject({ now, elapsedSeconds });
  });

  it('advances by instants at which something happens, and says when the next one is', async () => {
    const { advance, clock } = await cluster(HEALTHY);
    const { nextChangeAt } = await clock();
    const { body } = await advance({ steps: 1 });
    expect(body).toMatchObject({ reached: true });
    expect(body.watchEvents).toBeGreaterThan(0);
    expect(Date.parse(nextChangeAt)).toBeLessThanOrEqual(Date.parse(body.now));
    const rest = (await advance({ steps: 1_000 })).body;
    expect(rest.reached).toBe(false);
  });

  it('advances until a condition holds, by name, by selector, or as another resource', async () => {
    const { advance } = await cluster(HEALTHY);
    const ready = (
      await advance({ until: { for: 'condition=Ready', resource: 'pods', name: 'web', namespace: 'default' }, timeout: '10m' })
    ).body;
    expect(ready.reached).toBe(true);
    expect(ready.elapsedSeconds).toBeGreaterThan(0);
    expect(ready.elapsedSeconds).toBeLessThan(60);
    expect((await advance({ until: { for: 'condition=Ready', selector: 'app=web' } })).body).toMatchObject({
      reached: true,
      now: ready.now,
    });
    expect((await advance({ until: { for: 'jsonpath={.status.phase}=Running', resource: 'po', name: 'web' } })).body.reached).toBe(true);
    expect((await advance({ until: { for: 'condition=Ready', resource: 'nodes', name: 'node-1' } })).body.reached).toBe(true);
    expect((await advance({ until: { for: 'delete', name: 'nobody' } })).body.reached).toBe(true);
  });

  it('gives up at the timeout', async () => {
    const { advance } = await cluster(HEALTHY);
    const { body } = await advance({ until: { for: 'condition=Nonsense', name: 'web' }, timeout: '5m' });
    expect(body).toMatchObject({ reached: false, now: '2025-01-01T00:05:00Z' });
    expect(body.nearest).toEqual({ resource: 'pods', namespace: 'default', name: 'web', state: 'it has no condition Nonsense' });
    expect(body.explanation).toMatchObject([{ code: 'healthy' }]);
  });

  it('says of a condition that was not reached what comes closest, and why', async () => {
    const { advance } = await cluster(UNREADY);
    const { body } = await advance({ until: { for: 'condition=Ready', name: 'web' }, timeout: '5m' });
    expect(body).toMatchObject({
      reached: false,
      nearest: { name: 'web', state: expect.stringMatching(/^Ready is False \(ContainersNotReady\) since 2025/) },
    });
    expect(body.explanation).toMatchObject([{ code: 'readiness-probe', sentence: expect.stringContaining('the command "false"') }]);
    const path = await advance({ until: { for: 'jsonpath={.status.phase}=Succeeded', name: 'web' }, timeout: '1s' });
    expect(path.body.nearest.state).toBe('the path leads to "Running"');
    const none = await advance({ until: { for: 'condition=Ready', selector: 'app=nobody' }, timeout: '1s' });
    expect(none.body).toMatchObject({ reached: false, explanation: [{ code: 'nothing-selected' }] });
    expect(none.body.nearest).toBeUndefined();
    const stays = await advance({ until: { for: 'delete', name: 'web' }, timeout: '1s' });
    expect(stays.body.nearest.state).toBe('it is not being deleted');
    expect((await advance({ by: '1s' })).body.explanation).toBeUndefined();
  });

  it('does not wait for a name that does not exist, unless it is to be created or to be gone', async () => {
    const { advance, clock } = await cluster(HEALTHY);
    const before = await clock();
    for (const wanted of ['condition=Ready', 'jsonpath={.status.phase}=Running']) {
      const refused = await advance({ until: { for: wanted, name: 'nobody' }, timeout: '5m' });
      expect([refused.status, refused.body.code]).toEqual([404, 'not-found']);
    }
    expect(await clock()).toEqual(before);
    const created = await advance({ until: { for: 'create', name: 'nobody' }, timeout: '1s' });
    expect(created.body).toMatchObject({ reached: false, explanation: [{ code: 'not-there' }] });
  });

  it('advances until nothing is scheduled any more', async () => {
    const { advance, clock } = await cluster(HEALTHY);
    const { body } = await advance({ until: 'idle', timeout: '24h' });
    expect(body.reached).toBe(true);
    expect(body.elapsedSeconds).toBeLessThan(3600);
    expect((await advance({ until: 'idle' })).body.now).toBe((await clock()).now);
    const busy = await cluster(CRASHING);
    expect((await busy.advance({ until: 'idle', timeout: '2h' })).body).toMatchObject({ reached: false, elapsedSeconds: 7200 });
  });

  it('gives the same history however the way is cut', async () => {
    const [one, two] = [await cluster(CRASHING), await cluster(CRASHING)];
    const whole = (await one.advance({ by: '1h' })).body;
    for (const by of ['7s', '13m', '123ms', '30m']) await two.advance({ by });
    const cut = (await two.advance({ to: whole.now })).body;
    expect(cut.digest).toBe(whole.digest);
  });

  it('runs by itself when it is told to, and stops', async () => {
    const { base, clock, name } = await cluster(HEALTHY);
    const { status, body } = await test.http.put(`${base}/clock`).send({ mode: 'running', rate: 1000 });
    expect([status, body.mode, body.rate]).toEqual([200, 'running', 1000]);
    const events = await openEvents(`${test.url}${base}/watch?resource=pods&format=table`);
    await events.until(({ data }) => data.includes('"Running"'));
    events.close();
    expect((await test.http.get(`/v1/clusters/${name}`)).body.clock).toEqual({ mode: 'running', rate: 1000 });
    expect((await test.http.put(`${base}/clock`).send({ mode: 'manual' })).body).toMatchObject({ mode: 'manual' });
    const stopped = await clock();
    expect(stopped.elapsedSeconds).toBeGreaterThan(0);
    expect(await clock()).toEqual(stopped);
  });

  it('runs at rate 1 when no rate is given', async () => {
    const { base } = await cluster();
    expect((await test.http.put(`${base}/clock`).send({ mode: 'running' })).body).toMatchObject({ mode: 'running', rate: 1 });
    await test.http.put(`${base}/clock`).send({ mode: 'manual' });
  });
});

describe('ok, as a stream', () => {
  it.each(['application/json, text/event-stream', 'text/event-stream;q=0.5, application/json', '*/*'])('is JSON for %s', async (accept) => {
    const { base } = await cluster();
    const answer = await test.http.post(`${base}/clock/advance`).set('Accept', accept).send({ by: '1s' });
    expect([answer.type, answer.body.elapsedSeconds]).toEqual(['application/json', 1]);
  });

  it('tells progress and ends with the result', async () => {
    const small = await startTestService({ limits: { sliceChangesMax: 20 } });
    try {
      await small.http.post('/v1/clusters').send({ name: 'demo' });
      await small.http.post('/v1/clusters/demo/manifests').send(CRASHING);
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"by": "12h"}' };
      const events = await openEvents(`${small.url}/v1/clusters/demo/clock/advance`, init);
      expect([events.status, events.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      const frames = await events.rest();
      const done = JSON.parse(frames.pop()?.data ?? '');
      expect(done).toMatchObject({ from: '2025-01-01T00:00:00Z', now: '2025-01-01T12:00:00Z', reached: true });
      expect(frames.length).toBeGreaterThan(0);
      const times = frames.map(({ event, data }) => ({ event, ...JSON.parse(data) }));
      for (const { event, now, elapsedSeconds, watchEvents } of times) {
        expect(event).toBe('progress');
        expect(Date.parse(now) - Date.parse(done.from)).toBe(elapsedSeconds * 1000);
        expect(watchEvents).toBeLessThanOrEqual(done.watchEvents);
      }
      expect(times.map(({ now }) => now)).toEqual(times.map(({ now }) => now).sort());
    } finally {
      await small.close();
    }
  });

  it('stops at a committed instant when the client hangs up, and the rest gives the same history', async () => {
    const slow = await startTestService({ limits: { sliceChangesMax: 5 } });
    try {
      for (const name of ['cut', 'whole']) {
        await slow.http.post('/v1/clusters').send({ name });
        await slow.http.post(`/v1/clusters/${name}/manifests`).send(CRASHING);
      }
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"by": "1000h"}' };
      const events = await openEvents(`${slow.url}/v1/clusters/cut/clock/advance`, init);
      await events.next();
      events.close();
      // The advance is over as soon as another one may begin.
      let answer = await slow.http.post('/v1/clusters/cut/clock/advance').send({ by: 0 });
      while (answer.status === 409) answer = await slow.http.post('/v1/clusters/cut/clock/advance').send({ by: 0 });
      expect(answer.body.elapsedSeconds).toBeGreaterThan(0);
      expect(answer.body.elapsedSeconds).toBeLessThan(3_600_000);
      const whole = (await slow.http.post('/v1/clusters/whole/clock/advance').send({ to: answer.body.now })).body;
      expect(whole.digest).toBe(answer.body.digest);
    } finally {
      await slow.close();
    }
  });

  it('tells a failure before the stream begins as a problem', async () => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"by": "1h"}' };
    const events = await openEvents(`${test.url}/v1/clusters/nobody/clock/advance`, init);
    expect(events.status).toBe(404);
    events.close();
  });
});

describe('invalid', () => {
  it.each<[body: unknown, field: string, message: RegExp]>([
    [{}, '', /exactly one of by, to, steps, until must be given; none is given/],
    [{ by: '1s', steps: 1 }, '', /by, steps are given/],
    [{ by: 'soon' }, '/by', /"soon" is not a duration/],
    [{ by: '1d' }, '/by', /"1d" is not a duration/],
    [{ by: '5' }, '/by', /is not a duration/],
    [{ by: '-1s' }, '/by', /must not be negative/],
    [{ by: -1 }, '/by', /must not be negative/],
    [{ by: true }, '/by', /must be a duration/],
    [{ by: 1e300 }, '/by', /is not a duration/],
    [{ by: '100000h' }, '/by', /ten years/],
    [{ to: '2024-12-31T23:59:59Z' }, '/to', /cannot go back/],
    [{ to: '2035-01-01T00:00:00Z' }, '/to', /ten years/],
    [{ to: 'tomorrow' }, '/to', /is not a date and time/],
    [{ to: 5 }, '/to', /must be a date and time/],
    [{ steps: 0 }, '/steps', /at least 1/],
    [{ steps: 1.5 }, '/steps', /whole number/],
    [{ steps: 1_000_001 }, '/steps', /at most/],
    [{ until: 'ready' }, '/until', /"idle" or a condition/],
    [{ until: {} }, '/until/for', /./],
    [{ until: { for: 'happiness' } }, '/until/for', /unrecognized condition/],
    [{ until: { for: 'condition=' } }, '/until/for', /./],
    [{ until: { for: 'jsonpath={.a[}' } }, '/until/for', /./],
    [{ until: { for: 'create', resource: 'unicorns' } }, '/until/resource', /no such resource; known are .*pods/],
    [{ until: { for: 'create', resource: 'nodes', namespace: 'default' } }, '/until/namespace', /no namespace/],
    [{ until: { for: 'create', selector: 'a in' } }, '/until/selector', /./],
    [{ until: { for: 'create', name: '' } }, '/until/name', /empty/],
    [{ until: { for: 'create', kind: 'Pod' } }, '/until/kind', /unknown field/],
    [{ until: 'idle', timeout: '-5m' }, '/timeout', /must not be negative/],
    [{ until: 'idle', timeout: '100000h' }, '/timeout', /ten years/],
    [{ by: '1s', timeout: '1s' }, '/timeout', /only an advance with until/],
    [{ by: '1s', speed: 2 }, '/speed', /unknown field/],
  ])('refuses to advance %j at %s, and nothing moves', async (body, field, message) => {
    const { base, clock } = await cluster();
    const answer = await test.http.post(`${base}/clock/advance`).send(body as object);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'invalid-request',
      errors: [{ in: 'body', field, message: expect.stringMatching(message) }],
    });
    expect(await clock()).toMatchObject({ elapsedSeconds: 0 });
  });

  it.each<[body: object, field: string]>([
    [{}, '/mode'],
    [{ mode: 'paused' }, '/mode'],
    [{ mode: 'running', rate: -1 }, '/rate'],
    [{ mode: 'running', rate: 1e9 }, '/rate'],
    [{ mode: 'running', rate: '1' }, '/rate'],
    [{ mode: 'manual', rate: 1 }, '/rate'],
    [{ mode: 'manual', now: '2025-01-01T00:00:00Z' }, '/now'],
  ])('refuses the clock %j at %s', async (body, field) => {
    const { base } = await cluster();
    const answer = await test.http.put(`${base}/clock`).send(body);
    expect([answer.status, answer.body.errors.map((error: { field: string }) => error.field)]).toEqual([400, [field]]);
  });
});

describe('not found', () => {
  it('has no clock of a cluster that is not there', async () => {
    expect((await test.http.get('/v1/clusters/nobody/clock')).body.code).toBe('cluster-not-found');
    expect((await test.http.put('/v1/clusters/nobody/clock').send({ mode: 'manual' })).body.code).toBe('cluster-not-found');
    expect((await test.http.post('/v1/clusters/nobody/clock/advance').send({ by: 1 })).body.code).toBe('cluster-not-found');
  });
});

describe('conflict', () => {
  it('refuses a second advance while one goes on, and answers everything else meanwhile', async () => {
    const slow = await startTestService({ limits: { sliceChangesMax: 5 } });
    try {
      await slow.http.post('/v1/clusters').send({ name: 'demo' });
      await slow.http.post('/v1/clusters/demo/manifests').send(CRASHING);
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"by": "1000h"}' };
      const events = await openEvents(`${slow.url}/v1/clusters/demo/clock/advance`, init);
      await events.next();
      const { status, body } = await slow.http.post('/v1/clusters/demo/clock/advance').send({ by: '1s' });
      expect([status, body.code]).toEqual([409, 'busy']);
      expect((await slow.http.get('/v1/clusters/demo')).status).toBe(200);
      expect((await slow.http.get('/clusters/demo/api/v1/pods')).status).toBe(200);
      events.close();
    } finally {
      await slow.close();
    }
  });
});
