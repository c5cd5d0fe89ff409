// A process that dies in the middle of a rewind: its files are there, and nobody was told of them.

import { copyFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newRow } from '../../src/service/new-row.ts';
import { configOf, createPod, ServiceFixture } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
});
afterEach(async () => {
  await fixture.remove();
});

it('a rewind whose files were made, and of which the directory does not know yet, was not done', async () => {
  fixture.service.create(configOf('a'));
  fixture.service.execute('a', createPod('p'));
  const before = fixture.service.get('a').digest;
  await fixture.restart();
  await fixture.service.close();
  const directory = join(fixture.folder, 'directory.sqlite');
  const saved = join(fixture.folder, 'saved');
  copyFileSync(directory, saved);
  fixture.reopen();
  const rows = { rewound: newRow(configOf('a'), {}, true), kept: newRow(configOf('later'), {}, false) };
  await fixture.service.rewind('a', { to: { kind: 'command', number: 1 }, ...rows });
  expect(fixture.service.list({ limit: 10 }).items.map(({ name }) => name)).toEqual(['a', 'later']);
  await fixture.service.close();
  // As if the process had died before the directory was written.
  for (const suffix of ['-wal', '-shm']) rmSync(directory + suffix, { force: true });
  renameSync(saved, directory);
  const clusters = join(fixture.folder, 'clusters');
  for (const name of readdirSync(clusters).filter((file) => file.endsWith('.sqlite.base')))
    renameSync(join(clusters, name), join(clusters, name.replace(/\.base$/, '')));
  fixture.reopen();
  expect(fixture.service.list({ limit: 10 }).items.map(({ name }) => name)).toEqual(['a']);
  expect(fixture.service.get('a').digest).toBe(before);
  expect(readdirSync(clusters).filter((name) => name.endsWith('.sqlite'))).toHaveLength(1);
  await fixture.service.rewind('a', { to: { kind: 'command', number: 1 }, ...rows });
  await fixture.restart();
  expect(fixture.service.list({ limit: 10 }).items.map(({ name }) => name)).toEqual(['a', 'later']);
  expect(fixture.failures).toEqual([]);
});
