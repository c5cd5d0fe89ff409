// Reads an awk program: rules, functions, statements. Expressions are in parse-expression.ts.

import { expressionList, parseExpression } from './parse-expression.ts';
import { AwkFailure, type AwkProgram, type Expression, type FunctionDefinition, type Output, type Rule, type Statement } from './syntax.ts';
import { Reader } from './reader.ts';
import { tokensOf } from './tokens.ts';

/** Reads a program. Throws AwkFailure. */
export function parseAwk(source: string): AwkProgram {
  const reader = new Reader(tokensOf(source));
  const rules: Rule[] = [];
  const functions = new Map<string, FunctionDefinition>();
  for (reader.skipLines(); reader.next.kind !== 'end'; reader.skipLines()) {
    if (reader.is('function', 'func')) {
      reader.take();
      functions.set(...parseFunction(reader));
    } else rules.push(parseRule(reader));
  }
  return { rules, functions };
}

function parseFunction(reader: Reader): [string, FunctionDefinition] {
  const name = reader.take().text;
  reader.expect('(');
  const parameters: string[] = [];
  while (!reader.accept(')')) {
    parameters.push(reader.take().text);
    reader.accept(',');
    if (reader.next.kind === 'end') throw new AwkFailure('unexpected end of program');
  }
  reader.skipNewlines();
  return [name, { parameters, body: parseBlock(reader) }];
}

function parseRule(reader: Reader): Rule {
  const patterns: Expression[] = [];
  let when: Rule['when'] = 'line';
  if (reader.is('BEGIN', 'END')) when = reader.take().text === 'BEGIN' ? 'begin' : 'end';
  else if (!reader.is('{')) {
    patterns.push(parseExpression(reader));
    if (reader.accept(',')) {
      reader.skipNewlines();
      patterns.push(parseExpression(reader));
    }
  }
  return { when, patterns, body: reader.is('{') ? parseBlock(reader) : null };
}

function parseBlock(reader: Reader): Statement {
  reader.expect('{');
  const body: Statement[] = [];
  for (reader.skipLines(); !reader.accept('}'); reader.skipLines()) body.push(parseStatement(reader));
  return { do: 'block', body };
}

/** A statement with what ends it. */
function parseStatement(reader: Reader): Statement {
  return reader.nested(() => {
    if (reader.is('{')) return parseBlock(reader);
    if (reader.is('if', 'while', 'for', 'do')) return parseCompound(reader);
    const statement = parseSimple(reader);
    if (!reader.accept(';') && reader.next.kind !== 'newline' && !reader.is('}') && reader.next.kind !== 'end') reader.expect(';');
    return statement;
  });
}

function parseBody(reader: Reader): Statement {
  reader.skipNewlines();
  if (reader.accept(';')) return { do: 'block', body: [] };
  return parseStatement(reader);
}

function parseCompound(reader: Reader): Statement {
  switch (reader.take().text) {
    case 'if': {
      const test = parseTest(reader);
      const then = parseBody(reader);
      // The `else` may stand behind line ends and semicolons.
      let ahead = 0;
      while (reader.peek(ahead)?.kind === 'newline' || reader.peek(ahead)?.text === ';') ahead += 1;
      if (reader.peek(ahead)?.kind !== 'word' || reader.peek(ahead)?.text !== 'else') return { do: 'if', test, then, else: null };
      reader.skipLines();
      reader.take();
      return { do: 'if', test, then, else: parseBody(reader) };
    }
    case 'while': {
      const test = parseTest(reader);
      return { do: 'while', test, body: parseBody(reader), step: null, isLate: false };
    }
    case 'do': {
      const body = parseBody(reader);
      reader.skipLines();
      reader.expect('while');
      return { do: 'while', test: parseTest(reader), body, step: null, isLate: true };
    }
    default:
      return parseFor(reader);
  }
}

function parseTest(reader: Reader): Expression {
  reader.expect('(');
  const test = parseExpression(reader);
  reader.expect(')');
  return test;
}

function parseFor(reader: Reader): Statement {
  reader.expect('(');
  if (reader.next.kind === 'name' && reader.peek(1)?.text === 'in' && reader.peek(3)?.text === ')') {
    const variable = reader.take().text;
    reader.take();
    const array = reader.take().text;
    reader.expect(')');
    return { do: 'each', variable, array, body: parseBody(reader) };
  }
  const first = reader.is(';') ? null : parseSimple(reader);
  reader.expect(';');
  const test = reader.is(';') ? null : parseExpression(reader);
  reader.expect(';');
  const step = reader.is(')') ? null : parseSimple(reader);
  reader.expect(')');
  const loop: Statement = { do: 'while', test, body: parseBody(reader), step, isLate: false };
  return first === null ? loop : { do: 'block', body: [first, loop] };
}

function parseSimple(reader: Reader): Statement {
  const { kind, text } = reader.next;
  if (kind !== 'word' || text === 'getline') return { do: 'expression', value: parseExpression(reader) };
  reader.take();
  switch (text) {
    case 'print':
    case 'printf':
      return parsePrint(reader, text === 'printf');
    case 'break':
    case 'continue':
    case 'next':
      return { do: text };
    case 'nextfile':
      return { do: 'next' };
    case 'exit':
    case 'return':
      return { do: text, value: isEnd(reader) ? null : parseExpression(reader) };
    case 'delete': {
      const name = reader.take().text;
      if (!reader.accept('[')) return { do: 'delete', name, keys: null };
      const keys = expressionList(reader, ']');
      return { do: 'delete', name, keys };
    }
    default:
      throw new AwkFailure(`unexpected token ${text}`);
  }
}

function isEnd(reader: Reader): boolean {
  return reader.is(';', '}', ')', '>', '>>', '|') || reader.next.kind === 'newline' || reader.next.kind === 'end';
}

function parsePrint(reader: Reader, isFormatted: boolean): Statement {
  const args: Expression[] = [];
  while (!isEnd(reader)) {
    args.push(parseExpression(reader, true));
    if (!reader.accept(',')) break;
    reader.skipNewlines();
  }
  const [first] = args;
  const items = args.length === 1 && first?.is === 'list' ? first.items : args;
  const to = reader.is('>', '>>', '|')
    ? { operator: reader.take().text as Output['operator'], target: parseExpression(reader, true) }
    : null;
  return { do: 'print', isFormatted, args: items, to };
}
