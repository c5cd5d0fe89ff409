// Devices that give bytes for as long as somebody reads. Deviation: who reads to their end gets a bounded number of them, so that nothing runs for ever.

import { bytesToText } from './bytes.ts';
import type { ShellHost } from './state.ts';

const ENDLESS: ReadonlySet<string> = new Set(['/dev/zero', '/dev/urandom', '/dev/random']);

/** Bytes that one who reads to the end gets. */
const READ_LENGTH = 65_536;

export function isEndless(path: string): boolean {
  return ENDLESS.has(path);
}

/** Bytes of an endless device, one character each; undefined for anything else. */
export function endlessBytes(path: string, host: Pick<ShellHost, 'random'>, length = READ_LENGTH): string | undefined {
  if (!ENDLESS.has(path)) return undefined;
  return path === '/dev/zero' ? '\0'.repeat(length) : randomBytes(host, length);
}

/** The same as text. */
export function endlessText(path: string, host: Pick<ShellHost, 'random'>, length = READ_LENGTH): string | undefined {
  const bytes = endlessBytes(path, host, length);
  return bytes === undefined ? undefined : bytesToText(bytes);
}

/** One draw is the seed of all of them: xorshift, Marsaglia 2003. */
function randomBytes(host: Pick<ShellHost, 'random'>, length: number): string {
  let word = host.random(0x7fff_ffff) + 1;
  const bytes: string[] = [];
  for (let index = 0; index < length; index += 1) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    bytes.push(String.fromCharCode((word >>> 11) & 0xff));
  }
  return bytes.join('');
}
