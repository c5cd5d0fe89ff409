// The parts of an awk program. Upstream of the language: POSIX awk, BusyBox 1.36.

export type Expression =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'pattern'; readonly source: string }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'field'; readonly index: Expression }
  | { readonly is: 'element'; readonly name: string; readonly keys: readonly Expression[] }
  | { readonly is: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
  | { readonly is: 'step'; readonly operator: '++' | '--'; readonly isPrefix: boolean; readonly target: Expression }
  | { readonly is: 'unary'; readonly operator: '!' | '-' | '+'; readonly operand: Expression }
  | { readonly is: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'choice'; readonly test: Expression; readonly then: Expression; readonly else: Expression }
  | { readonly is: 'member'; readonly keys: readonly Expression[]; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'getline'; readonly target: Expression | null; readonly file: Expression | null }
  | { readonly is: 'list'; readonly items: readonly Expression[] };

export type Statement =
  | { readonly do: 'block'; readonly body: readonly Statement[] }
  | { readonly do: 'expression'; readonly value: Expression }
  | { readonly do: 'print'; readonly isFormatted: boolean; readonly args: readonly Expression[]; readonly to: Output | null }
  | { readonly do: 'if'; readonly test: Expression; readonly then: Statement; readonly else: Statement | null }
  | {
      readonly do: 'while';
      readonly test: Expression | null;
      readonly body: Statement;
      readonly step: Statement | null;
      readonly isLate: boolean;
    }
  | { readonly do: 'each'; readonly variable: string; readonly array: string; readonly body: Statement }
  | { readonly do: 'delete'; readonly name: string; readonly keys: readonly Expression[] | null }
  | { readonly do: 'exit' | 'return'; readonly value: Expression | null }
  | { readonly do: 'break' | 'continue' | 'next' };

/** Where `print` goes instead of standard output. */
export interface Output {
  readonly operator: '>' | '>>' | '|';
  readonly target: Expression;
}

export interface Rule {
  readonly when: 'begin' | 'end' | 'line';
  /** Null: always. Two: from the first to the second. */
  readonly patterns: readonly Expression[];
  /** Null: the line is printed. */
  readonly body: Statement | null;
}

export interface FunctionDefinition {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** Thrown where a program cannot be read or go on; the command says it and ends. */
export class AwkFailure extends Error {}
