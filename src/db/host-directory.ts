// The directory as a host has it: the rows that it was told of, in memory, and the storage of their clusters. The directory's own database is the
// front's.

import type { DirectoryEvents } from '../service/host.ts';
import type { ClusterInfo } from '../service/ports.ts';
import type { ClusterIdentity, CommitLog, Directory, DirectoryRow, Fork, Lifetime, StorageDamage } from '../service/storage.ts';

/** Where clusters are stored, each under the name that its row calls its file. */
export interface ClusterStorage {
  /** Makes the storage of a cluster; `fill` writes its first rows. When it fails there is none. */
  create(file: string, owner: ClusterIdentity, fill: (log: CommitLog) => void): void;
  /** Opens the storage of a cluster, which had this digest when it was closed in an orderly way. Fails: StorageDamage. */
  open(file: string, owner: ClusterIdentity, closedDigest?: string): CommitLog;
  /** Changes whenever the storage of a cluster does, without its being opened. */
  stamp(file: string): string;
  isPresent(file: string): boolean;
}

export class HostDirectory implements Directory {
  private readonly files: ClusterStorage;
  private readonly events: DirectoryEvents;
  private readonly rows: Map<string, DirectoryRow>;

  /** `running` is the rows of clusters whose clocks run. */
  constructor(files: ClusterStorage, running: readonly DirectoryRow[], events: DirectoryEvents) {
    this.files = files;
    this.events = events;
    this.rows = new Map(running.map((row) => [row.name, row]));
  }

  get(name: string): DirectoryRow | undefined {
    return this.rows.get(name);
  }

  has(name: string): boolean {
    return this.rows.has(name);
  }

  list(limit: number, after = ''): readonly DirectoryRow[] {
    const rows = [...this.rows.values()].filter(({ name }) => name > after);
    return rows.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit);
  }

  count(): number {
    return this.rows.size;
  }

  running(): readonly string[] {
    return [...this.rows.values()].flatMap(({ name, isRunning }) => (isRunning ? [name] : []));
  }

  /** Tokens are the front's. */
  tokenDigests(): ReadonlyMap<string, string> {
    return new Map();
  }

  add(row: DirectoryRow): void {
    this.rows.set(row.name, row);
  }

  /** Which clusters are forks is the front's to know. */
  forks(): readonly Fork[] {
    return [];
  }

  /** Who is used, and since when not, is the front's to know. */
  lifetimes(): ReadonlyMap<string, Lifetime> {
    return new Map();
  }

  setUsed(): void {}

  /** What was and what is are the front's to know. */
  wasUsed(): boolean {
    return false;
  }

  uids(): ReadonlyMap<string, string> {
    return new Map([...this.rows].map(([name, { uid }]) => [name, uid]));
  }

  setRunning(name: string, isRunning: boolean): void {
    const row = this.rows.get(name);
    if (row === undefined) return;
    this.rows.set(name, { ...row, isRunning });
    this.events.onRunning(name, isRunning);
  }

  setInfo(name: string, info: ClusterInfo | undefined): void {
    const row = this.rows.get(name);
    if (row === undefined) return;
    const { info: _, ...rest } = row;
    this.rows.set(name, info === undefined ? rest : { ...rest, info });
    this.events.onInfo(name, info);
  }

  create(row: DirectoryRow, fill: (log: CommitLog) => void): CommitLog {
    this.files.create(row.file, row, fill);
    this.rows.set(row.name, row);
    return this.files.open(row.file, row);
  }

  make(row: DirectoryRow): CommitLog {
    this.files.create(row.file, row, () => {});
    return this.files.open(row.file, row);
  }

  /** The front does the rest. */
  rewind(rewound: DirectoryRow, kept: DirectoryRow): void {
    for (const row of [rewound, kept]) this.rows.set(row.name, row);
  }

  /** The front does it. */
  discard({ name }: DirectoryRow): void {
    this.rows.delete(name);
  }

  noteBroken(name: string, { message }: StorageDamage): void {
    this.events.onBroken(name, message);
  }

  /** Forgets the row; the front removes the files. */
  remove(name: string): void {
    this.rows.delete(name);
  }

  open(name: string): CommitLog {
    const row = this.rows.get(name);
    if (row === undefined) throw new Error(`nothing was told of cluster ${name}`);
    return this.files.open(row.file, row, row.info?.digest);
  }

  stamp(name: string): string {
    return this.files.stamp(this.rows.get(name)?.file ?? '');
  }

  isPresent(name: string): boolean {
    return this.files.isPresent(this.rows.get(name)?.file ?? '');
  }

  /** Whether storage can be written is the front's to ask. */
  probe(): void {}

  close(): void {}
}
