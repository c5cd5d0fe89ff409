// What every host keeps, wherever it is.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostAnswer, StreamPlan } from '../../src/service/host.ts';
import { defaultNodes } from '../../src/engine/cluster/index.ts';
import { readRecording } from '../../src/http/rest/recording.ts';
import { askKube, askService, HostFixture, jsonOf, readUntil, type StartTestHost, streamOf, textOf } from './host-fixture.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
};
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** A ConfigMap named cfg, as kubectl sends it. */
const PROTOBUF_CONFIG_MAP = Buffer.from(
  '6b3873000a0f0a0276311209436f6e6669674d617012240a1a0a0363666712001a0764656661756c7422002a0032003800420012060a016b1201761a002200',
  'hex',
);

const configMap = (name: string, length: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: 'x'.repeat(length) },
});

/** In what hosts may differ. */
export interface HostTraits {
  /** Makes what is stored of a cluster another thing than what was stored, while no host has it. */
  damage(fixture: HostFixture, name: string): void | Promise<void>;
}

export function describeHost(kind: string, start: StartTestHost, { damage }: HostTraits): void {
  describe(kind, () => {
    let test: HostFixture;
    beforeAll(() => {
      test = new HostFixture(start);
    });
    afterAll(() => test.remove());

    const post = (cluster: string, path: string, body: unknown) => askKube(test.host, cluster, path, { method: 'POST', body });
    const advance = (cluster: string, body: unknown, signal?: AbortSignal) =>
      askService(test.host, cluster, 'advanceClock', { method: 'POST', body, ...(signal === undefined ? {} : { signal }) });

    describe('clusters', () => {
      it('are made from a row, and described', async () => {
        await test.create('made', { seed: 7, nodes: defaultNodes(1) });
        expect(await test.host.info('made')).toMatchObject({ name: 'made', seed: 7, nodes: 1, createdAt: '2026-01-01T00:00:00.000Z' });
      });

      it('are unknown until they are told of, in the words of each face', async () => {
        await expect(test.host.info('nobody')).rejects.toMatchObject({ name: 'ServiceError', code: 'cluster-not-found' });
        expect(jsonOf(await askService(test.host, 'nobody', 'getCluster'))).toMatchObject({ status: 404, code: 'cluster-not-found' });
        expect(jsonOf(await askKube(test.host, 'nobody', '/api/v1/pods'))).toMatchObject({ kind: 'Status', code: 404 });
      });

      it('are the same in the next host that is told of them', async () => {
        const first = new HostFixture(start);
        await first.create('kept');
        const created = await askKube(first.host, 'kept', CONFIG_MAPS, { method: 'POST', body: configMap('one', 10) });
        expect(created.status).toBe(201);
        const before = await first.host.info('kept');
        await first.host.close();
        expect(first.said).toContain('kept asleep');
        const second = first.start(start);
        second.know(first.row('kept'));
        expect(await second.info('kept')).toEqual(before);
        expect(first.said.at(-1)).toBe('kept asleep');
        await second.close();
      });

      it('say what is wrong when their files are damaged, and can be let go', async () => {
        const damaged = new HostFixture(start);
        await damaged.create('damaged');
        await damaged.host.close();
        await damage(damaged, 'damaged');
        const host = damaged.start(start);
        host.know(damaged.row('damaged'));
        await expect(host.info('damaged')).rejects.toMatchObject({ name: 'ServiceError', code: 'cluster-broken' });
        expect(damaged.said.at(-1)).toBe('damaged broken');
        expect(jsonOf(await askService(host, 'damaged', 'getCluster'))).toMatchObject({ status: 503, code: 'cluster-broken' });
        expect(jsonOf(await askKube(host, 'damaged', '/api/v1/pods'))).toMatchObject({
          kind: 'Status',
          code: 503,
          message: expect.stringContaining('is broken: '),
        });
        await host.remove('damaged');
        await host.close();
      });

      it('are forked, and the fork is the same in the next host that is told of it', async () => {
        const first = new HostFixture(start);
        await first.create('parent');
        await askKube(first.host, 'parent', '/api/v1/namespaces/default/pods', { method: 'POST', body: POD });
        const { uid, ...row } = { ...first.row('parent'), name: 'fork', uid: 'fork-uid', file: 'fork-file.sqlite' };
        const made = await first.host.fork('parent', { row: { ...row, uid } });
        const parent = await first.host.info('parent');
        expect(made.info).toEqual({ ...parent, name: 'fork' });
        expect(made.row.origin).toMatchObject({ name: 'parent', digest: parent.digest, files: [first.row('parent').file], home: 'parent' });
        await first.host.close();
        const second = first.start(start);
        second.know(made.row);
        expect((await second.info('fork')).digest).toBe(parent.digest);
        await expect(second.fork('nobody', { row: made.row })).rejects.toMatchObject({ code: 'cluster-not-found' });
        await expect(second.fork('fork', { row: made.row, at: { kind: 'command', number: 99 } })).rejects.toMatchObject({
          code: 'invalid-instant',
        });
        await second.close();
      });

      it('are opened at the state that another version recorded, and go on', async () => {
        await test.create('source');
        await askKube(test.host, 'source', '/api/v1/namespaces/default/pods', { method: 'POST', body: POD });
        const exported = streamOf(await askService(test.host, 'source', 'exportCluster', {}, '/export?state=true'));
        const { genesisDigest, commands, state } = readRecording(await readUntil(exported, (text) => text.includes('{"end":')));
        if (state === undefined) throw new Error('the recording has no state');
        const row = { ...test.row('source'), name: 'taken', uid: 'taken-uid', file: 'taken-file.sqlite' };
        const header = { ...state.header, engine: '0.0.9' };
        const { info, differences } = await test.host.replay(row, { genesisDigest, commands, isStrict: true, state: { ...state, header } });
        const source = await test.host.info('source');
        expect(info).toEqual({ ...source, name: 'taken', recorded: { engine: '0.0.9', number: 2 } });
        expect(differences).toEqual([]);
        for (const name of ['taken', 'source']) expect((await advance(name, { by: '1m' })).status).toBe(200);
        expect((await test.host.info('taken')).digest).toBe((await test.host.info('source')).digest);
      });

      it('say when their clock is set', async () => {
        await test.create('clocked');
        const answer = await askService(test.host, 'clocked', 'setClock', { method: 'PUT', body: { mode: 'running', rate: 1 } });
        expect([answer.status, test.said.includes('clocked running')]).toEqual([200, true]);
        await askService(test.host, 'clocked', 'setClock', { method: 'PUT', body: { mode: 'manual' } });
        expect(test.said.at(-1)).toBe('clocked standing');
      });
    });

    describe('fetch', () => {
      beforeAll(() => test.create('fetch'));

      it('answers both faces, with status and headers', async () => {
        const created = await post('fetch', CONFIG_MAPS, configMap('one', 10));
        expect([created.status, new Headers(created.headers as [string, string][]).get('content-type')]).toEqual([201, 'application/json']);
        expect(jsonOf(await askService(test.host, 'fetch', 'getCluster'))).toMatchObject({ name: 'fetch' });
        expect(jsonOf(await post('fetch', CONFIG_MAPS, configMap('one', 10)))).toMatchObject({ code: 409, reason: 'AlreadyExists' });
      });

      it('lists what was refused behind the command before it, in a fork of a later moment too', async () => {
        await test.create('refusing');
        await post('refusing', CONFIG_MAPS, configMap('one', 10));
        await post('refusing', CONFIG_MAPS, configMap('one', 10));
        await post('refusing', CONFIG_MAPS, configMap('two', 10));
        const outcomes = async (name: string) => {
          const { items } = jsonOf(await askService(test.host, name, 'listCommands')) as {
            items: { number: number; outcome: string; refusal?: { code: number; reason: string } }[];
          };
          return items.map(({ number, outcome, refusal }) => [number, outcome, refusal?.code, refusal?.reason]);
        };
        const asked = [
          [1, 'accepted', undefined, undefined],
          [2, 'accepted', undefined, undefined],
          [2, 'refused', 409, 'AlreadyExists'],
          [3, 'accepted', undefined, undefined],
        ];
        expect(await outcomes('refusing')).toEqual(asked);
        for (const [name, at, count] of [
          ['refusing-late', 3, 4],
          ['refusing-early', 2, 2],
        ] as const) {
          const row = { ...test.row('refusing'), name, uid: `${name}-uid`, file: `${name}-file.sqlite` };
          const made = await test.host.fork('refusing', { row, at: { kind: 'command', number: at } });
          expect(made.info.name).toBe(name);
          expect(await outcomes(name)).toEqual(asked.slice(0, count));
        }
      });

      it('takes bodies as bytes', async () => {
        const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
        const answer = await askKube(test.host, 'fetch', CONFIG_MAPS, { method: 'POST', headers, bytes: PROTOBUF_CONFIG_MAP });
        expect([answer.status, jsonOf(answer)['data']]).toEqual([201, { k: 'v' }]);
      });

      it('answers what is large in one piece', async () => {
        await test.create('large');
        for (let index = 0; index < 4; index += 1)
          expect((await post('large', CONFIG_MAPS, configMap(`m${index}`, 900_000))).status).toBe(201);
        const { items } = jsonOf(await askKube(test.host, 'large', CONFIG_MAPS)) as { items: unknown[] };
        expect(items).toHaveLength(4 + 1);
      });

      it('ends an advance that is aborted, at a committed instant', async () => {
        await test.create('advance');
        const crash = {
          ...POD,
          metadata: { name: 'crash', annotations: { 'orrery.sim/behavior.web': '{"run": {"for": "1s", "exitCode": 1}}' } },
        };
        await post('advance', '/api/v1/namespaces/default/pods', crash);
        const controller = new AbortController();
        const answered = advance('advance', { by: '80000h' }, controller.signal);
        controller.abort();
        expect(jsonOf(await answered)).toMatchObject({ reached: false });
        expect((await advance('advance', { by: '1s' })).status).toBe(200);
      });

      it('answers those who ask while an advance goes on, and refuses a second one', async () => {
        await test.create('busy');
        const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
        const pod = {
          ...POD,
          metadata: { name: 'crash', annotations: { 'orrery.sim/behavior.web': '{"run": {"for": "1s", "exitCode": 1}}' } },
        };
        await post('busy', '/api/v1/namespaces/default/pods', pod);
        const asked = { method: 'POST', body: { by: '80000h' }, headers };
        const stream = streamOf(await askService(test.host, 'busy', 'advanceClock', asked));
        await readUntil(stream, (text) => text.includes('event: progress'));
        expect((await askService(test.host, 'busy', 'getClock')).status).toBe(200);
        expect(jsonOf(await advance('busy', { by: '1s' }))).toMatchObject({ status: 409, code: 'busy' });
        stream.close();
        await expect.poll(async () => (await test.host.stats()).advances).toBe(0);
      });
    });

    describe('streams', () => {
      it('send what is there, then what changes', async () => {
        await test.create('watch');
        await post('watch', CONFIG_MAPS, configMap('first', 10));
        const stream = streamOf(await askService(test.host, 'watch', 'watchCluster', {}, '/watch?resource=configmaps&namespace=default'));
        const present = await readUntil(stream, (text) => text.includes('BOOKMARK'));
        expect(present).toContain('"name":"first"');
        const changed = readUntil(stream, (text) => text.includes('"name":"second"'));
        await post('watch', CONFIG_MAPS, configMap('second', 10));
        expect(await changed).toContain('event: ADDED');
        expect((await test.host.stats()).openWatches).toBe(1);
        stream.close();
        await expect.poll(async () => (await test.host.stats()).openWatches).toBe(0);
      });

      it('carry all, in order, to a reader that is late', async () => {
        await test.create('late');
        const { resourceVersion } = await test.host.info('late');
        const path = `${CONFIG_MAPS}?watch=true&resourceVersion=${resourceVersion}`;
        const stream = streamOf(await askKube(test.host, 'late', path));
        const names = Array.from({ length: 30 }, (_, index) => `m${index}`);
        for (const name of names) await post('late', CONFIG_MAPS, configMap(name, 100_000));
        const text = await readUntil(stream, (all) => all.split('\n').length > names.length);
        const lines = text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line).object.metadata.name);
        expect(lines.filter((name) => name !== 'kube-root-ca.crt')).toEqual(names);
        stream.close();
      });

      it('stop the cursor of a reader that does not read: it loses what is no longer retained, and is told so', async () => {
        await test.create('idle', { retention: { watchEvents: 10 } });
        const { resourceVersion } = await test.host.info('idle');
        const path = `${CONFIG_MAPS}?watch=true&resourceVersion=${resourceVersion}`;
        const stream = streamOf(await askKube(test.host, 'idle', path));
        for (let index = 0; index < 60; index += 1) await post('idle', CONFIG_MAPS, configMap(`m${index}`, 100_000));
        const lines = (await readUntil(stream)).split('\n').filter((line) => line !== '');
        const last = JSON.parse(lines.at(-1) ?? '') as { type: string; object: { code: number } };
        expect([last.type, last.object.code]).toEqual(['ERROR', 410]);
        expect(lines.length).toBeLessThan(20);
        stream.close();
      });

      it('end when their cluster is removed, which is unknown then', async () => {
        await test.create('leaving');
        const stream = streamOf(await askService(test.host, 'leaving', 'watchCluster', {}, '/watch'));
        await readUntil(stream, (text) => text.includes('BOOKMARK'));
        const rest = readUntil(stream);
        await test.host.remove('leaving');
        expect(await rest).toBe('');
        await expect(test.host.info('leaving')).rejects.toMatchObject({ code: 'cluster-not-found' });
      });
    });

    describe('plans', () => {
      const planOf = ({ plan, status, body }: HostAnswer): StreamPlan => {
        if (plan === undefined) throw new Error(`there is no plan: ${status} ${textOf({ status, headers: [], body })}`);
        return plan;
      };
      const pod = (rest: string) => askKube(test.host, 'plans', `/api/v1/namespaces/default/pods/web/${rest}`, { canUpgrade: true });

      beforeAll(async () => {
        await test.create('plans');
        await post('plans', '/api/v1/namespaces/default/pods', POD);
        await advance('plans', { by: '30s' });
      });

      it('run a command with its input and output', async () => {
        const plan = planOf(await pod('exec?command=cat&stdin=true&stdout=true'));
        if (plan.kind !== 'remote-command') throw new Error(plan.kind);
        let output = '';
        const status = await new Promise<string>((resolve) => {
          const session = plan.start({
            write: (stream, bytes) => {
              output += `${stream}: ${Buffer.from(bytes).toString()}`;
            },
            finish: resolve,
          });
          void session.write(Buffer.from('hello\n'));
          session.closeInput();
        });
        expect([output, JSON.parse(status)]).toEqual(['stdout: hello\n', { metadata: {}, status: 'Success' }]);
        plan.release();
      });

      it('end a command whose client leaves', async () => {
        const plan = planOf(await pod('exec?command=sleep&command=1000&stdout=true'));
        if (plan.kind !== 'remote-command') throw new Error(plan.kind);
        const session = plan.start({ write() {}, finish() {} });
        await expect.poll(async () => (await test.host.stats()).openWatches).toBe(1);
        session.close();
        plan.release();
        await expect.poll(async () => (await test.host.stats()).openWatches).toBe(0);
      });

      it('connect to ports', async () => {
        const plan = planOf(await pod('portforward?ports=80'));
        if (plan.kind !== 'port-forward') throw new Error(plan.kind);
        expect(plan.ports).toEqual([80]);
        const connection = await plan.connect(80);
        if (typeof connection === 'string') throw new Error(connection);
        const answer = await connection.exchange(Buffer.from('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'));
        expect([answer.isOver, Buffer.from(answer.bytes).toString().split('\r\n')[0]]).toEqual([true, 'HTTP/1.1 200 OK']);
        connection.close();
        expect(await plan.connect(81)).toContain('connection refused');
        plan.release();
      });

      it('are not made for who cannot be upgraded', async () => {
        const answer = await askKube(test.host, 'plans', '/api/v1/namespaces/default/pods/web/exec?command=id&stdout=true');
        expect([answer.status, answer.plan]).toEqual([400, undefined]);
      });
    });
  });
}
