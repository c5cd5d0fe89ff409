// Hosts that end by themselves: by a hang, by their heap, at once. Nothing that was acknowledged is lost, others go on, and the culprit is apart.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDirectory } from '../../../src/db/directory.ts';
import { Clusters } from '../../../src/front/clusters.ts';
import { placeOf } from '../../../src/front/hosts.ts';
import type { WorkerHost } from '../../../src/hosts/worker/worker-host.ts';
import type { HostAnswer, HostEvents } from '../../../src/service/host.ts';
import type { DirectoryRow } from '../../../src/service/storage.ts';
import { configOf } from '../../service/fixtures.ts';
import { bundle } from '../../support/bundle.ts';
import { askKube, type Asked, jsonOf, readUntil, startWorkerHost, streamOf } from '../host-fixture.ts';

const HOSTS = 2;
/** Names of clusters by their host. */
const [FIRST, SECOND] = [0, 1].map((place) => [...'abcdefghijklmnop'].filter((name) => placeOf(name, HOSTS) === place));
const [NEIGHBOUR = '', HANGING = '', FILLING = '', ENDING = ''] = FIRST ?? [];
const [STRANGER = '', CLOCKED = '', SICK_CLOCK = ''] = SECOND ?? [];
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Threads that run sources start slowly. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let clusters: Clusters;
const errors: string[] = [];

let sources: URL;

beforeAll(async () => {
  sources = await bundle(new URL('./sick-worker.ts', import.meta.url));
  folder = mkdtempSync(join(tmpdir(), 'orrery-sick-'));
  clusters = new Clusters(openDirectory(folder), {
    hostCount: HOSTS,
    startHost: (running, events) => startSick(running, events),
    onError: (message, error) => void errors.push(`${message}: ${(error as Error).message}`),
  });
  for (const name of [NEIGHBOUR, HANGING, FILLING, ENDING, STRANGER]) {
    await clusters.create(configOf(name));
    expect((await ask(name, CONFIG_MAPS, { method: 'POST', body: configMap('kept') })).status).toBe(201);
  }
});

afterAll(async () => {
  await clusters.close();
  rmSync(folder, { recursive: true, force: true });
});

function startSick(running: readonly DirectoryRow[], events: HostEvents): WorkerHost {
  return startWorkerHost(folder, events, { sources, silenceMsMax: 4_000, heapMegabytesMax: 96 }, running);
}

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

function ask(cluster: string, path: string, asked: Asked = {}): Promise<HostAnswer> {
  return askKube(clusters, cluster, path, asked);
}

async function namesOf(cluster: string): Promise<string[]> {
  const { items } = jsonOf(await ask(cluster, CONFIG_MAPS)) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
}

describe.each([
  ['hang', HANGING, 'the host was ended, because its event loop did not turn'],
  ['fill', FILLING, 'Worker terminated due to reaching memory limit'],
  ['end', ENDING, 'the thread of the host ended with code 3'],
])('a host that is made to %s', (sickness, culprit, cause) => {
  it('is replaced: a command is answered with 503, a stream ends, its clusters come back, those of other hosts notice nothing', async () => {
    errors.length = 0;
    const stream = streamOf(await ask(NEIGHBOUR, `${CONFIG_MAPS}?watch=true`));
    await readUntil(stream, (text) => text.includes('kept'));
    const rest = readUntil(stream);
    const other = streamOf(await ask(STRANGER, `${CONFIG_MAPS}?watch=true`));
    const write = { method: 'POST', headers: { 'x-sickness': sickness }, body: configMap(sickness) };
    const [written, ended] = await Promise.allSettled([ask(culprit, CONFIG_MAPS, write), rest]);
    expect(written).toMatchObject({ status: 'rejected', reason: { name: 'ServiceError', code: 'host-lost' } });
    expect(ended).toMatchObject({ status: 'rejected', reason: { name: 'HostLostError' } });
    stream.close();
    expect(await namesOf(NEIGHBOUR)).toEqual(['kept']);
    expect(await namesOf(culprit)).toContain('kept');
    expect((await ask(culprit, CONFIG_MAPS, { method: 'POST', body: configMap(`after-${sickness}`) })).status).toBe(201);
    await ask(STRANGER, CONFIG_MAPS, { method: 'POST', body: configMap(`during-${sickness}`) });
    expect(await readUntil(other, (text) => text.includes(`during-${sickness}`))).toContain('kept');
    other.close();
    expect(errors.filter((text) => text.startsWith('a host has ended'))).toEqual([
      expect.stringMatching(`while it worked for cluster ${culprit}, which is quarantined; .*: ${cause}`),
    ]);
  });
});

