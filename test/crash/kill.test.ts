// Promise 1: after kill -9 at any moment every acknowledged change is there, and the cluster goes on exactly as if it had never stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../support/bundle.ts';
import { Database } from '../../src/db/driver.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/db/directory.ts';
import { createCluster, execute } from '../../src/engine/cluster/index.ts';
import { SqliteCommitLog } from '../../src/db/commit-log.ts';
import { connect } from '../../src/db/database.ts';
import { readIdentity } from '../../src/db/identity.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';

const KILLS = 50;
const CLUSTERS = 5;
/** Two folders, each with all clusters: a child waits more than it works. */
const FOLDERS = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'orrery-crash-')));
let child = '';

beforeAll(async () => {
  child = fileURLToPath(await bundle(new URL('./child.ts', import.meta.url)));
});
afterAll(() => {
  for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true });
});

/** Runs the child until `delayMs` after its first acknowledgement, kills it, and returns its last words. */
function runAndKill(folder: string, seed: number, delayMs: number): Promise<{ acked: string | undefined; seen: number }> {
  return new Promise((resolve, reject) => {
    const process_: ChildProcess = spawn(process.execPath, [child, folder, String(seed)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let isArmed = false;
    process_.stderr?.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    process_.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (isArmed || !output.includes('ack ')) return;
      isArmed = true;
      setTimeout(() => process_.kill('SIGKILL'), delayMs);
    });
    process_.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the child ended by itself with ${code}: ${errors}`));
      // The last line may be cut in the middle.
      const lines = output.slice(0, output.lastIndexOf('\n')).split('\n');
      const acked = lines.findLast((line) => line.startsWith('ack '));
      const seen = lines.findLast((line) => line.startsWith('seen '));
      resolve({ acked, seen: Number(seen?.split(' ')[1] ?? 0) });
    });
  });
}

describe('kill -9', () => {
  it(`keeps every acknowledged change through ${KILLS} kills, and goes on with the same digest`, async () => {
    const kills = Array.from({ length: KILLS }, (_, kill) => kill);
    const killsIn = async (folder: string, lane: number): Promise<void> => {
      for (const kill of kills.filter((number) => number % FOLDERS.length === lane)) await killOnce(folder, kill);
    };
    await Promise.all(FOLDERS.map(killsIn));
    for (const folder of FOLDERS) {
      const files = readdirSync(join(folder, 'clusters')).filter((item) => item.endsWith('.sqlite'));
      expect(files).toHaveLength(CLUSTERS);
      for (const file of files) verifyFile(join(folder, 'clusters', file));
    }
  }, 600_000);
});

async function killOnce(folder: string, kill: number): Promise<void> {
  const seed = (kill % CLUSTERS) + 1;
  const name = `c${seed}`;
  const { acked, seen } = await runAndKill(folder, seed, (kill * 37) % 400);
  expect(acked).toBeDefined();
  const [, revision = '0', digest = ''] = (acked ?? '').split(' ');
  const directory = openDirectory(folder);
  const service = createClusterService(directory);
  const after = service.read(name, (state) => ({ revision: state.revision, digest: state.digest.join('-') }));
  expect(after.revision).toBeGreaterThanOrEqual(Math.max(Number(revision), seen));
  if (after.revision === Number(revision)) expect(after.digest).toBe(digest);
  await service.close();
}

/** The file is sound, and its journal, played from the beginning in one piece, gives the stored digests. */
function verifyFile(file: string): void {
  const database = new Database(file, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
  const opened = connect(file, 'cluster');
  const log = new SqliteCommitLog(opened, readIdentity(opened));
  const [genesis, ...journal] = log.readJournal(0);
  log.close();
  if (genesis?.command.type !== 'genesis') throw new Error('the journal does not begin with the genesis');
  const { state } = createCluster(genesis.command.config);
  for (const row of journal) {
    const commit = execute(state, row.command);
    expect(commit.outcome.ok).toBe(true);
    expect(commit.digest).toBe(row.digest);
  }
  expect(journal.length).toBeGreaterThan(5);
}
