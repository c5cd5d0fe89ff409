// CEL, the Common Expression Language, as Kubernetes speaks it: compile an expression in an environment, then evaluate it with values and a budget.
// Everything is synchronous and counted, so that an evaluation gives the same result and the same cost everywhere.
// Upstream: github.com/google/cel-go (v0.23), k8s.io/apiserver/pkg/cel/environment/base.go (v1.33, whose new expressions may use what v1.32 has).
// See docs/decisions/0050-cel.md for why this is no package.

import { type Expression, formatIssues, type Issue } from './ast.ts';
import { check, type Checked, type Environment } from './checker.ts';
import { type Functions, declareFunctions, type Library } from './declarations.ts';
import { estimateCost } from './estimate.ts';
import { evaluate, type Evaluation, type EvaluationOptions } from './evaluate.ts';
import { ADDRESSES, URLS } from './library/addresses.ts';
import { COLLECTIONS } from './library/collections.ts';
import { AUTHORIZATION, NAMED_FORMATS, QUANTITIES } from './library/kubernetes.ts';
import { STANDARD } from './library/standard.ts';
import { STRINGS } from './library/strings.ts';
import { TIMES } from './library/times.ts';
import { parse } from './parser.ts';
import type { CelType } from './types.ts';
import type { CelResult } from './values.ts';

const LIBRARIES: readonly Library[] = [
  ...STANDARD,
  ...TIMES,
  ...COLLECTIONS,
  STRINGS,
  ADDRESSES,
  URLS,
  QUANTITIES,
  NAMED_FORMATS,
  AUTHORIZATION,
];

/** The functions that every expression of Kubernetes may call. */
export const KUBERNETES_FUNCTIONS: Functions = declareFunctions(LIBRARIES);

/** Cost of one evaluation, and of all for one object or one policy. Upstream: k8s.io/apiserver/pkg/apis/cel/config.go (v1.33). */
export const CALL_COST_MAX = 1_000_000;
export const ALL_CALLS_COST_MAX = 10_000_000;
/** Cost of all conditions that decide whether a policy or a webhook is about a request. */
export const CONDITIONS_COST_MAX = 2_500_000;
/** Of what a messageExpression makes. */
const MESSAGE_LENGTH_MAX = 5 * 1024;

export interface Program {
  readonly source: string;
  readonly root: Expression;
  readonly checked: Checked;
  readonly functions: Functions;
}

export type Compilation =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly issues: readonly Issue[]; readonly text: string };

/** Parses and checks an expression. Fails: with the issues that upstream's compiler names. */
export function compile(source: string, environment: Environment): Compilation {
  const result = parse(source);
  if (!result.ok) return { ...result, text: formatIssues(source, result.issues) };
  const { root } = result.parsed;
  const checked = check(result.parsed, environment);
  if (!checked.ok) return { ...checked, text: formatIssues(source, checked.issues) };
  return { ok: true, program: { source, root, checked: checked.checked, functions: environment.functions } };
}

/** Evaluates a program. */
export function run(program: Program, options: EvaluationOptions): Evaluation {
  return evaluate(program.root, program.checked, program.functions, options);
}

/** The highest cost that evaluating a program can have, by the sizes that the type of `self` says. */
export function costMaxOf(program: Program, self: CelType): number {
  return estimateCost(program.root, program.checked, self).max;
}

/** What a messageExpression made, unless it failed, is empty, has line breaks or is too long. */
export function messageOf(result: CelResult): string | undefined {
  if (typeof result !== 'string') return undefined;
  const text = result.trim();
  return text === '' || text.includes('\n') || text.length > MESSAGE_LENGTH_MAX ? undefined : text;
}

export type { Environment } from './checker.ts';
export type { Evaluation, EvaluationOptions } from './evaluate.ts';
