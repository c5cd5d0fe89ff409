// Labels of clusters: lists and deletions select by them, wherever the clusters live, and a restart keeps them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/hosts/config.ts';
import { type RunningService, serve } from '../../../src/hosts/node.ts';

let folder: string;
let service: RunningService;

const start = (workers: string) =>
  serve(readConfig(['--port', '0', '--data', folder, '--workers', workers, '--log-level', 'silent'], {}), 'test');

interface Reply {
  readonly name: string;
  readonly labels: object;
  readonly items: readonly Pick<Reply, 'name' | 'labels'>[];
  readonly nextCursor: string;
  readonly cluster: Pick<Reply, 'labels'>;
  readonly code: string;
  readonly errors: readonly { readonly field: string }[];
}

async function ask(method: string, path: string, body?: object) {
  const init = body === undefined ? { method } : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${service.url}/v1/clusters${path}`, init);
  return { status: response.status, body: (await response.json()) as Reply };
}

const create = (name: string, labels?: object) => ask('POST', '', { name, nodes: 1, labels });
const where = (selector: string) => `?labelSelector=${encodeURIComponent(selector)}`;
const names = async (query: string): Promise<string[]> => (await ask('GET', query)).body.items.map(({ name }) => name);

describe.each([
  ['a host in the thread of the server', '0'],
  ['worker threads', '2'],
])('with %s', (_name, workers) => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orrery-labels-'));
    service = await start(workers);
    await create('a', { course: 'one', team: 'blue' });
    await create('b', { course: 'one', team: 'red' });
    await create('c', { course: 'two' });
    await create('d');
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists select by them, page by page', async () => {
    expect(await names(where('course=one'))).toEqual(['a', 'b']);
    expect(await names(where('course in (one,two),team!=red'))).toEqual(['a', 'c']);
    expect(await names(where('!course'))).toEqual(['d']);
    expect(await names(where(''))).toEqual(['a', 'b', 'c', 'd']);
    const { body } = await ask('GET', `${where('course')}&limit=2`);
    expect(body.items.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await names(`${where('course')}&limit=2&cursor=${body.nextCursor}`)).toEqual(['c']);
  });

  it.each(['', '?labelSelector=', '?labelSelector=a%20b', '?labelSelector=a%3D%2F'])(
    'nothing is deleted by DELETE /v1/clusters%s',
    async (query) => {
      expect((await ask('DELETE', query)).body.code).toBe('invalid-request');
      expect(await names('')).toEqual(['a', 'b', 'c', 'd']);
    },
  );

  it.each([
    [{ 'no good': 'x' }, '/labels/no good'],
    [{ '-a': 'x' }, '/labels/-a'],
    [{ a: 'with space' }, '/labels/a'],
    [{ a: 'x'.repeat(64) }, '/labels/a'],
    [{ a: 1 }, '/labels/a'],
    [Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ''])), '/labels'],
  ])('%j is refused', async (labels, field) => {
    const { status, body } = await create('x', labels);
    expect([status, body.errors[0]?.field]).toEqual([400, field]);
  });

  it('a cluster, its list and its forks have them, also after a restart', async () => {
    const labels = { course: 'one', team: 'blue' };
    expect((await ask('GET', '/a')).body.labels).toEqual(labels);
    expect((await ask('GET', '/d')).body).not.toHaveProperty('labels');
    expect((await ask('POST', '/a/forks', { name: 'f', labels: { course: 'three' } })).body.labels).toEqual({ course: 'three' });
    expect((await ask('POST', '/a/forks', { name: 'g' })).body).not.toHaveProperty('labels');
    expect((await ask('POST', '/a/rewind', { to: 'command:1' })).body.cluster.labels).toEqual(labels);
    await service.close();
    service = await start(workers);
    expect((await ask('GET', '/a')).body.labels).toEqual(labels);
    expect((await ask('GET', '')).body.items.find(({ name }) => name === 'f')?.labels).toEqual({ course: 'three' });
    expect(await names(where('course=three'))).toEqual(['f']);
  });

  it('deletions select by them', async () => {
    expect(await ask('DELETE', where('course=one,team=red'))).toEqual({ status: 200, body: { deleted: ['b'], failed: [] } });
    expect(await ask('DELETE', where('course in (two,three)'))).toEqual({ status: 200, body: { deleted: ['c', 'f'], failed: [] } });
    expect(await names(where('course!=one'))).toEqual(['d', 'g']);
    expect(await ask('DELETE', where('course=two'))).toEqual({ status: 200, body: { deleted: [], failed: [] } });
  });
});
