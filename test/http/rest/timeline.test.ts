// The timeline of a cluster: what a drawing shows of it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimelineBody } from '../../../src/http/rest/schemas/timeline.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { openEvents } from '../../support/event-stream.ts';

const CLUSTER = '/v1/clusters/demo';
const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'app', image: 'nginx:1', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } }],
      },
    },
  },
};
const CRASH = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'crash', namespace: 'kube-public' },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'sleep 3; exit 7'] }] },
};

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await served.http.post(`${CLUSTER}/manifests`).send(WEB);
  await served.http.post(`${CLUSTER}/manifests`).send(CRASH);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '5m' });
  const target = { pod: (await firstPod()) ?? '', container: 'app', probe: 'readiness' };
  await served.http.post(`${CLUSTER}/faults`).send({ type: 'probe-fail', target, for: '1m' });
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '2m' });
  await served.http.post(`${CLUSTER}/faults`).send({ type: 'node-down', target: { node: 'node-1' }, for: '20m' });
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '30m' });
});
afterAll(() => served.close());

async function firstPod(): Promise<string | undefined> {
  const { body } = await served.http.get('/clusters/demo/api/v1/namespaces/default/pods');
  return (body as { items: { metadata: { name: string }; spec: { nodeName: string } }[] }).items.find(
    ({ spec }) => spec.nodeName === 'node-1',
  )?.metadata.name;
}