/** Of all hosts that answer. */
async function runningClocks(): Promise<number> {
  return (await clusters.stats()).hosts.reduce((sum, host) => sum + host.runningClocks, 0);
}

it('a culprit is in a host apart: when it ends again, its old neighbours do not', async () => {
  const stream = streamOf(await ask(NEIGHBOUR, `${CONFIG_MAPS}?watch=true`));
  await readUntil(stream, (text) => text.includes('kept'));
  await expect(
    ask(ENDING, CONFIG_MAPS, { method: 'POST', headers: { 'x-sickness': 'end' }, body: configMap('again') }),
  ).rejects.toMatchObject({
    code: 'host-lost',
  });
  await ask(NEIGHBOUR, CONFIG_MAPS, { method: 'POST', body: configMap('untouched') });
  expect(await readUntil(stream, (text) => text.includes('untouched'))).toContain('untouched');
  stream.close();
});

it('what is only read is asked for once more', async () => {
  const gone = ask(STRANGER, CONFIG_MAPS, { method: 'POST', headers: { 'x-sickness': 'end' }, body: configMap('lost') }).catch(
    (error: unknown) => error,
  );
  const read = namesOf(STRANGER);
  expect(await gone).toMatchObject({ code: 'host-lost' });
  expect(await read).toContain('kept');
});

it('a clock that runs goes on in the new host, that of the culprit when it is asked for', async () => {
  for (const name of [SICK_CLOCK, CLOCKED]) await clusters.create(configOf(name, { clock: { mode: 'running', rate: 10 } }));
  await expect(
    ask(SICK_CLOCK, CONFIG_MAPS, { method: 'POST', headers: { 'x-sickness': 'end' }, body: configMap('x') }),
  ).rejects.toMatchObject({
    code: 'host-lost',
  });
  await expect.poll(runningClocks, { timeout: 10_000 }).toBe(1);
  await ask(SICK_CLOCK, CONFIG_MAPS);
  expect(await runningClocks()).toBe(2);
  expect((await clusters.stats()).replacements).toBeGreaterThan(0);
});

it('a host that hangs holds neither the list of clusters nor the metrics', async () => {
  const names = (await clusters.list({ limit: 20 })).items.map(({ name }) => name);
  await clusters.stats();
  let isAnswered = false;
  const hanging = ask(STRANGER, CONFIG_MAPS, { method: 'POST', headers: { 'x-sickness': 'hang' }, body: configMap('hang') });
  const answered = hanging.catch(() => {
    isAnswered = true;
  });
  expect((await clusters.list({ limit: 20 })).items.map(({ name }) => name)).toEqual(names);
  const { awake, asleep } = (await clusters.stats()).clusters;
  expect(awake + asleep).toBe(names.length);
  expect(isAnswered).toBe(false);
  await answered;
  expect(isAnswered).toBe(true);
});

it('a host that ends behind a rewind has done nothing: the cluster is as it was, and no file is left over', async () => {
  const name = 'rewound';
  await clusters.create(configOf(name));
  expect((await ask(name, CONFIG_MAPS, { method: 'POST', body: configMap('kept') })).status).toBe(201);
  const before = readdirSync(join(folder, 'clusters')).filter((file) => file.endsWith('.sqlite'));
  await expect(clusters.rewind(name, { kind: 'command', number: 1 }, 'later')).rejects.toMatchObject({ code: 'host-lost' });
  expect(await namesOf(name)).toEqual(['kept']);
  expect(readdirSync(join(folder, 'clusters')).filter((file) => file.endsWith('.sqlite'))).toEqual(before);
  expect(clusters.has('later')).toBe(false);
});
