// Makes a cluster again from a recording: every command is given as it was, and its digest compared.

import { type Command, finish, type Steps } from '../engine/cluster/index.ts';
import { commandText } from './command-text.ts';
import { type ClusterService, type RecordedState, type Replay, type ReplayDifference, type Replayed, ServiceError } from './ports.ts';
import { storageErrorOf } from './storage-errors.ts';
import type { CommitLog, Directory, DirectoryRow } from './storage.ts';

/** Differences that are told. */
const DIFFERENCES_MAX = 100;

export class Replays {
  private readonly service: ClusterService;
  private readonly directory: Pick<Directory, 'create' | 'has'>;
  private readonly onEnd: (name: string) => void;
  /** Clusters that are not yet what was recorded. */
  private readonly names = new Set<string>();

  /** `onEnd` learns of clusters whose clocks may run from then on. */
  constructor(service: ClusterService, directory: Pick<Directory, 'create' | 'has'>, onEnd: (name: string) => void) {
    this.service = service;
    this.directory = directory;
    this.onEnd = onEnd;
  }

  /** Whether a cluster's clock stands, whatever it says. */
  has(name: string): boolean {
    return this.names.has(name);
  }

  async run(row: DirectoryRow, replay: Replay): Promise<Replayed> {
    const { service } = this;
    const { name } = row;
    this.names.add(name);
    try {
      const differences = replay.state === undefined ? await this.make(row, replay) : await this.open(row, replay, replay.state);
      this.names.delete(name);
      this.onEnd(name);
      return { info: service.get(name), differences };
    } catch (error) {
      this.names.delete(name);
      if (this.directory.has(name)) service.remove(name);
      throw error;
    }
  }

  private make(row: DirectoryRow, replay: Replay): Promise<readonly ReplayDifference[]> {
    this.service.createRow(row);
    return replayInto(this.service, row.name, replay);
  }

  /** Stores what is recorded, and opens it. Fails: recording-differs, when that is no cluster. */
  private async open(row: DirectoryRow, replay: Replay, state: RecordedState): Promise<readonly ReplayDifference[]> {
    try {
      this.directory.create(row, (log) => finish(storeRecorded(log, row, replay, state))).close();
    } catch (error) {
      throw storageErrorOf(error) ?? error;
    }
    try {
      await this.service.settled(row.name);
      this.service.get(row.name);
      return [];
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      const detail = `the recorded state cannot be opened: ${(error as Error).message}`;
      throw new ServiceError('recording-differs', detail, { cause: error });
    }
  }
}

function* storeRecorded(log: CommitLog, { config }: DirectoryRow, { genesisDigest, commands }: Replay, state: RecordedState): Steps<void> {
  const { header, records } = state;
  const genesis = { ...state.genesis, command: { type: 'genesis', config }, digest: genesisDigest, nowMs: config.startMs } as const;
  for (const [index, { revision = 0, ...command }] of [genesis, ...commands].entries())
    yield* log.append({ seq: index + 1, number: index + 1, revision, ...command }, [], 1);
  const rows = records.map((record) => ({ ...record, isNew: true }));
  yield* log.checkpoint({ header, journalSeq: commands.length + 1 }, rows);
}

/** Fails: recording-differs. */
async function replayInto(
  service: ClusterService,
  name: string,
  { genesisDigest, commands, isStrict }: Replay,
): Promise<readonly ReplayDifference[]> {
  const differences: ReplayDifference[] = [];
  const compare = (number: number, command: string, recorded: string, refusal?: string): void => {
    const found = service.get(name).digest;
    if (refusal === undefined && found === recorded) return;
    if (isStrict) throw new ServiceError('recording-differs', describe(number, command, refusal));
    if (differences.length < DIFFERENCES_MAX)
      differences.push({ number, command, recorded, ...(refusal === undefined ? { found } : { refusal }) });
  };
  compare(1, 'create the cluster', genesisDigest);
  for (const [index, { command, digest, client }] of commands.entries())
    compare(index + 2, commandText(command), digest, await give(service, name, command, client));
  return differences;
}

/** Why it was refused. */
async function give(service: ClusterService, name: string, command: Command, client: string | undefined): Promise<string | undefined> {
  try {
    if (command.type === 'advance') await service.advance(name, { kind: 'to', toMs: command.toMs }, { client });
    else {
      const { outcome } = await service.perform(name, command, client);
      if (!outcome.ok) return outcome.status.message ?? outcome.status.reason ?? 'it was refused';
    }
    return undefined;
  } catch (error) {
    // What nobody ever gave may be anything.
    if (error instanceof ServiceError && error.code === 'engine-failed') return error.detail;
    throw error;
  }
}

function describe(number: number, command: string, refusal: string | undefined): string {
  const what = number === 1 ? 'the cluster that it was created from' : `command ${number} (${command})`;
  return refusal === undefined
    ? `${what} leads to another digest than the recording says: it was made by another version of the engine, or changed. With check=report the cluster is made all the same`
    : `${what} is refused: ${refusal}`;
}
