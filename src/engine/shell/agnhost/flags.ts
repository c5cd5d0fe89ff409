// Flags as Go's pflag reads them: `--name=value`, `--name value`, `--flag`; short names of one letter. Upstream: github.com/spf13/pflag.

import { parseDuration } from '../../apimachinery/time.ts';

export type FlagKind = 'text' | 'number' | 'flag' | 'duration';

export interface FlagSpec {
  readonly kind: FlagKind;
  readonly short?: string;
}

export type Flags = { readonly ok: true; readonly values: ReadonlyMap<string, string>; readonly operands: readonly string[] } | FlagError;

interface FlagError {
  readonly ok: false;
  readonly error: string;
}

/** Flags of klog, which every subcommand accepts. */
const COMMON: Readonly<Record<string, FlagSpec>> = {
  v: { kind: 'text', short: 'v' },
  vmodule: { kind: 'text' },
  alsologtostderr: { kind: 'flag' },
  logtostderr: { kind: 'flag' },
  stderrthreshold: { kind: 'text' },
};

/** Reads arguments. Fails with pflag's words. */
export function readFlags(args: readonly string[], own: Readonly<Record<string, FlagSpec>>): Flags {
  const specs = { ...COMMON, ...own };
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (argument === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      operands.push(argument);
      continue;
    }
    const [name, given] = splitFlag(argument, specs);
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined)
      return fail(argument.startsWith('--') ? `unknown flag: --${name}` : `unknown shorthand flag: '${name}' in ${argument}`);
    const value = given ?? (spec.kind === 'flag' ? 'true' : args[(index += 1)]);
    if (value === undefined) return fail(`flag needs an argument: --${name}`);
    const problem = problemOf(spec.kind, value);
    if (problem !== undefined) return fail(`invalid argument ${JSON.stringify(value)} for "${shownName(name, spec)}" flag: ${problem}`);
    values.set(name, value);
  }
  return { ok: true, values, operands };
}

/** A flag's text, or what it is when nobody gives it. */
export function numberOf(values: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const value = values.get(name);
  return value === undefined ? fallback : Number(value);
}

export function isSet(values: ReadonlyMap<string, string>, name: string, fallback = false): boolean {
  const value = values.get(name);
  return value === undefined ? fallback : TRUE.includes(value);
}

/** Milliseconds. */
export function durationOf(values: ReadonlyMap<string, string>, name: string, fallbackMs: number): number {
  const value = values.get(name);
  return value === undefined ? fallbackMs : (parseDuration(value) ?? fallbackMs);
}

const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

function fail(error: string): FlagError {
  return { ok: false, error };
}

function splitFlag(argument: string, specs: Readonly<Record<string, FlagSpec>>): [string, string | undefined] {
  const at = argument.indexOf('=');
  const value = at < 0 ? undefined : argument.slice(at + 1);
  if (argument.startsWith('--')) return [argument.slice(2, at < 0 ? undefined : at), value];
  const letter = argument[1] ?? '';
  const name = Object.keys(specs).find((item) => specs[item]?.short === letter) ?? letter;
  if (value !== undefined && at === 2) return [name, value];
  return [name, argument.length > 2 ? argument.slice(2) : undefined];
}

function problemOf(kind: FlagKind, value: string): string | undefined {
  switch (kind) {
    case 'number':
      return /^[-+]?\d+$/.test(value) ? undefined : `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`;
    case 'flag':
      return TRUE.includes(value) || FALSE.includes(value)
        ? undefined
        : `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
    case 'duration':
      return parseDuration(value) === undefined ? `time: invalid duration ${JSON.stringify(value)}` : undefined;
    case 'text':
      return undefined;
  }
}

function shownName(name: string, { short }: FlagSpec): string {
  return short === undefined || short === name ? `--${name}` : `-${short}, --${name}`;
}
