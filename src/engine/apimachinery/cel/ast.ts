// The tree of a parsed CEL expression. Macros are expanded: a comprehension is a fold.
// Upstream: github.com/google/cel-go/common/ast/expr.go (v0.23).

import type { CelValue } from './values.ts';

interface Node {
  /** Identifies the node; `ParsedExpression.offsets` says where it stands. */
  readonly id: number;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: CelValue;
}

export interface Identifier extends Node {
  readonly kind: 'identifier';
  readonly name: string;
}

export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expression;
  readonly field: string;
  /** `has(operand.field)`. */
  readonly isTest: boolean;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Expression; readonly isOptional: boolean }[];
}

export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expression; readonly value: Expression; readonly isOptional: boolean }[];
}

/** `Name{field: value}`. */
export interface ObjectLiteral extends Node {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: Expression; readonly isOptional: boolean; readonly id: number }[];
}

/** Goes over a range while a condition holds, and makes an accumulator. */
export interface Fold extends Node {
  readonly kind: 'fold';
  readonly range: Expression;
  readonly iteration: string;
  /** The second variable, of which the first is then index or key. */
  readonly second: string | undefined;
  readonly accumulator: string;
  readonly initial: Expression;
  readonly condition: Expression;
  readonly step: Expression;
  readonly result: Expression;
}

export type Expression = Literal | Identifier | Select | Call | ListLiteral | MapLiteral | ObjectLiteral | Fold;

/** Where something is wrong in a text, and what. */
export interface Issue {
  /** Index in the text, in characters. */
  readonly offset: number;
  readonly message: string;
}

export interface ParsedExpression {
  readonly source: string;
  readonly root: Expression;
  /** Offset of each node by its id. */
  readonly offsets: readonly number[];
}

/** The variable that a fold of a macro accumulates in; no expression can name it. */
export const ACCUMULATOR = '@result';

/** Issues as upstream prints them, each with its line of the text and a mark below. */
export function formatIssues(source: string, issues: readonly Issue[]): string {
  const characters = [...source];
  return issues
    .map(({ offset, message }) => {
      const before = characters.slice(0, offset);
      const start = before.lastIndexOf('\n') + 1;
      const end = characters.indexOf('\n', start);
      const line = characters.slice(start, end === -1 ? undefined : end).join('');
      const row = before.filter((character) => character === '\n').length + 1;
      return `ERROR: <input>:${row}:${offset - start + 1}: ${message}\n | ${line}\n | ${'.'.repeat(offset - start)}^`;
    })
    .join('\n');
}
