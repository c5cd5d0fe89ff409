// Checksums of stored rows: CRC-32, which notices what disks and strangers do to bytes. It begins with the uid of the cluster, so that a row
// of another cluster never passes.

import { crc32 } from 'node:zlib';

/** Where the checksums of a cluster begin. */
export function checksumSeed(uid: string): number {
  return crc32(uid);
}

/** The checksum of a row: of its small columns, and of the one that may be large. */
export function checksumOf(start: number, columns: readonly (string | number)[], body = ''): number {
  return crc32(body, crc32(`${columns.join('\0')}\0`, start));
}
