// How far a cluster's history goes, written down outside of its database: a few bytes beside the file, overwritten after every commit. A WAL that
// is lost, or a file that is an older copy, then lacks what the head names. Such a write costs a microsecond and, as the WAL's own, survives the
// death of the process; it is never waited for. See docs/decisions/0031-identity-and-checksums.md.

import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Durability } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';

export interface Head {
  readonly uid: string;
  /** The run of the machine that wrote it: what a loss of power takes is no damage, unless full durability was promised. */
  readonly boot: string;
  readonly durability: Durability;
  /** The last command, and its checksum in the journal. */
  readonly seq: number;
  readonly checksum: number;
}

/** Path of the head of a cluster's file. */
export function headOf(file: string): string {
  return `${file}.head`;
}

/** Undefined: there is none. `damaged`: it cannot be read. */
export function readHead(file: string): Head | 'damaged' | undefined {
  let text: string;
  try {
    text = readFileSync(headOf(file), 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  const [, body = '', sum = ''] = /^(orrery-head 1 .*) ([0-9a-f]{8})\n$/s.exec(text) ?? [];
  const [, , uid = '', boot = '', durability = '', seq = '', checksum = ''] = body.split(/ +/);
  if (sum !== hex(checksumOf(0, [body])) || (durability !== 'full' && durability !== 'process')) return 'damaged';
  return { uid, boot, durability, seq: Number(seq), checksum: Number.parseInt(checksum, 16) };
}

/** Writes the head of one open cluster. */
export class HeadWriter {
  private readonly handle: number;
  private readonly prefix: string;

  constructor(file: string, uid: string, durability: Durability) {
    this.handle = openSync(headOf(file), 'r+');
    this.prefix = prefixOf({ uid, durability });
  }

  /** A head that cannot be written stays behind: it notices less, and says nothing wrong. */
  write(seq: number, checksum: number): void {
    try {
      writeSync(this.handle, encode(this.prefix, seq, checksum), 0);
    } catch {
      // The command is stored, which is what counts.
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}

/** Makes the head of a file, or makes it anew, and waits for the disk if it is to. */
export function createHead(file: string, head: Omit<Head, 'boot'>, waits = true): void {
  const handle = openSync(headOf(file), 'w');
  try {
    writeSync(handle, encode(prefixOf(head), head.seq, head.checksum), 0);
    if (waits) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function prefixOf({ uid, durability }: Pick<Head, 'uid' | 'durability'>): string {
  return `orrery-head 1 ${uid} ${bootId()} ${durability}`;
}

/** Columns that vary, and room for them: a head is always of one length, so that it is overwritten in place. */
const PREFIX_LENGTH = 100;

function encode(prefix: string, seq: number, checksum: number): string {
  const body = `${prefix.padEnd(PREFIX_LENGTH)} ${String(seq).padStart(16, '0')} ${hex(checksum)}`;
  return `${body} ${hex(checksumOf(0, [body]))}\n`;
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}

let boot: string | undefined;

/** Differs from one run of the machine to the next. */
export function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Other systems: the minute in which the machine was started.
    return `minute-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}
