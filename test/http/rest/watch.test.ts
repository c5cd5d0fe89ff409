import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventFrame, openEvents } from '../../support/event-stream.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

const pod = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
});

let clusters = 0;
async function cluster(body: object = {}) {
  clusters += 1;
  const name = `watch-${clusters}`;
  await test.http
    .post('/v1/clusters')
    .send({ name, nodes: 1, ...body })
    .expect(201);
  const base = `/v1/clusters/${name}`;
  return {
    name,
    base,
    apply: (...objects: object[]) => test.http.post(`${base}/manifests`).send(objects).expect(200),
    remove: (...objects: object[]) => test.http.post(`${base}/manifests?mode=delete`).send(objects).expect(200),
    advance: (by: string) => test.http.post(`${base}/clock/advance`).send({ by }).expect(200),
    revision: async () => Number((await test.http.get(base)).body.resourceVersion),
    watch: (query: string, headers: Record<string, string> = {}) => openEvents(`${test.url}${base}/watch?${query}`, { headers }),
  };
}

const isBookmark = ({ event }: EventFrame) => event === 'BOOKMARK';
const objectOf = (frame: EventFrame) => JSON.parse(frame.data).object;
const summary = (frames: EventFrame[]) => frames.map((frame) => `${frame.event} ${objectOf(frame).metadata.name}`);

