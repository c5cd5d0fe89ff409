// Rows for the tests of this layer.

import { defaultNodes, finish } from '../../src/engine/cluster/index.ts';
import { type ClusterIdentity, type CommitLog, type DirectoryRow, fileNameOf, type Refusal } from '../../src/service/storage.ts';

export interface Whose {
  readonly uid?: string;
  readonly createdAt?: string;
  readonly isRunning?: boolean;
  readonly tokenDigest?: string;
}

/** A cluster of one node whose uid is its name, unless another is given. */
export function ownerOf(name: string, whose: Whose = {}): ClusterIdentity {
  const config = {
    name,
    seed: 2 ** 53 - 1,
    startMs: 0,
    clock: { mode: 'manual' },
    nodes: defaultNodes(1),
    images: {},
    timing: {},
    retention: { watchEvents: 10 },
  } as const;
  return { uid: `uid${name}`, name, config, createdAt: '2026-11-23T12:00:00.000Z', isRunning: false, ...whose };
}

export function rowOf(name: string, whose: Whose = {}): DirectoryRow {
  const owner = ownerOf(name, whose);
  return { ...owner, file: fileNameOf(name, owner.uid) };
}

/** The least that a cluster's file holds. */
export function fill(log: CommitLog): void {
  finish(log.append({ seq: 1, number: 1, command: { type: 'advance', toMs: 0 }, revision: 0, digest: 'd1' }, [], 1));
  finish(log.checkpoint({ header: { seed: 1, startMs: 0, nowMs: 0, revision: 0, digest: [0, 0, 0, 0] }, journalSeq: 1 }, []));
}

/** Something that was refused behind the command of a number. */
export function refusalOf(id: number, number: number): Refusal {
  const times = { nowMs: id * 10, wallMs: id * 100 };
  const said = { code: 409, reason: 'Conflict', message: `no ${id}`, line: 'delete pods web' };
  return {
    id,
    number,
    revision: number,
    digest: `d${number}`,
    ...times,
    ...said,
    command: { type: 'end-fault', id: `fault-${id}` },
    isShortened: false,
  };
}
