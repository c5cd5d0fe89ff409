// The row of a new cluster.

import { randomBytes } from 'node:crypto';
import type { ClusterConfig } from '../engine/cluster/index.ts';
import { type DirectoryRow, fileNameOf } from './storage.ts';

/** A row with a uid of its own; `tokenDigest` is that of the cluster's own token. */
export function newRow(config: ClusterConfig, tokenDigest: string | undefined): DirectoryRow {
  const uid = newUid();
  const { name, clock } = config;
  const row = { uid, name, config, createdAt: new Date().toISOString(), isRunning: clock.mode === 'running', file: fileNameOf(name, uid) };
  return tokenDigest === undefined ? row : { ...row, tokenDigest };
}

/** Of one incarnation of a cluster: never used twice. */
export function newUid(): string {
  return randomBytes(8).toString('hex');
}
