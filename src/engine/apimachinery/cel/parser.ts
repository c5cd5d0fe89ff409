// Parses a CEL expression by recursive descent. Fails: with the words that upstream's generated parser says.
// Upstream: github.com/google/cel-go/parser/{parser.go,gen/CEL.g4} (v0.23).

import type { Expression, Issue, ParsedExpression } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { expandMacro, type NodeMaker } from './macros.ts';
import { type CelValue, uint } from './values.ts';

/** Nesting of an expression. */
const DEPTH_MAX = 250;
/** Characters of an expression. */
const LENGTH_MAX = 100_000;

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

const EXPRESSION_START = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedExpression }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Parses an expression and expands its macros. */
export function parse(source: string): ParseResult {
  const length = source.length > LENGTH_MAX ? [...source].length : source.length;
  if (length > LENGTH_MAX) {
    const message = `expression code point size exceeds limit: size: ${length}, limit ${LENGTH_MAX}`;
    return { ok: false, issues: [{ offset: 0, message }] };
  }
  const { tokens, issues } = tokenize(source);
  const [end] = tokens.slice(-1);
  if (issues.length > 0 && end?.kind !== 'end') return { ok: false, issues };
  const parser = new Parser(tokens);
  const root = parser.parseAll();
  const wrong = [...issues, ...parser.issues];
  if (wrong.length > 0) return { ok: false, issues: wrong.sort((a, b) => a.offset - b.offset) };
  return { ok: true, parsed: { source, root, offsets: parser.offsets } };
}

