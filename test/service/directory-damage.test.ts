// Damage of the directory, and files that it does not know: no start deletes a cluster, and what its file says of it is enough to have it back.

import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkFolder } from '../../src/db/check-folder.ts';
import { openDirectory } from '../../src/db/directory.ts';
import { Database } from '../../src/db/driver.ts';
import { recoverFolder } from '../../src/db/recover-folder.ts';
import { stateHash } from '../../src/engine/cluster/index.ts';
import type { ClusterService } from '../../src/service/ports.ts';
import { StorageDamage } from '../../src/service/storage.ts';
import { DamageScene, type End, flipAt, NAMES, rewrite } from './damage-scene.ts';
import { WITHOUT_HISTORY } from './old-files.ts';
import { codeOf, configOf, createPod } from './fixtures.ts';

let scene: DamageScene | undefined;

afterEach(async () => {
  await scene?.remove();
  scene = undefined;
});

function expectWhole(service: ClusterService, files: DamageScene): void {
  expect(service.list({ limit: 10 }).items.map((item) => item.name)).toEqual([...NAMES]);
  for (const name of NAMES) expect(service.read(name, stateHash)).toBe(files.hashes.get(name));
}

interface Row {
  readonly title: string;
  readonly end: End;
  readonly damage: (files: DamageScene) => void;
  /** Clusters that were taken in from their files. */
  readonly takenIn: readonly string[];
}