describe('ok', () => {
  it('shows what is there, then says how far it is, then what changes', async () => {
    const { apply, advance, watch, revision } = await cluster();
    await apply(pod('a'));
    await advance('1m');
    const events = await watch('resource=pods');
    expect([events.status, events.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const first = await events.until(isBookmark);
    expect(first.map(({ event }) => event)).toEqual(['ADDED', 'BOOKMARK']);
    expect(first[1]?.id).toBe(String(await revision()));
    await apply(pod('b'));
    const added = (await events.next()) as EventFrame;
    expect(JSON.parse(added.data)).toMatchObject({
      type: 'ADDED',
      time: '2025-01-01T00:01:00Z',
      object: { kind: 'Pod', metadata: { name: 'b' }, status: { phase: 'Pending' } },
    });
    expect(added.id).toBe(objectOf(added).metadata.resourceVersion);
    events.close();
  });

  it('shows every resource when none is named, and several when they are', async () => {
    const { watch, advance, apply } = await cluster();
    await apply(pod('a'));
    await advance('1m');
    const kindsOf = async (query: string) => {
      const events = await watch(query);
      const kinds = (await events.until(isBookmark)).slice(0, -1).map((frame) => objectOf(frame).kind as string);
      events.close();
      return [...new Set(kinds)].sort();
    };
    expect(await kindsOf('')).toEqual(expect.arrayContaining(['Event', 'Lease', 'Namespace', 'Node', 'Pod']));
    expect(await kindsOf('resource=nodes,po')).toEqual(['Node', 'Pod']);
    expect(await kindsOf('resource=replicasets.apps')).toEqual([]);
  });

  it('begins behind a resource version, with nothing before it', async () => {
    const { apply, watch, revision } = await cluster();
    await apply(pod('a'));
    const after = await revision();
    await apply(pod('b'));
    const events = await watch(`resource=pods&resourceVersion=${after}&timeoutSeconds=1`);
    const frames = await events.rest();
    expect(summary(frames)[0]).toBe('ADDED b');
    expect(frames.every(({ id }) => Number(id) > after)).toBe(true);
  });

  it('H4 shows objects that enter and leave the selection as ADDED and DELETED', async () => {
    const { apply, remove, watch, revision } = await cluster();
    const after = await revision();
    await apply(pod('a', { app: 'web' }));
    await apply(pod('b', { app: 'db' }));
    await apply(pod('a', { app: 'old' }));
    await apply(pod('b', { app: 'web' }));
    await remove(pod('b'));
    const events = await watch(`resource=pods&labelSelector=app%3Dweb&resourceVersion=${after}&timeoutSeconds=1`);
    const frames = await events.rest();
    const relevant = summary(frames).filter((line) => !line.startsWith('MODIFIED'));
    expect(relevant.slice(0, 3)).toEqual(['ADDED a', 'DELETED a', 'ADDED b']);
    const left = frames.find(({ event }) => event === 'DELETED') as EventFrame;
    expect(objectOf(left).metadata).toMatchObject({ labels: { app: 'web' }, resourceVersion: left.id });
  });

  it('selects by field and by namespace', async () => {
    const { apply, watch } = await cluster();
    await apply(pod('a'), pod('b'), { ...pod('c'), metadata: { name: 'c', namespace: 'kube-public' } });
    const names = async (query: string) => {
      const events = await watch(`resource=pods&${query}`);
      const frames = (await events.until(isBookmark)).slice(0, -1);
      events.close();
      return frames.map((frame) => objectOf(frame).metadata.name).sort();
    };
    expect(await names('fieldSelector=metadata.name%3Da')).toEqual(['a']);
    expect(await names('fieldSelector=metadata.name!%3Da&namespace=default')).toEqual(['b']);
    expect(await names('namespace=kube-public')).toEqual(['c']);
    expect(await names('namespace=empty')).toEqual([]);
  });

  it('resumes behind Last-Event-ID without loss or repetition, wherever it was cut', async () => {
    const { apply, advance, watch, revision } = await cluster();
    await apply(pod('a'), pod('b'));
    await advance('1m');
    const whole = await (await watch('resourceVersion=1&timeoutSeconds=1')).rest();
    expect(Number(whole.at(-1)?.id)).toBe(await revision());
    for (const cut of [0, 3, whole.length - 2]) {
      const id = whole[cut]?.id as string;
      // The query is the one the client began with; its position is the header's.
      const rest = await (await watch('resourceVersion=1&timeoutSeconds=1', { 'Last-Event-ID': id })).rest();
      expect(rest).toEqual(whole.slice(cut + 1));
    }
  });

  it('loses nothing to a client that is cut off among the present objects', async () => {
    const { apply, advance, watch } = await cluster();
    await apply(pod('a'), pod('b'), pod('c'));
    await advance('1m');
    const events = await watch('resource=pods');
    const seen = new Map<string, string>();
    const note = (frame: EventFrame) => seen.set(objectOf(frame).metadata.name, objectOf(frame).metadata.resourceVersion);
    const first = (await events.next()) as EventFrame;
    note(first);
    events.close();
    const rest = await (await watch('resource=pods&timeoutSeconds=1', { 'Last-Event-ID': first.id as string })).rest();
    for (const frame of rest.filter(({ event }) => event !== 'BOOKMARK')) note(frame);
    const present = (await test.http.get(`/clusters/watch-${clusters}/api/v1/pods`)).body.items as {
      metadata: { name: string; resourceVersion: string };
    }[];
    expect([...seen].sort()).toEqual(present.map(({ metadata }) => [metadata.name, metadata.resourceVersion]).sort());
  });

  it('H10 shows rows of the table, with the columns before the first of each kind', async () => {
    const { apply, watch } = await cluster();
    await apply(pod('a'), pod('b'));
    const events = await watch('resource=pods,nodes&format=table');
    const tables = (await events.until(isBookmark)).slice(0, -1).map(objectOf);
    events.close();
    expect(tables).toMatchObject([
      {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        columnDefinitions: expect.any(Array),
        rows: [{ cells: expect.arrayContaining(['node-1']) }],
      },
      {
        columnDefinitions: expect.arrayContaining([expect.objectContaining({ name: 'Ready' })]),
        rows: [{ cells: expect.arrayContaining(['a', 'ContainerCreating']), object: { kind: 'PartialObjectMetadata' } }],
      },
      { columnDefinitions: null },
    ]);
  });

  it('shows the lines of kubectl, in columns that never shrink', async () => {
    const { apply, advance, watch } = await cluster();
    const events = await watch('resource=pods&namespace=default&format=text&resourceVersion=1');
    await apply(pod('web'));
    await advance('1m');
    await apply(pod('a-longer-name'));
    const lines = (await events.until(({ data }) => data.includes('a-longer-name'))).map(({ data }) => data).join('\n');
    events.close();
    expect(lines).toBe(
      [
        'NAME   READY   STATUS    RESTARTS   AGE',
        'web    0/1     Pending   0          0s',
        'web    0/1     Pending   0          0s',
        'web    0/1     ContainerCreating   0          0s',
        'web    1/1     Running             0          4s',
        'a-longer-name   0/1     Pending             0          0s',
      ].join('\n'),
    );
  });

  it('aligns the present objects together, with namespaces and kinds where they differ', async () => {
    const { apply, watch } = await cluster();
    await apply(pod('web'), { ...pod('a-longer-name'), metadata: { name: 'a-longer-name', namespace: 'kube-public' } });
    const read = async (query: string) => {
      const events = await watch(`format=text&${query}`);
      const frames = (await events.until(isBookmark)).slice(0, -1);
      events.close();
      return frames.map(({ data }) => data).join('\n');
    };
    expect(await read('resource=pods')).toBe(
      [
        'NAMESPACE     NAME            READY   STATUS              RESTARTS   AGE',
        'default       web             0/1     ContainerCreating   0          0s',
        'kube-public   a-longer-name   0/1     ContainerCreating   0          0s',
      ].join('\n'),
    );
    expect(await read('resource=nodes,pods&namespace=default')).toMatch(
      /^NAME {10}STATUS .*\nnode\/node-1 {3}Ready .*\nNAME {6}READY .*\npod\/web {3}0\/1 /,
    );
  });

  it('ends after its time, and by itself when the cluster is deleted', async () => {
    const { watch, base } = await cluster();
    expect((await (await watch('resource=pods&timeoutSeconds=1')).rest()).map(({ event }) => event)).toEqual(['BOOKMARK']);
    const events = await watch('resource=pods');
    await events.until(isBookmark);
    await test.http.delete(base).expect(204);
    expect(await events.rest()).toEqual([]);
  });

  it('a HEAD of it holds nothing open', async () => {
    const { base } = await cluster();
    const before = test.service.stats().openWatches;
    const { status, headers } = await test.http.head(`${base}/watch`);
    expect([status, headers['content-type'], test.service.stats().openWatches]).toEqual([200, 'text/event-stream', before]);
  });

  it('a client that leaves holds nothing open', async () => {
    const { watch } = await cluster();
    const before = test.service.stats().openWatches;
    const events = await watch('resource=pods');
    await events.next();
    expect(test.service.stats().openWatches).toBe(before + 1);
    events.close();
    await expect.poll(() => test.service.stats().openWatches).toBe(before);
  });
});

describe('invalid', () => {
  it.each([
    ['resource=unicorns', 'resource', /no resource "unicorns"; known are/],
    ['resource=', 'resource', /no resource/],
    ['resource=pods,', 'resource', /no resource ""/],
    ['labelSelector=a+in', 'labelSelector', /unable to parse requirement/],
    ['resource=pods&fieldSelector=spec.colour%3Dred', 'fieldSelector', /field label not supported: spec.colour/],
    ['fieldSelector=status.phase%3DRunning', 'fieldSelector', /known field selector|not supported/],
    ['resourceVersion=latest', 'resourceVersion', /is not a resource version/],
    ['resourceVersion=-1', 'resourceVersion', /is not a resource version/],
    ['format=csv', 'format', /object, table or text/],
    ['timeoutSeconds=0', 'timeoutSeconds', /from 1 to 86400/],
    ['timeoutSeconds=1s', 'timeoutSeconds', /from 1 to 86400/],
    ['watch=true', 'watch', /unknown parameter/],
    ['namespace=a&namespace=b', 'namespace', /given once/],
  ])('refuses ?%s', async (query, field, message) => {
    const { base } = await cluster();
    const { status, body } = await test.http.get(`${base}/watch?${query}`);
    expect([status, body.errors]).toEqual([400, [{ in: 'query', field, message: expect.stringMatching(message) }]]);
  });

  it('refuses a Last-Event-ID that it never gave', async () => {
    const { base } = await cluster();
    const { status, body } = await test.http.get(`${base}/watch`).set('Last-Event-ID', 'abc');
    expect([status, body.errors[0].in, body.errors[0].field]).toEqual([400, 'header', 'Last-Event-ID']);
  });
});

describe('not found', () => {
  it('there is no such cluster', async () => {
    expect((await test.http.get('/v1/clusters/nobody/watch')).body.code).toBe('cluster-not-found');
  });
});

describe('gone', () => {
  it.each(['object', 'table', 'text'])('H3 says 410 in the stream (%s) when the history does not reach back so far', async (format) => {
    const { apply, advance, watch } = await cluster({ retention: { watchEvents: 5 } });
    await apply(pod('a'), pod('b'));
    await advance('1h');
    const frames = await (await watch(`resourceVersion=1&format=${format}`)).rest();
    expect(frames.map(({ event }) => event)).toEqual(['ERROR']);
    expect(JSON.parse(frames[0]?.data ?? '')).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(frames[0]?.id).toBeUndefined();
  });
});

describe('limits', () => {
  it('refuses more watches than the service may have', async () => {
    const small = await startTestService({ limits: { watchesMax: 1 } });
    try {
      await small.http.post('/v1/clusters').send({ name: 'demo' });
      const events = await openEvents(`${small.url}/v1/clusters/demo/watch`);
      await events.next();
      const { status, body } = await small.http.get('/v1/clusters/demo/watch');
      expect([status, body.code]).toEqual([429, 'limit-exceeded']);
      events.close();
    } finally {
      await small.close();
    }
  });
});
