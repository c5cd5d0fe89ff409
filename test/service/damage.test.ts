// Damage of a cluster's files, one row a kind: the cluster says that it is broken and what is wrong, its files stay as they are, others are
// unharmed, and it can be deleted.

import { copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { checksumOf } from '../../src/db/checksum.ts';
import { Database } from '../../src/db/driver.ts';
import { readHead } from '../../src/db/head.ts';
import { stateHash } from '../../src/engine/cluster/index.ts';
import type { ClusterService } from '../../src/service/ports.ts';
import { DamageScene, type End, flipAt, rewrite } from './damage-scene.ts';
import { codeOf, configOf, createPod, readChanges } from './fixtures.ts';

let scene: DamageScene | undefined;

afterEach(async () => {
  await scene?.remove();
  scene = undefined;
});

function problemOf(service: ClusterService, name: string): string {
  const item = service.list({ limit: 10 }).items.find((candidate) => candidate.name === name);
  if (item?.state !== 'broken') throw new Error(`cluster ${name} is ${item?.state}`);
  return item.problem;
}

function swap(one: string, other: string): void {
  renameSync(one, `${one}.aside`);
  renameSync(other, one);
  renameSync(`${one}.aside`, other);
}

interface Row {
  readonly title: string;
  readonly end: End;
  readonly damage: (files: DamageScene) => void;
  readonly problem: RegExp;
}

const ROWS: readonly Row[] = [
  {
    title: 'the file is missing',
    end: 'stopped',
    damage: (files) => rmSync(files.fileOf('a')),
    problem: /its file a-\w+\.sqlite is missing/,
  },
  { title: 'the file is empty', end: 'stopped', damage: (files) => truncateSync(files.fileOf('a')), problem: /is empty/ },
  { title: 'the file is empty, its WAL is there', end: 'killed', damage: (files) => truncateSync(files.fileOf('a')), problem: /is empty/ },
  {
    title: 'the file is cut in the middle',
    end: 'stopped',
    damage: (files) => truncateSync(files.fileOf('a'), 30_000),
    problem: /is damaged/,
  },
  {
    title: 'the file is cut to one page',
    end: 'stopped',
    damage: (files) => truncateSync(files.fileOf('a'), 4_096),
    problem: /is damaged/,
  },
  {
    title: 'the file is cut within its first page',
    end: 'stopped',
    damage: (files) => truncateSync(files.fileOf('a'), 90),
    problem: /is no database|is damaged/,
  },
  {
    title: 'the file is a text',
    end: 'stopped',
    damage: (files) => writeFileSync(files.fileOf('a'), 'a text '.repeat(1_000)),
    problem: /is no database/,
  },
  {
    title: 'the file is another database',
    end: 'stopped',
    damage: (files) => {
      const file = files.fileOf('a');
      rmSync(file);
      new Database(file).exec('create table notes (text); pragma user_version = 2').close();
    },
    problem: /is damaged: no such table/,
  },
  {
    title: 'the file is of a newer version',
    end: 'stopped',
    damage: (files) => new Database(files.fileOf('a')).exec('pragma user_version = 99').close(),
    problem: /was written by a newer version/,
  },
  {
    title: 'the WAL is gone',
    end: 'killed',
    damage: (files) => rmSync(`${files.fileOf('a')}-wal`),
    problem: /ends with command 1, and command 10 was acknowledged/,
  },
  {
    title: 'the WAL is empty',
    end: 'killed',
    damage: (files) => truncateSync(`${files.fileOf('a')}-wal`),
    problem: /ends with command 1, and command 10/,
  },
  {
    title: 'the WAL is cut',
    end: 'killed',
    damage: (files) => truncateSync(`${files.fileOf('a')}-wal`, 80_000),
    problem: /ends with command \d, and command 10/,
  },
  {
    title: 'a byte of the WAL is flipped',
    end: 'killed',
    damage: (files) => flipAt(`${files.fileOf('a')}-wal`, 'of-a-5'),
    problem: /ends with command \d, and command 10/,
  },
  {
    title: 'the WAL of another cluster lies beside it',
    end: 'killed',
    damage: (files) => copyFileSync(`${files.fileOf('c')}-wal`, `${files.fileOf('a')}-wal`),
    problem: /is damaged|holds another history|is the file of cluster c/,
  },
  {
    title: 'it has changed places with another cluster',
    end: 'stopped',
    damage: (files) => swap(files.fileOf('a'), files.fileOf('c')),
    problem: /is the file of cluster c/,
  },
  {
    title: 'it has changed places with another cluster, with all that lies beside them',
    end: 'killed',
    damage: (files) => {
      for (const suffix of ['', '-wal', '.head']) swap(`${files.fileOf('a')}${suffix}`, `${files.fileOf('c')}${suffix}`);
    },
    problem: /is the file of cluster c/,
  },
  {
    title: 'a byte of a record is flipped',
    end: 'stopped',
    damage: (files) => flipAt(files.fileOf('a'), '"name":"of-a-3","namespace"'),
    problem: /does not pass its checksum/,
  },
  {
    title: 'a record is gone',
    end: 'stopped',
    damage: (files) => new Database(files.fileOf('a')).exec("delete from records where key = 'default/of-a-3'").close(),
    problem: /its checkpoint lacks records/,
  },
  {
    title: 'a record is another one',
    end: 'stopped',
    damage: (files) =>
      new Database(files.fileOf('a'))
        .exec(
          "update records set (value, checksum) = (select value, checksum from records where key = 'default/of-a-4') where key = 'default/of-a-3'",
        )
        .close(),
    problem: /does not pass its checksum/,
  },
  {
    title: 'the checkpoint is changed',
    end: 'stopped',
    damage: (files) =>
      new Database(files.fileOf('a')).exec('update checkpoints set header = replace(header, \'"revision"\', \'"Revision"\')').close(),
    problem: /its checkpoint does not pass its checksum/,
  },
  {
    title: 'the checkpoint is gone',
    end: 'stopped',
    damage: (files) => new Database(files.fileOf('a')).exec('delete from checkpoints').close(),
    problem: /its checkpoint is missing/,
  },
  {
    title: 'a command is changed',
    end: 'killed',
    damage: (files) =>
      new Database(files.fileOf('a')).exec("update journal set command = replace(command, 'of-a-2', 'of-a-9') where seq = 4").close(),
    problem: /command 4 does not pass its checksum/,
  },
  {
    title: 'a command is gone',
    end: 'killed',
    damage: (files) => new Database(files.fileOf('a')).exec('delete from journal where seq = 4').close(),
    problem: /command 4 is missing/,
  },
  {
    title: 'the newest command is gone',
    end: 'stopped',
    damage: (files) => new Database(files.fileOf('a')).exec('delete from journal where seq = 10').close(),
    problem: /ends with command 9, and command 10 was acknowledged/,
  },
  {
    title: 'its identity is changed',
    end: 'stopped',
    damage: (files) =>
      new Database(files.fileOf('a')).exec('update identity set config = replace(config, \'"seed":1\', \'"seed":7\')').close(),
    problem: /does not pass its checksum/,
  },
  {
    title: 'the .head file is gone after a kill',
    end: 'killed',
    damage: (files) => rmSync(`${files.fileOf('a')}.head`),
    problem: /lacks its \.head file/,
  },
  {
    title: 'the .head file is damaged after a kill',
    end: 'killed',
    damage: (files) => truncateSync(`${files.fileOf('a')}.head`, 20),
    problem: /has a damaged \.head file/,
  },
  {
    title: 'the .head file is that of another cluster',
    end: 'stopped',
    damage: (files) => copyFileSync(`${files.fileOf('c')}.head`, `${files.fileOf('a')}.head`),
    problem: /has the \.head file of another cluster/,
  },
  {
    title: 'a page is noise',
    end: 'stopped',
    damage: (files) => rewrite(files.fileOf('a'), (bytes) => bytes.fill(0xa5, 40_960, 45_056)),
    problem: /is damaged/,
  },
  {
    title: 'the first page is noise',
    end: 'stopped',
    damage: (files) => rewrite(files.fileOf('a'), (bytes) => bytes.fill(0x5a, 0, 4_096)),
    problem: /is no database/,
  },
];

describe('a cluster is broken when', () => {
  it.each(ROWS)('$title ($end)', async ({ end, damage, problem }) => {
    scene = await DamageScene.make(end);
    damage(scene);
    const before = scene.contents();
    const service = scene.start();
    expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
    expect(codeOf(() => service.execute('a', createPod('more')))).toBe('cluster-broken');
    expect(problemOf(service, 'a')).toMatch(problem);
    expect(problemOf(service, 'a')).toMatch(/put them back from a copy, or delete the cluster/);
    // Of cluster b the kill leaves a WAL, which is taken in when it is opened.
    const ofA = [...before].filter(([name]) => name.startsWith('a-'));
    const after = scene.contents();
    for (const [name, bytes] of ofA) expect(after.get(name) === bytes, `${name} is as it was`).toBe(true);
    expect(service.read('b', stateHash)).toBe(scene.hashes.get('b'));
    expect(service.execute('b', createPod('more')).outcome.ok).toBe(true);
    service.remove('a');
    expect([...scene.contents().keys()].filter((name) => name.startsWith('a-'))).toEqual([]);
    const fresh = service.create(configOf('a')).resourceVersion;
    await scene.stop();
    expect(scene.start().get('a').resourceVersion).toBe(fresh);
  });

  it('an older copy of its file is put back', async () => {
    const older = await DamageScene.make('stopped');
    scene = older.copy();
    scene.start().execute('a', createPod('later'));
    await scene.stop();
    copyFileSync(older.fileOf('a'), scene.fileOf('a'));
    await older.remove();
    const service = scene.start();
    expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
    expect(problemOf(service, 'a')).toMatch(/ends with command 10, and command 11 was acknowledged: .* it is an older copy/);
  });

  it('a stored change is damaged, as soon as somebody reads it', async () => {
    scene = await DamageScene.make('stopped');
    new Database(scene.fileOf('a')).exec("update changes set body = replace(body, 'of-a-3', 'of-a-8') where body like '%of-a-3%'").close();
    const service = scene.start();
    expect(service.read('a', stateHash)).toBe(scene.hashes.get('a'));
    const cursor = service.watch('a', 0);
    await expect(readChanges(cursor, 10_000)).rejects.toMatchObject({ code: 'cluster-broken' });
    cursor.close();
    expect(problemOf(service, 'a')).toMatch(/the changes from revision \d+ do not pass their checksum/);
  });

  it('stored changes are gone, as soon as somebody reads there', async () => {
    scene = await DamageScene.make('stopped');
    new Database(scene.fileOf('a'))
      .exec("delete from changes where body like '%of-a-3%of-a-3%' and first_revision > 100 or body like '%of-a-5%'")
      .close();
    const cursor = scene.start().watch('a', 0);
    await expect(readChanges(cursor, 10_000)).rejects.toMatchObject({
      code: 'cluster-broken',
      detail: expect.stringMatching(/the changes after revision \d+ are missing/),
    });
    cursor.close();
  });
});

describe('files that are put back', () => {
  it('are taken while the service runs, and the clock goes on', async () => {
    scene = await DamageScene.make('stopped');
    await expectRepair(scene);
  });

  it('are what was there before, when the directory knows that the cluster was closed in an orderly way: its .head file is not needed', async () => {
    scene = await DamageScene.make('stopped');
    rmSync(`${scene.fileOf('a')}.head`);
    expect(scene.start().read('a', stateHash)).toBe(scene.hashes.get('a'));
  });
});

async function expectRepair(files: DamageScene): Promise<void> {
  const whole = readFileSync(files.fileOf('a'));
  truncateSync(files.fileOf('a'), 30_000);
  const service = files.start();
  expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
  expect(codeOf(() => service.setClock('a', { mode: 'running', rate: 1 }))).toBe('cluster-broken');
  writeFileSync(files.fileOf('a'), whole);
  expect(service.read('a', stateHash)).toBe(files.hashes.get('a'));
  expect(service.setClock('a', { mode: 'running', rate: 1 })).toMatchObject({ mode: 'running' });
}

describe('a loss of power', () => {
  /** As if the machine had run anew since. */
  function reboot(files: DamageScene, durability = 'process'): void {
    const path = `${files.fileOf('a')}.head`;
    const head = readHead(files.fileOf('a'));
    if (head === undefined || head === 'damaged') throw new Error('no head');
    const prefix = `orrery-head 1 ${head.uid} another-boot ${durability}`.padEnd(100);
    const body = `${prefix} ${String(head.seq).padStart(16, '0')} ${head.checksum.toString(16).padStart(8, '0')}`;
    writeFileSync(path, `${body} ${checksumOf(0, [body]).toString(16).padStart(8, '0')}\n`);
  }

  it('may take the newest commands: the cluster goes on from what is there', async () => {
    scene = await DamageScene.make('killed');
    rmSync(`${scene.fileOf('a')}-wal`);
    reboot(scene);
    const service = scene.start();
    expect(service.get('a').elapsedSeconds).toBe(0);
    expect(scene.losses).toEqual([{ name: 'a', firstSeq: 2, lastSeq: 10 }]);
    expect(service.execute('a', createPod('more')).outcome.ok).toBe(true);
  });

  it('may take nothing when the durability was full', async () => {
    scene = await DamageScene.make('killed');
    rmSync(`${scene.fileOf('a')}-wal`);
    reboot(scene, 'full');
    const service = scene.start();
    expect(codeOf(() => service.get('a'))).toBe('cluster-broken');
  });
});

describe('damage at random places', () => {
  const KINDS = ['flip', 'noise', 'cut'] as const;

  /** A position from 0 to 1 that is the same each time. */
  const positionOf = (index: number) => (index * 0.618_033_988_75) % 1;

  function damageAt(file: string, index: number): void {
    const kind = KINDS[index % KINDS.length];
    rewrite(file, (bytes) => {
      const at = Math.floor(positionOf(index) * bytes.length);
      if (kind === 'cut') return bytes.subarray(0, at);
      if (kind === 'noise') return bytes.fill(0xa5, at, Math.min(at + 4_096, bytes.length));
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (index % 8)), at);
      return bytes;
    });
  }

  it.each([
    { end: 'stopped', suffix: '' },
    { end: 'killed', suffix: '' },
    { end: 'killed', suffix: '-wal' },
    { end: 'killed', suffix: '.head' },
  ] as const)('is either said or does not matter: 40 times in the file *$suffix ($end)', async ({ end, suffix }) => {
    const whole = await DamageScene.make(end);
    const changes = await allChanges(whole.copy());
    for (let index = 1; index <= 40; index += 1) {
      scene = whole.copy();
      damageAt(`${scene.fileOf('a')}${suffix}`, index);
      const found = await allChanges(scene).catch((error: unknown) => (error as { code?: unknown }).code);
      if (found !== 'cluster-broken') expect(found).toEqual(changes);
      expect(scene.service?.read('b', stateHash)).toBe(whole.hashes.get('b'));
      await scene.remove();
    }
    scene = whole;
  });

  /** The state of cluster a and all that its watchers can read. */
  async function allChanges(files: DamageScene): Promise<string[]> {
    const service = files.start();
    const hash = service.read('a', stateHash);
    const cursor = service.watch('a', 0);
    const read = await readChanges(cursor, service.latestRevision('a'));
    cursor.close();
    return [hash, ...read.map((change) => change.json)];
  }
});