const removeDirectory = (files: DamageScene) => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${files.directoryFile}${suffix}`, { force: true });
};

const ROWS: readonly Row[] = [
  { title: 'is empty', end: 'stopped', damage: (files) => truncateSync(files.directoryFile), takenIn: ['a', 'b', 'c'] },
  { title: 'is empty after a kill', end: 'killed', damage: (files) => truncateSync(files.directoryFile), takenIn: ['a', 'b', 'c'] },
  { title: 'is gone', end: 'stopped', damage: removeDirectory, takenIn: ['a', 'b', 'c'] },
  { title: 'is gone after a kill', end: 'killed', damage: removeDirectory, takenIn: ['a', 'b', 'c'] },
  { title: 'has lost its WAL', end: 'killed', damage: (files) => rmSync(`${files.directoryFile}-wal`), takenIn: ['a', 'b', 'c'] },
  {
    title: 'is of an older backup',
    end: 'stopped',
    damage: (files) => new Database(files.directoryFile).exec("delete from clusters where name <> 'b'").close(),
    takenIn: ['a', 'c'],
  },
  {
    title: 'has a row with another name',
    end: 'stopped',
    damage: (files) => new Database(files.directoryFile).exec("update clusters set name = 'z' where name = 'a'").close(),
    takenIn: ['a'],
  },
  {
    title: 'has a row with another file',
    end: 'stopped',
    damage: (files) => new Database(files.directoryFile).exec("update clusters set file = '../x' where name = 'a'").close(),
    takenIn: ['a'],
  },
  {
    title: 'has a flipped byte in a configuration',
    end: 'stopped',
    damage: (files) => flipAt(files.directoryFile, '"seed":1'),
    takenIn: ['a'],
  },
];

describe('the directory', () => {
  it.each(ROWS)('$title ($end): every cluster is there again', async ({ end, damage, takenIn }) => {
    scene = await DamageScene.make(end);
    const files = readdirSync(join(scene.folder, 'clusters')).filter((name) => name.endsWith('.sqlite'));
    damage(scene);
    const service = scene.start();
    expect(scene.findings.flatMap((found) => found.takenIn.map((text) => text.split(' ')[0])).sort()).toEqual(takenIn);
    expectWhole(service, scene);
    expect(readdirSync(join(scene.folder, 'clusters'))).toEqual(expect.arrayContaining(files));
    await scene.stop();
    scene.findings.length = 0;
    expectWhole(scene.start(), scene);
    expect(scene.findings).toEqual([]);
  });

  it.each([
    { title: 'is a text', damage: (files: DamageScene) => writeFileSync(files.directoryFile, 'a text '.repeat(1_000)) },
    { title: 'is cut', damage: (files: DamageScene) => truncateSync(files.directoryFile, 9_000) },
    {
      title: 'has a page of noise',
      damage: (files: DamageScene) => rewrite(files.directoryFile, (bytes) => bytes.fill(0xa5, 4_096, 8_192)),
    },
  ])('$title: it is not touched, and `orrery recover` sets it aside and makes another one', async ({ damage }) => {
    scene = await DamageScene.make('stopped');
    damage(scene);
    const { folder } = scene;
    expect(() => scene?.start()).toThrow(StorageDamage);
    expect(checkFolder(folder)).toMatchObject({ damages: 1 });
    const { setAside = '', findings } = recoverFolder(folder);
    expect(findings.takenIn).toHaveLength(3);
    expect(existsSync(setAside)).toBe(true);
    expectWhole(scene.start(), scene);
  });

  it('knows clocks that run from the files', async () => {
    scene = await DamageScene.make('stopped');
    scene.start().setClock('b', { mode: 'running', rate: 1 });
    await scene.stop();
    removeDirectory(scene);
    const service = scene.start();
    await service.settled('b');
    expect(service.stats()).toMatchObject({ runningClocks: 1 });
  });

  it('knows tokens from the files', async () => {
    scene = await DamageScene.make('stopped');
    scene.start().create(configOf('d'), 'digest of d');
    await scene.stop();
    removeDirectory(scene);
    const directory = openDirectory(scene.folder);
    expect(directory.tokenDigests()).toEqual(new Map([['d', 'digest of d']]));
    directory.close();
  });
});

describe('files that no row names', () => {
  it('are kept and named, whatever they are', async () => {
    scene = await DamageScene.make('stopped');
    const folder = join(scene.folder, 'clusters');
    writeFileSync(join(folder, 'notes.txt'), 'notes');
    writeFileSync(join(folder, 'empty.sqlite'), '');
    writeFileSync(join(folder, 'text.sqlite'), 'a text '.repeat(1_000));
    writeFileSync(join(folder, 'lost-0123456789abcdef.sqlite-wal'), 'a WAL');
    new Database(join(folder, 'other.sqlite')).exec('create table notes (text)').close();
    const before = scene.contents();
    expectWhole(scene.start(), scene);
    await scene.stop();
    expect([...scene.contents().keys()]).toEqual([...before.keys()]);
    for (const name of readdirSync(folder).filter((file) => !/^[abc]-/.test(file)))
      expect(scene.contents().get(name)).toBe(before.get(name));
    expect(scene.findings.map((found) => found.kept)).toEqual([
      [
        'empty.sqlite is empty',
        'lost-0123456789abcdef.sqlite-wal belongs to no cluster',
        'notes.txt belongs to no cluster',
        expect.stringMatching(/^other\.sqlite is damaged: no such table/),
        'text.sqlite is no database',
      ],
    ]);
  });

  it('that cannot be read, and are called as the file of a cluster is, are clusters that are broken', async () => {
    scene = await DamageScene.make('stopped');
    const file = scene.fileOf('a');
    const bytes = scene.contents().get(basename(file));
    renameSync(file, `${file}.aside`);
    writeFileSync(file, 'a text '.repeat(1_000));
    removeDirectory(scene);
    scene.start();
    await scene.stop();
    new Database(scene.directoryFile).exec("delete from clusters where name = 'a'").close();
    expect(checkFolder(scene.folder).lines).toContain(`DAMAGED  ${basename(file)}: is no database`);
    for (let start = 0; start < 2; start += 1) {
      const service = scene.start();
      expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
      expect(service.list({ limit: 10 }).items.map((item) => item.name)).toEqual([...NAMES]);
      for (const name of ['b', 'c']) expect(service.read(name, stateHash)).toBe(scene.hashes.get(name));
      await scene.stop();
      expect(checkFolder(scene.folder)).toMatchObject({ damages: 1 });
    }
    // Put back from a copy, it is what it was.
    renameSync(`${file}.aside`, file);
    expect(scene.contents().get(basename(file))).toEqual(bytes);
    expectWhole(scene.start(), scene);
    await scene.stop();
    writeFileSync(file, 'a text '.repeat(1_000));
    removeDirectory(scene);
    scene.start().remove('a');
    expect(existsSync(file)).toBe(false);
    await scene.stop();
    expect(
      scene
        .start()
        .list({ limit: 10 })
        .items.map((item) => item.name),
    ).toEqual(['b', 'c']);
  });

  it('that claim the name of a cluster are kept beside it; of two the newer is taken', async () => {
    scene = await DamageScene.make('stopped');
    const older = scene.fileOf('a');
    const kept = `${older}.aside`;
    renameSync(older, kept);
    const service = scene.start();
    service.remove('a');
    service.create(configOf('a', { seed: 9 }));
    const hash = service.read('a', stateHash);
    await scene.stop();
    renameSync(kept, older);
    expect(scene.start().read('a', stateHash)).toBe(hash);
    expect(scene.findings.at(-1)?.kept).toEqual([expect.stringMatching(/is of an incarnation of cluster a from .*; the name is taken/)]);
    await scene.stop();
    removeDirectory(scene);
    expect(scene.start().read('a', stateHash)).toBe(hash);
    expect(existsSync(older)).toBe(true);
  });

  it('of a deletion that was cut off go at the next start, and its row with them', async () => {
    scene = await DamageScene.make('killed');
    renameSync(scene.fileOf('a'), `${scene.fileOf('a')}.deleted`);
    const service = scene.start();
    expect(service.list({ limit: 10 }).items.map((item) => item.name)).toEqual(['b', 'c']);
    expect([...scene.contents().keys()].filter((name) => name.startsWith('a-'))).toEqual([]);
  });

  it('of a creation that was cut off go at the next start', async () => {
    scene = await DamageScene.make('stopped');
    const file = join(scene.folder, 'clusters', 'd-0123456789abcdef.sqlite');
    for (const suffix of ['.creating', '.creating-wal', '.creating-journal', '.head']) writeFileSync(`${file}${suffix}`, 'cut off');
    expectWhole(scene.start(), scene);
    expect(readdirSync(join(scene.folder, 'clusters')).filter((name) => name.startsWith('d-'))).toEqual([]);
  });
});

describe('`orrery check`', () => {
  it('finds nothing in a folder that is sound, also with a replay, and changes nothing', async () => {
    scene = await DamageScene.make('stopped');
    const before = scene.contents();
    expect(checkFolder(scene.folder, { replays: true })).toEqual({
      damages: 0,
      lines: ['ok       directory.sqlite: 3 clusters', ...NAMES.map((name) => `ok       cluster ${name}: 10 commands`)],
    });
    expect(scene.contents()).toEqual(before);
  });

  it('finds a history that does not replay, although every checksum is right', async () => {
    scene = await DamageScene.make('stopped');
    const folder = scene.folder;
    // Sealed anew by whoever accepts it.
    new Database(scene.fileOf('a')).exec("update journal set command = replace(command, 'of-a-2', 'of-a-9') where seq = 4").close();
    expect(() => recoverFolder(folder, { accepted: ['a'] })).toThrow(
      /cluster a cannot be accepted: .* command 4 does not pass its checksum/,
    );
    expect(checkFolder(folder)).toMatchObject({ damages: 1 });
  });
});

describe('`orrery recover --accept`', () => {
  it('takes a cluster as its file has it, as another incarnation', async () => {
    const older = await DamageScene.make('stopped');
    scene = older.copy();
    scene.start().execute('a', createPod('later'));
    await scene.stop();
    copyFileSync(older.fileOf('a'), scene.fileOf('a'));
    expect(codeOf(() => scene?.start().get('a'))).toBe('cluster-broken');
    await scene.stop();
    recoverFolder(scene.folder, { accepted: ['a'] });
    expect(checkFolder(scene.folder, { replays: true }).damages).toBe(0);
    const service = scene.start();
    expect(service.read('a', stateHash)).toBe(older.hashes.get('a'));
    expect(service.execute('a', createPod('later')).outcome.ok).toBe(true);
    await older.remove();
  });
});

describe('a folder of an earlier version', () => {
  it('is opened, and its clusters say from then on whose they are', async () => {
    scene = await DamageScene.make('stopped');
    makeOld(scene);
    expect(checkFolder(scene.folder)).toMatchObject({ damages: 0 });
    const service = scene.start();
    expectWhole(service, scene);
    expect(service.execute('a', createPod('more')).outcome.ok).toBe(true);
    scene.hashes.set('a', service.read('a', stateHash));
    await scene.stop();
    expect(checkFolder(scene.folder, { replays: true })).toMatchObject({ damages: 0 });
    removeDirectory(scene);
    expectWhole(scene.start(), scene);
  });

  it('whose files have changed places is broken', async () => {
    scene = await DamageScene.make('stopped');
    makeOld(scene);
    const [a, c] = [scene.fileOf('a'), scene.fileOf('c')];
    renameSync(a, `${a}.aside`);
    renameSync(c, a);
    renameSync(`${a}.aside`, c);
    const service = scene.start();
    expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
    expect(service.read('b', stateHash)).toBe(scene.hashes.get('b'));
  });
});

/** Takes from all files what this version added to them. */
function makeOld(files: DamageScene): void {
  const inFile = (file: string, version: number, statements: string) => {
    const database = new Database(file);
    database.exec(statements);
    database.exec(`delete from __drizzle_migrations where rowid > ${version}`);
    database.pragma(`user_version = ${version}`);
    database.close();
  };
  inFile(
    files.directoryFile,
    3,
    'alter table clusters drop column uid; alter table clusters drop column checksum; alter table clusters drop column origin; alter table clusters drop column labels; alter table clusters drop column ttl_ms; alter table clusters drop column used_ms; drop table former_names',
  );
  for (const name of NAMES) {
    const columns = [
      'journal.checksum',
      'changes.checksum',
      'records.checksum',
      'checkpoints.checksum',
      'checkpoints.record_count',
      'checkpoints.record_sum',
    ];
    const drops = columns.map((column) => `alter table ${column.replace('.', ' drop column ')}`);
    inFile(files.fileOf(name), 1, [WITHOUT_HISTORY, 'drop table identity', ...drops].join(';'));
    rmSync(`${files.fileOf(name)}.head`);
  }
}
