// Functions as the checker and the evaluator know them: their overloads, written as text, one a line:
// `name id (arguments) result`, with a dot before the bracket where the first argument stands before the name. A capital letter is any type.
// Upstream: github.com/google/cel-go/common/decls/decls.go (v0.23).

import { BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, INT, listOf, mapOf, NULL, OPTIONAL, STRING, TIMESTAMP, UINT } from './types.ts';
import type { CelResult, CelValue } from './values.ts';

/** What a function may use beside its arguments. */
export interface CallContext {
  /** Work that costs more than upstream counts: texts that are matched by patterns. False when there is no more of it. */
  spend(work: number): boolean;
  /** Answers questions about rights; undefined where there is no authorizer. */
  readonly authorize: ((question: AuthorizerQuestion) => AuthorizerAnswer) | undefined;
}

export interface AuthorizerQuestion {
  /** `serviceaccount:` name and namespace, or undefined: who makes the request. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  readonly path: string | undefined;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly verb: string;
}

export interface AuthorizerAnswer {
  readonly isAllowed: boolean;
  readonly reason: string;
}

export type Implementation = (args: readonly CelValue[], context: CallContext) => CelResult;

export interface Overload {
  readonly id: string;
  readonly isMember: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly run: Implementation;
}

export type Functions = ReadonlyMap<string, readonly Overload[]>;

/** A library: its declarations, and what its overloads do by their ids. */
export interface Library {
  readonly declarations: string;
  readonly implementations: Readonly<Record<string, Implementation>>;
}

/** All functions of some libraries; one that declares a name again adds overloads. */
export function declareFunctions(libraries: readonly Library[]): Functions {
  const functions = new Map<string, Overload[]>();
  for (const { declarations, implementations } of libraries) {
    for (const line of declarations.split('\n')) {
      const match = /^\s*(\S+) (\S+) (\.?)\((.*)\) (\S.*)$/.exec(line);
      if (match === null) continue;
      const [, name = '', id = '', dot, args = '', result = ''] = match;
      const run = implementations[id];
      if (run === undefined) continue;
      const overloads = functions.get(name) ?? [];
      overloads.push({ id, isMember: dot === '.', args: splitTypes(args).map(readType), result: readType(result), run });
      functions.set(name, overloads);
    }
  }
  return functions;
}

const NAMED: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  duration: DURATION,
  dyn: DYN,
  int: INT,
  null: NULL,
  string: STRING,
  timestamp: TIMESTAMP,
  uint: UINT,
};

/** Reads a type as declarations write it. */
export function readType(text: string): CelType {
  const named = NAMED[text];
  if (named !== undefined) return named;
  if (/^[A-Z]$/.test(text)) return { kind: 'parameter', name: text };
  const match = /^([^(]+)\((.*)\)$/.exec(text);
  if (match === null) return { kind: 'opaque', name: text, parameters: [] };
  const [, name = '', inner = ''] = match;
  const [first = DYN, second = DYN] = splitTypes(inner).map(readType);
  if (name === 'list') return listOf(first);
  if (name === 'map') return mapOf(first, second);
  if (name === 'type') return { kind: 'type', of: first };
  return { kind: 'opaque', name: name === 'optional' ? OPTIONAL : name, parameters: [first] };
}

/** Parts between the commas that stand in no bracket. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    part += character;
  }
  return part.trim() === '' ? parts : [...parts, part.trim()];
}
