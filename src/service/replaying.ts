// Makes a cluster again from a recording: every command is given as it was, and its digest compared.

import type { Command } from '../engine/cluster/index.ts';
import { type ClusterService, type Replay, type ReplayDifference, type Replayed, ServiceError } from './ports.ts';
import type { DirectoryRow } from './storage.ts';

/** Differences that are told. */
const DIFFERENCES_MAX = 100;

export class Replays {
  private readonly service: ClusterService;
  private readonly onEnd: (name: string) => void;
  /** Clusters that are not yet what was recorded. */
  private readonly names = new Set<string>();

  /** `onEnd` learns of clusters whose clocks may run from then on. */
  constructor(service: ClusterService, onEnd: (name: string) => void) {
    this.service = service;
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
      service.createRow(row);
      const differences = await replayInto(service, name, replay);
      this.names.delete(name);
      this.onEnd(name);
      return { info: service.get(name), differences };
    } catch (error) {
      this.names.delete(name);
      service.remove(name);
      throw error;
    }
  }
}

/** Fails: recording-differs. */
async function replayInto(
  service: ClusterService,
  name: string,
  { genesisDigest, commands, isStrict }: Replay,
): Promise<readonly ReplayDifference[]> {
  const differences: ReplayDifference[] = [];
  const compare = (number: number, recorded: string, refusal?: string): void => {
    const found = service.get(name).digest;
    if (refusal === undefined && found === recorded) return;
    if (isStrict) throw new ServiceError('recording-differs', describe(number, refusal));
    if (differences.length < DIFFERENCES_MAX) differences.push({ number, recorded, ...(refusal === undefined ? { found } : { refusal }) });
  };
  compare(1, genesisDigest);
  for (const [index, { command, digest, client }] of commands.entries())
    compare(index + 2, digest, await give(service, name, command, client));
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

function describe(number: number, refusal: string | undefined): string {
  const what = number === 1 ? 'the cluster that it was created from' : `command ${number}`;
  return refusal === undefined
    ? `${what} leads to another digest than the recording says: it was made by another version of the engine, or changed. With check=report the cluster is made all the same`
    : `${what} is refused: ${refusal}`;
}
