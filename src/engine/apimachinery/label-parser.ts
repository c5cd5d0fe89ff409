// The grammar of label selector texts (`app=web,tier in (a,b),!canary`) with upstream's exact errors.
// Upstream: apimachinery/pkg/labels/selector.go, Lexer and Parser (v1.33). Rules G4, C1010-C1014.

import { labelValueProblems, qualifiedNameProblems } from './names.ts';
import { isInt64, type Requirement, type Selector, type SelectorOperator, selectorOf, uniqueSorted } from './requirement.ts';

export type ParsedSelector = { readonly ok: true; readonly value: Selector } | { readonly ok: false; readonly error: string };

interface Token {
  readonly kind: 'end' | 'identifier' | 'in' | 'notin' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';
  readonly text: string;
}

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const SYMBOLS: readonly Token['kind'][] = ['==', '!=', '(', ')', ',', '!', '=', '>', '<'];
const OPERATORS: Partial<Record<Token['kind'], SelectorOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};
const OPERATOR_LIST = 'in, notin, =, ==, !=, gt, lt';
const END: Token = { kind: 'end', text: '' };

/** Parses a label selector; the error is the text of the 400 Status. */
export function parseSelector(text: string): ParsedSelector {
  const cursor: Cursor = { tokens: tokenize(text), position: 0 };
  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek(cursor);
    if (token.kind === 'end') return { ok: true, value: selectorOf(requirements) };
    if (token.kind !== 'identifier' && token.kind !== '!')
      return wrong(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    const requirement = parseRequirement(cursor);
    if (!requirement.ok) return wrong(`unable to parse requirement: ${requirement.error}`);
    requirements.push(requirement.value);
    const separator = take(cursor);
    if (separator.kind === 'end') return { ok: true, value: selectorOf(requirements) };
    if (separator.kind !== ',') return wrong(`found '${separator.text}', expected: ',' or 'end of string'`);
    const next = peek(cursor);
    if (next.kind !== 'identifier' && next.kind !== '!') return wrong(`found '${next.text}', expected: identifier after ','`);
  }
}

interface Cursor {
  readonly tokens: readonly Token[];
  position: number;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    if (' \t\r\n'.includes(text[position] as string)) {
      position += 1;
      continue;
    }
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, position));
    const token: Token = symbol === undefined ? scanWord(text, position) : { kind: symbol, text: symbol };
    tokens.push(token);
    position += token.text.length;
  }
  return tokens;
}

function scanWord(text: string, start: number): Token {
  let end = start + 1;
  while (end < text.length && !' \t\r\n()=!,><'.includes(text[end] as string)) end += 1;
  const word = text.slice(start, end);
  return {
    kind: word === 'in' || word === 'notin' ? word : 'identifier',
    text: word,
  };
}

/** The next token where `in` and `notin` are mere words (C1011). */
function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.position] ?? END;
  return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.position += 1;
  return token;
}

function takeOperator(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.position] ?? END;
  cursor.position += 1;
  return token;
}

function parseRequirement(cursor: Cursor): Parsed<Requirement> {
  let token = take(cursor);
  const isNegated = token.kind === '!';
  if (isNegated) token = take(cursor);
  if (token.kind !== 'identifier') return wrong(`found '${token.text}', expected: identifier`);
  const key = token.text;
  const keyProblems = qualifiedNameProblems(key);
  if (keyProblems.length > 0) return wrong(`<nil>: Invalid value: ${JSON.stringify(key)}: ${keyProblems.join('; ')}`);
  if (isNegated) return { ok: true, value: { key, operator: '!', values: [] } };
  const next = peek(cursor);
  if (next.kind === 'end' || next.kind === ',') return { ok: true, value: { key, operator: 'exists', values: [] } };
  return parseCondition(cursor, key);
}

function parseCondition(cursor: Cursor, key: string): Parsed<Requirement> {
  const token = takeOperator(cursor);
  const operator = OPERATORS[token.kind];
  if (operator === undefined) return wrong(`found '${token.text}', expected: ${OPERATOR_LIST}`);
  const parsed = operator === 'in' || operator === 'notin' ? parseValues(cursor) : parseExactValue(cursor);
  if (!parsed.ok) return parsed;
  const values = uniqueSorted(parsed.value);
  const problems = valueProblems(key, operator, values);
  if (problems.length > 0) return wrong(problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
  return { ok: true, value: { key, operator, values } };
}

function valueProblems(key: string, operator: SelectorOperator, values: readonly string[]): string[] {
  const problems: string[] = [];
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, index) => {
      if (isInt64(value)) return;
      problems.push(`values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    });
  }
  values.forEach((value, index) => {
    const texts = labelValueProblems(value);
    if (texts.length > 0) problems.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${texts.join('; ')}`);
  });
  return problems;
}

function parseExactValue(cursor: Cursor): Parsed<string[]> {
  const next = peek(cursor);
  if (next.kind === 'end' || next.kind === ',') return { ok: true, value: [''] };
  const token = take(cursor);
  return token.kind === 'identifier' ? { ok: true, value: [token.text] } : wrong(`found '${token.text}', expected: identifier`);
}

function parseValues(cursor: Cursor): Parsed<string[]> {
  const open = take(cursor);
  if (open.kind !== '(') return wrong(`found '${open.text}' expected: '('`);
  const first = peek(cursor);
  if (first.kind === ')') {
    take(cursor);
    return { ok: true, value: [''] }; // C1011: `k in ()` means the empty value.
  }
  if (first.kind !== 'identifier' && first.kind !== ',') return wrong(`found '${first.text}', expected: ',', ')' or identifier`);
  const values = parseIdentifiers(cursor);
  if (!values.ok) return values;
  const close = take(cursor);
  return close.kind === ')' ? values : wrong(`found '${close.text}', expected: ')'`);
}

function parseIdentifiers(cursor: Cursor): Parsed<string[]> {
  const values: string[] = [];
  for (;;) {
    const token = take(cursor);
    const next = peek(cursor);
    if (token.kind === 'identifier') {
      values.push(token.text);
      if (next.kind === ')') return { ok: true, value: values };
      if (next.kind !== ',') return wrong(`found '${next.text}', expected: ',' or ')'`);
    } else if (token.kind === ',') {
      if (values.length === 0) values.push('');
      if (next.kind === ')') return { ok: true, value: [...values, ''] };
      if (next.kind === ',') {
        take(cursor);
        values.push('');
      }
    } else {
      return wrong(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

function wrong(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
