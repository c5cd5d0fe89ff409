// How the clients of databases find and reach their server.

import type { CommandContext } from '../command.ts';
import { exchange } from '../commands/exchange.ts';
import type { NetworkAnswer } from '../state.ts';

export interface ServerAddress {
  /** Empty: by the socket of this machine. */
  readonly host: string;
  readonly port: number;
}

/** Options that take a value in the next word or behind an equals sign, by their long and short names. */
export interface ClientOptions {
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly string[];
}

/** Reads options: `-h host`, `-hhost`, `--host host`, `--host=host`. `names` are those with a value; a short one is mapped to its long name. */
export function readOptions(args: readonly string[], names: Readonly<Record<string, string>>): ClientOptions {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const operands: string[] = [];
  const longs = new Set(Object.values(names));
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (argument.startsWith('--')) {
      const at = argument.indexOf('=');
      const name = argument.slice(2, at < 0 ? undefined : at);
      if (at >= 0) values.set(name, argument.slice(at + 1));
      else if (longs.has(name)) values.set(name, args[(index += 1)] ?? '');
      else flags.add(name);
    } else if (argument.startsWith('-') && argument.length > 1) index = readShort(args, index, names, values, flags);
    else operands.push(argument);
  }
  return { values, flags, operands };
}

function readShort(
  args: readonly string[],
  index: number,
  names: Readonly<Record<string, string>>,
  values: Map<string, string>,
  flags: Set<string>,
): number {
  const letters = (args[index] as string).slice(1);
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] as string;
    const name = Object.hasOwn(names, letter) ? names[letter] : undefined;
    if (name === undefined) {
      flags.add(letter);
      continue;
    }
    const rest = letters.slice(at + 1);
    values.set(name, rest === '' ? (args[index + 1] ?? '') : rest);
    return rest === '' ? index + 1 : index;
  }
  return index;
}

/** Connects, at most for a time; null while it does. A socket of this machine is its loopback. */
export function reach(context: CommandContext, { host, port }: ServerAddress, timeoutMs: number): NetworkAnswer | null {
  return exchange(context, `reach-${host}-${port}`, () => context.host.connect(host === '' ? 'localhost' : host, port), timeoutMs);
}

/** `scheme://user:password@host:port/database?options`; undefined when it is none. */
export function readUrl(text: string, port: number): ServerAddress | undefined {
  const match = /^[a-z+]+:\/\/(?:[^@/]*@)?([^:/?,]*)(?::(\d+))?/.exec(text);
  return match === null ? undefined : { host: match[1] ?? '', port: Number(match[2] ?? port) };
}

/** What a file says instead of `-c` and its kin: standard input to its end; null while it is awaited. */
export function readScript(context: CommandContext): string | null {
  const { memory } = context;
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = typeof memory['script'] === 'string' ? memory['script'] : '';
    if (text === undefined) return gathered;
    memory['script'] = gathered + text;
  }
}
