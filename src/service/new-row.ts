// The row of a new cluster, and its uid.

import { randomBytes } from 'node:crypto';
import type { ClusterConfig } from '../engine/cluster/index.ts';
import { type DirectoryRow, fileNameOf } from './storage.ts';

/** A row with a uid of its own; `tokenDigest` is that of the cluster's own token. */
export function newRow(config: ClusterConfig, tokenDigest: string | undefined, isNameReused: boolean): DirectoryRow {
  const uid = newUid(isNameReused);
  const { name, clock } = config;
  const row = { uid, name, config, createdAt: new Date().toISOString(), isRunning: clock.mode === 'running', file: fileNameOf(name, uid) };
  return tokenDigest === undefined ? row : { ...row, tokenDigest };
}

const REUSED = 'r';

/** Of one incarnation of a cluster: never used twice. It says whether another cluster had the name before. */
export function newUid(isNameReused: boolean): string {
  const uid = randomBytes(8).toString('hex');
  return isNameReused ? `${REUSED}${uid}` : uid;
}

/** In the place of the digest of a cluster's own token: one that nobody has. */
export function digestOfNobody(): string {
  return randomBytes(32).toString('base64url');
}

/** What the streams of a cluster call it; undefined for the first one of a name, whose positions nobody can take for another's. */
export function streamIdOf(uid: string): string | undefined {
  return uid.startsWith(REUSED) ? uid.slice(REUSED.length, REUSED.length + STREAM_ID_LENGTH) : undefined;
}

const STREAM_ID_LENGTH = 8;
