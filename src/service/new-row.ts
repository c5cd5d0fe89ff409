// The row of a new cluster, and its uid.

import { randomBytes } from 'node:crypto';
import type { ClusterConfig } from '../engine/cluster/index.ts';
import { type DirectoryRow, fileNameOf, type Labels } from './storage.ts';

/** What a cluster is given beside what it is made from. */
export interface Given {
  /** Of a token of its own, of which nothing else is kept. */
  readonly tokenDigest?: string | undefined;
  readonly labels?: Labels | undefined;
  /** Wall time without use after which it is deleted. */
  readonly ttlMs?: number | undefined;
}

/** A row with a uid of its own. */
export function newRow(config: ClusterConfig, { tokenDigest, labels = {}, ttlMs }: Given, isNameReused: boolean): DirectoryRow {
  const uid = newUid(isNameReused);
  const { name, clock } = config;
  return {
    uid,
    name,
    config,
    createdAt: new Date().toISOString(),
    isRunning: clock.mode === 'running',
    file: fileNameOf(name, uid),
    ...(tokenDigest === undefined ? {} : { tokenDigest }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
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
