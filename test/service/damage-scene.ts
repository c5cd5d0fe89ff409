// A data folder with three clusters, as an orderly stop or a kill leaves it, for tests that damage its files.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Loss } from '../../src/db/cluster-file.ts';
import { directoryFileOf, openDirectory } from '../../src/db/directory.ts';
import type { Findings } from '../../src/db/take-stock.ts';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';
import type { ClusterService } from '../../src/service/ports.ts';
import { configOf, createPod, START_MS } from './fixtures.ts';

/** A killed process leaves what is in its files at that moment: the WALs with all that was committed, and no checkpoint since the first. */
export type End = 'stopped' | 'killed';

export const NAMES = ['a', 'b', 'c'] as const;

export class DamageScene {
  readonly folder: string;
  readonly hashes = new Map<string, string>();
  readonly findings: Findings[] = [];
  readonly losses: Loss[] = [];
  service: ClusterService | undefined;

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'orrery-damage-'));
  }

  /** Clusters a, b and c, which differ; the folder is as the end of the process left it. */
  static async make(end: End): Promise<DamageScene> {
    const source = new DamageScene();
    const service = source.start();
    for (const [index, name] of NAMES.entries()) {
      service.create(configOf(name, { seed: index + 1 }));
      for (let pod = 0; pod < 8; pod += 1) service.execute(name, createPod(`of-${name}-${pod}`));
      service.execute(name, { type: 'advance', toMs: START_MS + 10_000 });
    }
    if (end === 'stopped') {
      for (const name of NAMES) source.hashes.set(name, service.read(name, stateHash));
      await source.stop();
      return source;
    }
    const killed = source.copy();
    for (const name of NAMES) killed.hashes.set(name, service.read(name, stateHash));
    await source.remove();
    return killed;
  }

  /** What the folder is at this moment, whoever uses it. */
  copy(): DamageScene {
    const copy = new DamageScene();
    cpSync(this.folder, copy.folder, { recursive: true });
    return copy;
  }

  start(): ClusterService {
    const directory = openDirectory(this.folder, {
      onFindings: (found) => this.findings.push(found),
      onLoss: (loss) => this.losses.push(loss),
    });
    this.service = createClusterService(directory);
    return this.service;
  }

  async stop(): Promise<void> {
    await this.service?.close();
    this.service = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get directoryFile(): string {
    return directoryFileOf(this.folder);
  }

  fileOf(cluster: string): string {
    const file = readdirSync(join(this.folder, 'clusters')).find((name) => name.startsWith(`${cluster}-`) && name.endsWith('.sqlite'));
    if (file === undefined) throw new Error(`no file of ${cluster}`);
    return join(this.folder, 'clusters', file);
  }

  /** Contents of all files of clusters; the index of a WAL is nobody's data. */
  contents(): ReadonlyMap<string, string> {
    const folder = join(this.folder, 'clusters');
    const names = readdirSync(folder).filter((name) => !name.endsWith('-shm'));
    return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
  }
}

/** Changes the bytes of a file. */
export function rewrite(file: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(file, change(readFileSync(file)));
}

/** Flips one bit in the last place where the text stands. */
export function flipAt(file: string, text: string): void {
  rewrite(file, (bytes) => {
    const index = bytes.lastIndexOf(text);
    if (index < 0) throw new Error(`${text} is not in ${file}`);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    return bytes;
  });
}