async function timeline(query = ''): Promise<TimelineBody> {
  const { status, body } = await served.http.get(`${CLUSTER}/timeline${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as TimelineBody;
}

const rowOf = ({ rows }: TimelineBody, id: string) => rows.find((row) => row.id === id);
const statesOf = (body: TimelineBody, id: string) => rowOf(body, id)?.spans.map(({ state }) => state);

describe('GET …/timeline', () => {
  it('has a row for every node, workload, pod and container, each below the one that it belongs to', async () => {
    const { rows } = await timeline();
    const ids = new Set(rows.map(({ id }) => id));
    for (const { parent } of rows) if (parent !== undefined) expect(ids).toContain(parent);
    const pods = rows.filter(({ kind, namespace }) => kind === 'pod' && namespace === 'default');
    expect(pods.length).toBeGreaterThan(2);
    for (const pod of pods) {
      const set = rows.find(({ id }) => id === pod.parent);
      expect(set).toMatchObject({ kind: 'workload', resource: 'replicasets.apps', parent: 'deployments.apps/default/web' });
      expect(rows.filter(({ parent }) => parent === pod.id)).toMatchObject([{ kind: 'container', name: 'app' }]);
      expect(pod.node).toMatch(/^node-[12]$/);
    }
    expect(rows.filter(({ kind }) => kind === 'node').map(({ name }) => name)).toEqual(['node-1', 'node-2']);
  });

  it('has spans without gaps and overlaps, whose states are those that happened', async () => {
    const body = await timeline();
    for (const { spans } of body.rows)
      for (const [index, { fromMs, toMs }] of spans.entries()) {
        if (toMs !== undefined) expect(toMs).toBeGreaterThan(fromMs);
        const before = spans[index - 1];
        if (before?.toMs === fromMs) expect([before.state, before.reason]).not.toEqual([spans[index]?.state, spans[index]?.reason]);
        if (index > 0 && spans[index - 1]?.toMs !== undefined) expect(spans[index - 1]?.toMs).toBeLessThanOrEqual(fromMs);
      }
    expect(statesOf(body, 'nodes/node-1')).toEqual(['NodeReady', 'NodeLost', 'NodeReady']);
    expect(statesOf(body, 'deployments.apps/default/web')).toEqual(
      expect.arrayContaining(['Progressing', 'Available']) as unknown as string[],
    );
    const lost = body.rows.find(({ kind, node, namespace }) => kind === 'pod' && node === 'node-1' && namespace === 'default');
    expect(lost?.spans.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['Scheduled', 'Pulling', 'Running', 'Ready', 'NodeLost']) as unknown as string[],
    );
    const container = rowOf(body, 'pods/kube-public/crash/c');
    expect(container?.spans.slice(0, 5).map(({ state }) => state)).toEqual(['Waiting', 'Pulling', 'Starting', 'Ready', 'Failed']);
    expect(container?.spans.some(({ state, reason }) => state === 'BackOff' && reason === 'CrashLoopBackOff')).toBe(true);
  });

  it('has no mark of a fault that was ended before it struck', async () => {
    const path = '/v1/clusters/spared';
    await served.http.post('/v1/clusters').send({ name: 'spared', nodes: 2 });
    const setFault = (node: string, after: string) =>
      served.http.post(`${path}/faults`).send({ type: 'node-down', target: { node }, after });
    await setFault('node-1', '10s');
    const { body } = await setFault('node-2', '20s');
    await served.http.post(`${path}/clock/advance`).send({ by: '15s' });
    await served.http.delete(`${path}/faults/${body.id}`).expect(204);
    await served.http.delete(`${path}/faults/fault-1`).expect(204);
    await served.http.post(`${path}/clock/advance`).send({ by: '30s' });
    const told = (await served.http.get(`${path}/timeline`)).body as TimelineBody;
    const struck = (id: string) => rowOf(told, id)?.marks.filter(({ type }) => type === 'fault');
    expect([struck('nodes/node-1'), struck('nodes/node-2')]).toEqual([
      [expect.objectContaining({ fault: 'fault-1', text: 'node-down node-1' })],
      [],
    ]);
    expect(told.marks.map(({ fault, text }) => [fault, text])).toEqual([
      ['fault-2', 'end fault-2'],
      ['fault-1', 'end fault-1'],
    ]);
    // A page of it that begins between them counts on.
    const later = (await served.http.get(`${path}/timeline?from=2025-01-01T00:00:05Z`)).body as TimelineBody;
    expect(later.marks.map(({ fault }) => fault)).toEqual(['fault-2', 'fault-1']);
  });

  it('marks probes that fail, restarts, warnings, commands and faults', async () => {
    const body = await timeline();
    const restarts = rowOf(body, 'pods/kube-public/crash/c')?.marks.filter(({ type }) => type === 'restart');
    expect(restarts?.[0]?.text).toBe('restart 1 after exit code 7 (Error)');
    const marks = body.rows.flatMap(({ marks: own }) => own);
    expect(marks.filter(({ type }) => type === 'probe-failure')[0]?.text).toMatch(/^Readiness probe failed: /);
    expect(rowOf(body, 'pods/kube-public/crash')?.marks.every(({ type }) => type === 'warning')).toBe(true);
    expect(rowOf(body, 'nodes/node-1')?.marks).toContainEqual(expect.objectContaining({ type: 'fault', text: 'node-down node-1' }));
    expect(body.marks).toContainEqual({ atMs: body.fromMs, type: 'command', text: 'apply 1 manifest', number: 2 });
  });

  it('marks what was refused, where it was asked', async () => {
    const path = '/v1/clusters/refused';
    await served.http.post('/v1/clusters').send({ name: 'refused' });
    const end = (id: string) => served.http.delete(`${path}/faults/${id}`).expect(404);
    const advance = () => served.http.post(`${path}/clock/advance`).send({ by: '5m' }).expect(200);
    await end('fault-1');
    await advance();
    await end('fault-2');
    const read = async (query = '') => {
      const { marks, next } = (await served.http.get(`${path}/timeline?resource=pods${query}`)).body as TimelineBody;
      return { told: marks.map(({ type, text, number, atMs }) => [type, text, number, atMs - 1_735_689_600_000]), next };
    };
    const marks = [
      ['refused', 'end fault-1: NotFound: faults "fault-1" not found', 1, 0],
      ['refused', 'end fault-2: NotFound: faults "fault-2" not found', 2, 300_000],
    ];
    expect((await read()).told).toEqual(marks);
    expect((await read('&at=2025-01-01T00:01:00Z')).told).toEqual(marks.slice(0, 1));
    const pages = [];
    for (let page = await read('&limit=5'); ; page = await read(`&limit=5&from=${page.next}`)) {
      pages.push(...page.told);
      if (page.next === undefined) break;
    }
    expect(pages).toEqual(marks);
    const stream = await openEvents(`${served.url}${path}/timeline?resource=pods`);
    const told: string[] = [];
    const readUntil = async (text: string) => {
      while (!told.some((data) => data.includes(text))) told.push((await stream.next())?.data ?? expect.fail('the stream ends'));
    };
    await readUntil('end fault-2');
    await end('fault-3');
    await readUntil('end fault-3: NotFound');
    expect(told.filter((data) => data.includes('"type":"refused"'))).not.toEqual([]);
    stream.close();
  });

  it('shows only what is asked for, and what belongs to it', async () => {
    const all = await timeline();
    const web = await timeline('?resource=deployments&name=web');
    expect(web.rows.length).toBeGreaterThan(5);
    expect(web.rows).toEqual(all.rows.filter(({ id }) => id.includes('/default/web')));
    const pods = await timeline('?resource=nodes&name=node-1');
    expect(new Set(pods.rows.map(({ kind }) => kind))).toEqual(new Set(['node', 'pod', 'container']));
    expect(pods.rows.filter(({ kind }) => kind === 'pod').every(({ node }) => node === 'node-1')).toBe(true);
    expect((await timeline('?namespace=kube-public')).rows.map(({ id }) => id)).toEqual([
      'pods/kube-public/crash',
      'pods/kube-public/crash/c',
    ]);
    expect((await served.http.get(`${CLUSTER}/timeline?resource=nothing`)).status).toBe(400);
  });

  it('ends where it is told to, and is then what it was', async () => {
    const at = '2025-01-01T00:05:00Z';
    const then = await timeline(`?at=${at}`);
    expect(then.to).toBe(at);
    expect(statesOf(then, 'nodes/node-1')).toEqual(['NodeReady']);
    expect(then.rows.flatMap(({ marks }) => marks).some(({ atMs }) => atMs > then.toMs)).toBe(false);
    const later = await timeline(`?from=${at}`);
    expect(later.fromMs).toBe(then.toMs);
    expect(rowOf(later, 'nodes/node-1')?.spans.map(({ state }) => state)).toEqual(['NodeReady', 'NodeLost', 'NodeReady']);
    expect(rowOf(later, 'nodes/node-1')?.spans[0]?.fromMs).toBe(then.toMs);
    expect(later.marks.some(({ number }) => number === 2)).toBe(false);
  });

  it('comes in pages that say the same together', async () => {
    const whole = await timeline();
    let page = await timeline('?limit=40');
    const commands = page.marks.map(({ number }) => number);
    const pages = [page];
    while (page.next !== undefined) {
      page = await timeline(`?limit=40&from=${page.next}`);
      pages.push(page);
      commands.push(...page.marks.map(({ number }) => number));
    }
    expect(pages.length).toBeGreaterThan(3);
    expect(commands).toEqual(whole.marks.map(({ number }) => number));
    for (const { id, spans } of whole.rows.filter(({ kind }) => kind === 'node')) {
      const joined = pages.flatMap((one) => rowOf(one, id)?.spans ?? []).map(({ state }) => state);
      expect(joined.filter((state, index) => state !== joined[index - 1])).toEqual(spans.map(({ state }) => state));
    }
    expect(new Set(pages.flatMap(({ rows }) => rows.map(({ id }) => id)))).toEqual(new Set(whole.rows.map(({ id }) => id)));
  });
});

describe('the stream of the timeline', () => {
  it('tells first what was, then what comes', async () => {
    const stream = await openEvents(`${served.url}${CLUSTER}/timeline?namespace=default`);
    const rows = new Set<string>();
    const seen: string[] = [];
    const readUntil = async (isLast: (event: string, data: string) => boolean) => {
      for (;;) {
        const { event, data } = (await stream.next()) ?? { event: 'end', data: '' };
        expect(event).not.toBe('end');
        if (event === 'steps')
          for (const step of (JSON.parse(data) as { steps: { type: string; row?: unknown }[] }).steps) {
            if (step.type === 'row') rows.add((step.row as { id: string }).id);
            seen.push(step.type);
          }
        if (isLast(event, data)) return;
      }
    };
    await readUntil((event) => event === 'now');
    const whole = await timeline('?namespace=default');
    expect(rows).toEqual(new Set(whole.rows.map(({ id }) => id)));
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'late' }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };
    await served.http.post(`${CLUSTER}/manifests`).send(pod);
    await readUntil(() => rows.has('pods/default/late'));
    // What has no row changes, too, and the clock stands: the revision says so.
    const { body: made } = await served.http
      .post('/clusters/demo/api/v1/namespaces/default/configmaps')
      .send({ metadata: { name: 'noted' } })
      .expect(201);
    const { resourceVersion } = made.metadata as { resourceVersion: string };
    await readUntil((event, data) => event === 'now' && data.includes(`"resourceVersion":"${resourceVersion}"`));
    await served.http.delete('/clusters/demo/api/v1/namespaces/default/pods/late?gracePeriodSeconds=0');
    await readUntil((_, data) => data.includes('{"type":"end","row":"pods/default/late"'));
    stream.close();
  });
});