/** Operators of two sides by how tightly they bind, loosest first. */
const BINARY: readonly Readonly<Record<string, string>>[] = [
  { '||': '_||_' },
  { '&&': '_&&_' },
  { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' },
  { '+': '_+_', '-': '_-_' },
  { '*': '_*_', '/': '_/_', '%': '_%_' },
];

class Parser implements NodeMaker {
  readonly issues: Issue[] = [];
  readonly offsets: number[] = [0];
  private index = 0;
  private depth = 0;

  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  parseAll(): Expression {
    const root = this.expression();
    if (this.issues.length === 0 && this.token.kind !== 'end') {
      const isOnly = this.tokens[this.index + 1]?.kind === 'end';
      this.problem(`Syntax error: ${isOnly ? 'extraneous' : 'mismatched'} input '${this.token.raw}' expecting <EOF>`);
    }
    return root;
  }

  node(offset: number): number {
    this.offsets.push(offset);
    return this.offsets.length - 1;
  }

  report(offset: number, message: string): void {
    if (this.issues.length === 0) this.issues.push({ offset, message });
  }

  private get token(): Token {
    return this.tokens[this.index] ?? (this.tokens[this.tokens.length - 1] as Token);
  }

  private problem(message: string): Expression {
    this.report(this.token.offset, message);
    // What is wrong once is not read on: the end stands behind it.
    const { offset } = this.token;
    this.index = this.tokens.length - 1;
    return { kind: 'literal', id: this.node(offset), value: null };
  }

  private isAt(operator: string): boolean {
    const { kind, text } = this.token;
    return text === operator && (kind === 'operator' || (operator === 'in' && kind === 'identifier'));
  }

  private accept(operator: string): Token | undefined {
    if (!this.isAt(operator)) return undefined;
    const { token } = this;
    this.index += 1;
    return token;
  }

  private expect(operator: string): void {
    if (this.accept(operator) === undefined) this.problem(`Syntax error: mismatched input '${this.token.raw}' expecting '${operator}'`);
  }

  private expression(): Expression {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) return this.problem(`expression recursion limit exceeded: ${DEPTH_MAX}`);
    const condition = this.binary(0);
    const question = this.accept('?');
    this.depth -= question === undefined ? 1 : 0;
    if (question === undefined) return condition;
    const id = this.node(question.offset);
    const whenTrue = this.binary(0);
    this.expect(':');
    const whenFalse = this.expression();
    this.depth -= 1;
    return { kind: 'call', id, name: '_?_:_', target: undefined, args: [condition, whenTrue, whenFalse] };
  }

  private binary(level: number): Expression {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    const terms = [this.binary(level + 1)];
    const ids: { readonly id: number; readonly name: string }[] = [];
    while (this.token.kind === 'operator' || (this.token.kind === 'identifier' && this.token.text === 'in')) {
      const name = Object.hasOwn(operators, this.token.text) ? operators[this.token.text] : undefined;
      if (name === undefined) break;
      ids.push({ id: this.node(this.token.offset), name });
      this.index += 1;
      terms.push(this.binary(level + 1));
    }
    // Long chains of a logical operator become a balanced tree, as upstream makes it; others lean to the left.
    if (level < 2) return balance(terms, ids, 0, ids.length - 1);
    return ids.reduce<Expression>(
      (left, { id, name }, index) => ({ kind: 'call', id, name, target: undefined, args: [left, terms[index + 1] as Expression] }),
      terms[0] as Expression,
    );
  }

  private unary(): Expression {
    const operator = this.isAt('!') ? '!' : this.isAt('-') ? '-' : undefined;
    if (operator === undefined) return this.member();
    const { offset } = this.token;
    let count = 0;
    while (this.accept(operator) !== undefined) count += 1;
    const { token } = this;
    if (operator === '-' && count === 1 && (token.kind === 'int' || token.kind === 'double')) {
      this.index += 1;
      return this.postfix(this.number(token, '-', offset));
    }
    const operand = this.member();
    if (count % 2 === 0) return operand;
    return { kind: 'call', id: this.node(offset), name: operator === '!' ? '!_' : '-_', target: undefined, args: [operand] };
  }

  private member(): Expression {
    return this.postfix(this.primary());
  }

  private postfix(start: Expression): Expression {
    let operand = start;
    for (;;) {
      const bracket = this.accept('[');
      if (bracket !== undefined) {
        const name = this.accept('?') === undefined ? '_[_]' : '_[?_]';
        const id = this.node(bracket.offset);
        const index = this.expression();
        this.expect(']');
        operand = { kind: 'call', id, name, target: undefined, args: [operand, index] };
        continue;
      }
      const dot = this.accept('.');
      if (dot !== undefined) {
        operand = this.selection(operand, dot);
        continue;
      }
      if (this.isAt('{') && nameOf(operand) !== undefined) {
        operand = this.object(nameOf(operand) ?? '');
        continue;
      }
      return operand;
    }
  }

  private selection(operand: Expression, dot: Token): Expression {
    const isOptional = this.accept('?') !== undefined;
    const { token } = this;
    if (token.kind !== 'identifier' || KEYWORDS.has(token.text))
      return this.problem(
        token.kind === 'end' || token.kind === 'operator'
          ? `Syntax error: mismatched input '${token.raw}' expecting {'?', IDENTIFIER, ESC_IDENTIFIER}`
          : `Syntax error: no viable alternative at input '.${token.raw}'`,
      );
    this.index += 1;
    if (isOptional) {
      const field: Expression = { kind: 'literal', id: this.node(token.offset), value: token.text };
      return { kind: 'call', id: this.node(dot.offset), name: '_?._', target: undefined, args: [operand, field] };
    }
    const open = this.accept('(');
    if (open === undefined) return { kind: 'select', id: this.node(dot.offset), operand, field: token.text, isTest: false };
    return this.call(token.text, operand, open);
  }

  private call(name: string, target: Expression | undefined, open: Token): Expression {
    const id = this.node(open.offset);
    const args = this.list(')', () => this.expression());
    return expandMacro(this, { kind: 'call', id, name, target, args }) ?? { kind: 'call', id, name, target, args };
  }

  /** What stands between commas, up to a closing bracket; a comma may stand before it. */
  private list<T>(close: string, read: () => T): T[] {
    const items: T[] = [];
    while (!this.isAt(close) && this.token.kind !== 'end') {
      items.push(read());
      if (this.accept(',') === undefined || (close === ')' && this.isAt(close))) break;
    }
    if (close === ')' && this.isAt(')') && this.tokens[this.index - 1]?.text === ',') this.unexpected();
    this.expect(close);
    return items;
  }

  private unexpected(): Expression {
    return this.problem(`Syntax error: mismatched input '${this.token.raw}' expecting ${EXPRESSION_START}`);
  }

  private primary(): Expression {
    const { token } = this;
    switch (token.kind) {
      case 'identifier':
        return this.identifier(token, '');
      case 'int':
      case 'double':
      case 'uint':
        this.index += 1;
        return this.number(token, '', token.offset);
      case 'string':
        this.index += 1;
        return this.literal(token.offset, token.text);
      case 'bytes':
        this.index += 1;
        return this.literal(token.offset, { kind: 'bytes', bytes: token.bytes ?? [] });
      case 'end':
        return this.unexpected();
      case 'operator':
        return this.bracketed(token);
    }
  }

  private bracketed(token: Token): Expression {
    if (this.accept('(') !== undefined) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (this.accept('[') !== undefined) {
      const id = this.node(token.offset);
      const read = (): { value: Expression; isOptional: boolean } => {
        const isOptional = this.accept('?') !== undefined;
        return { value: this.expression(), isOptional };
      };
      return { kind: 'list', id, elements: this.list(']', read) };
    }
    if (this.accept('{') !== undefined) {
      const id = this.node(token.offset);
      const read = (): { key: Expression; value: Expression; isOptional: boolean } => {
        const isOptional = this.accept('?') !== undefined;
        const key = this.expression();
        this.expect(':');
        return { key, value: this.expression(), isOptional };
      };
      return { kind: 'map', id, entries: this.list('}', read) };
    }
    if (this.accept('.') !== undefined && this.token.kind === 'identifier') return this.identifier(this.token, '.');
    return this.unexpected();
  }

  private identifier(token: Token, leading: string): Expression {
    const { text, offset } = token;
    if (text === 'in') return this.unexpected();
    this.index += 1;
    if (text === 'true' || text === 'false') return this.literal(offset, text === 'true');
    if (text === 'null') return this.literal(offset, null);
    if (RESERVED.has(text)) this.report(offset, `reserved identifier: ${text}`);
    const open = this.accept('(');
    if (open !== undefined) return this.call(`${leading}${text}`, undefined, open);
    return { kind: 'identifier', id: this.node(offset), name: `${leading}${text}` };
  }

  private object(name: string): Expression {
    const { offset } = this.token;
    this.index += 1;
    const id = this.node(offset);
    const fields = this.list('}', () => {
      const isOptional = this.accept('?') !== undefined;
      const { token } = this;
      if (token.kind !== 'identifier') this.unexpected();
      this.index += token.kind === 'identifier' ? 1 : 0;
      const colon = this.token.offset;
      this.expect(':');
      return { name: token.text, value: this.expression(), isOptional, id: this.node(colon) };
    });
    return { kind: 'object', id, name, fields };
  }

  private literal(offset: number, value: CelValue): Expression {
    return { kind: 'literal', id: this.node(offset), value };
  }

  private number({ kind, text }: Token, sign: string, offset: number): Expression {
    if (kind === 'double') {
      const value = Number(`${sign}${text}`);
      if (!Number.isFinite(value)) this.report(offset, 'invalid double literal');
      return this.literal(offset, value);
    }
    const value = BigInt(text) * (sign === '-' ? -1n : 1n);
    if (kind === 'uint') {
      if (value >= 1n << 64n) this.report(offset, 'invalid uint literal');
      return this.literal(offset, uint(value));
    }
    if (value >= 1n << 63n || value < -(1n << 63n)) this.report(offset, 'invalid int literal');
    return this.literal(offset, value);
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);

/** The name that a chain of selections spells. */
export function nameOf(expression: Expression): string | undefined {
  if (expression.kind === 'identifier') return expression.name;
  if (expression.kind !== 'select' || expression.isTest) return undefined;
  const operand = nameOf(expression.operand);
  return operand === undefined ? undefined : `${operand}.${expression.field}`;
}

function balance(
  terms: readonly Expression[],
  operators: readonly { readonly id: number; readonly name: string }[],
  low: number,
  high: number,
): Expression {
  if (low > high) return terms[low] as Expression;
  const middle = Math.floor((low + high + 1) / 2);
  const { id, name } = operators[middle] as { id: number; name: string };
  const args = [balance(terms, operators, low, middle - 1), balance(terms, operators, middle + 1, high)];
  return { kind: 'call', id, name, target: undefined, args };
}
