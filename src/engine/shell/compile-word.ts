// Compiles words: quoting, parameters, command and arithmetic substitution. A word is built segment by segment in the running process and
// then split, kept or matched, as its place in the command demands (POSIX 2.6).

import type { ArithmeticExpression, CommandExpansionPart, HereDocBody, ParameterExpansionPart, Statement, Word, WordPart } from 'unbash';
import { ARITHMETIC_DEPTH_MAX } from '../kernel/limits.ts';
import { expandBraces } from './braces.ts';
import { parseScript } from './parse-script.ts';
import type { Arithmetic, Instruction, RemoveOperator, WordMode } from './program.ts';

/** Stands for the element that was named last, in instructions whose name is only known when they run. */
export const SUBSCRIPT = '[]';

/** What word compilation needs of the compiler. */
export interface Emitter {
  readonly here: number;
  emit(instruction: Instruction): number;
  patch(at: number, instruction: Instruction): void;
  refuse(what: string): void;
  forbid(what: string): void;
  list(statements: readonly Statement[]): void;
}

/** Emits code that builds `word` and leaves it as `mode` says. */
export function compileWord(out: Emitter, word: Word, mode: WordMode): void {
  if (mode === 'fields' && isPlain(word)) return void out.emit({ do: 'field', text: word.value });
  if (mode === 'fields' && word.parts?.some((part) => part.type === 'BraceExpansion') === true) return compileBraces(out, word);
  compileOne(out, word, mode);
}

/** Bash makes several words of one with braces, each of which is read anew; other shells have no braces. */
function compileBraces(out: Emitter, word: Word): void {
  const words = expandBraces(word.text).map(readWord);
  if (words.length < 2 || words.some((item) => item === undefined)) return compileOne(out, word, 'fields');
  const at = out.emit({ do: 'jump', to: 0 });
  for (const item of words) if (item !== undefined) compileWord(out, item, 'fields');
  const end = out.emit({ do: 'jump', to: 0 });
  out.patch(at, { do: 'jumpUnlessBash', to: out.here });
  compileOne(out, word, 'fields');
  out.patch(end, { do: 'jump', to: out.here });
}

/** A word by its text. An empty one is no word. */
export function readWord(text: string): Word | undefined {
  const parsed = parseScript(`: ${text}`);
  const command = parsed.ok && parsed.commands.length === 1 ? parsed.commands[0]?.command : undefined;
  const only = command?.type === 'Command' && command.args.length === 1 ? command.args[0] : undefined;
  return only?.type === 'Word' ? only : undefined;
}

function compileOne(out: Emitter, word: Word, mode: WordMode): void {
  out.emit({ do: 'wordBegin' });
  compileParts(out, word);
  out.emit({ do: 'wordEnd', mode });
}

/** True for a word that is one field as it stands. */
function isPlain({ parts, value, text }: Word): boolean {
  return parts === undefined && (value !== text || /^[\w./:=@%+,-]+$/.test(value));
}

/** Emits code that builds the text of a here-document as one string. */
export function compileHereDocument(out: Emitter, body: HereDocBody, quoted: boolean): void {
  out.emit({ do: 'wordBegin' });
  if (quoted || body.parts === undefined) out.emit({ do: 'literal', text: body.text, quoted: true });
  else for (const part of body.parts) compilePart(out, part, true);
  out.emit({ do: 'wordEnd', mode: 'single' });
}

function compileParts(out: Emitter, word: Word, quoted = false): void {
  if (word.parts === undefined) out.emit({ do: 'literal', text: word.value, quoted: quoted || word.value !== word.text });
  else for (const part of word.parts) compilePart(out, part, quoted);
}

function compilePart(out: Emitter, part: WordPart, quoted: boolean): void {
  switch (part.type) {
    case 'Literal':
      // A backslash in an unquoted literal quotes the character after it.
      out.emit({ do: 'literal', text: part.value, quoted: quoted || part.value !== part.text });
      return;
    case 'Glob':
      out.emit({ do: 'literal', text: part.text, quoted });
      return;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      out.emit({ do: 'literal', text: part.value, quoted: true });
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      out.emit({ do: 'literal', text: '', quoted: true });
      for (const child of part.parts) compilePart(out, child, true);
      return;
    case 'SimpleExpansion':
      out.emit({ do: 'param', name: part.text.slice(1), quoted, length: false });
      return;
    case 'ParameterExpansion':
      return compileParameter(out, part, quoted);
    case 'CommandExpansion':
      return compileCommandSub(out, part, quoted, false);
    case 'ArithmeticExpansion': {
      if (part.expression === undefined) return void out.emit({ do: 'literal', text: '0', quoted });
      const expression = compileArithmetic(out, part.expression);
      out.emit({ do: 'arithmetic', expression, quoted });
      return;
    }
    case 'BraceExpansion':
    case 'ExtendedGlob':
      out.emit({ do: 'literal', text: part.text, quoted });
      return;
    case 'ProcessSubstitution':
      if (part.operator === '<') return compileCommandSub(out, part, true, false, true);
      return out.refuse('>(...)');
  }
}

function compileParameter(out: Emitter, part: ParameterExpansionPart, quoted: boolean): void {
  const isKeys = part.prefix === '!' && part.index !== undefined && /^[@*]$/.test(part.index.value);
  if (part.index === undefined && part.prefix !== '!') return compileOperation(out, part, part.parameter, quoted);
  if (part.index !== undefined) compileWord(out, part.index, 'single');
  out.emit({ do: 'subscript', name: part.parameter, isIndirect: part.index === undefined });
  if (isKeys) out.emit({ do: 'paramKeys', quoted });
  else compileOperation(out, part, SUBSCRIPT, quoted);
  out.emit({ do: 'subscriptEnd' });
}

function compileOperation(out: Emitter, part: ParameterExpansionPart, name: string, quoted: boolean): void {
  const operation = part.operation;
  if (part.prefix === '#' || operation === undefined) {
    out.emit({ do: 'param', name, quoted, length: part.prefix === '#' });
    return;
  }
  switch (operation.type) {
    case 'Default':
      return compileDefault(out, name, operation.operator, operation.operand, quoted);
    case 'Remove':
      compileWord(out, operation.operand, 'pattern');
      out.emit({ do: 'paramRemove', name, operator: operation.operator as RemoveOperator, quoted });
      return;
    case 'Replace':
      compileWord(out, operation.pattern, 'pattern');
      compileWord(out, operation.replacement, 'single');
      out.emit({ do: 'paramReplace', name, operator: operation.operator, quoted });
      return;
    case 'Slice':
      compileWord(out, operation.offset, 'single');
      if (operation.length !== undefined) compileWord(out, operation.length, 'single');
      out.emit({ do: 'paramSlice', name, quoted, hasLength: operation.length !== undefined });
      return;
    case 'CaseModification':
      out.emit({ do: 'paramCase', name, operator: operation.operator, quoted });
      return;
    default:
      out.refuse(`\${${part.parameter}${operation.operator}...}`);
  }
}

/** `${x:-w}` `${x:=w}` `${x:+w}` `${x:?w}` and the forms without colon. */
function compileDefault(out: Emitter, name: string, operator: string, operand: Word, quoted: boolean): void {
  const test = out.emit({ do: 'jump', to: 0 });
  if (operator.endsWith('=') || operator.endsWith('?')) {
    compileWord(out, operand, 'single');
    out.emit(operator.endsWith('=') ? { do: 'paramAssign', name, quoted } : { do: 'paramError', name });
  } else {
    compileParts(out, operand, quoted);
  }
  out.patch(test, { do: 'paramTest', name, operator, quoted, to: out.here });
}

function compileCommandSub(out: Emitter, part: Pick<CommandExpansionPart, 'script'>, quoted: boolean, keep: boolean, isFile = false): void {
  const at = out.emit({ do: 'jump', to: 0 });
  out.list(part.script?.commands ?? []);
  out.emit({ do: 'return' });
  out.patch(at, { do: 'commandSub', end: out.here, quoted, keep, isFile });
}

/** Emits the command substitutions of an expression and returns the expression itself. */
export function compileArithmetic(out: Emitter, node: ArithmeticExpression): Arithmetic {
  const counter = { subs: 0, depth: 0 };
  return arithmetic(out, node, counter);
}

interface ArithmeticCounter {
  subs: number;
  depth: number;
}

function arithmetic(out: Emitter, node: ArithmeticExpression, counter: ArithmeticCounter): Arithmetic {
  if (counter.depth >= ARITHMETIC_DEPTH_MAX) {
    out.forbid('an expression of so many operators');
    return { op: 'number', value: 0 };
  }
  counter.depth += 1;
  const expression = arithmeticOf(out, node, counter);
  counter.depth -= 1;
  return expression;
}

function arithmeticOf(out: Emitter, node: ArithmeticExpression, counter: ArithmeticCounter): Arithmetic {
  switch (node.type) {
    case 'ArithmeticGroup':
      return arithmetic(out, node.expression, counter);
    case 'ArithmeticUnary':
      return { op: 'unary', operator: node.operator, prefix: node.prefix, operand: arithmetic(out, node.operand, counter) };
    case 'ArithmeticBinary': {
      const left = arithmetic(out, node.left, counter);
      return { op: 'binary', operator: node.operator, left, right: arithmetic(out, node.right, counter) };
    }
    case 'ArithmeticTernary': {
      const test = arithmetic(out, node.test, counter);
      const then = arithmetic(out, node.consequent, counter);
      return { op: 'ternary', test, then, else: arithmetic(out, node.alternate, counter) };
    }
    case 'ArithmeticCommandExpansion':
      compileCommandSub(out, node, true, true);
      counter.subs += 1;
      return { op: 'sub', index: counter.subs - 1 };
    case 'ArithmeticWord':
      return arithmeticWord(out, node.value, node.parts, counter);
  }
}

function arithmeticWord(out: Emitter, value: string, parts: readonly WordPart[] | undefined, counter: ArithmeticCounter): Arithmetic {
  const only = parts?.length === 1 ? parts[0] : undefined;
  if (only?.type === 'SimpleExpansion') return { op: 'name', name: only.text.slice(1) };
  if (only?.type === 'ParameterExpansion' && only.operation === undefined && only.prefix === undefined)
    return { op: 'name', name: only.parameter };
  if (only?.type === 'CommandExpansion') {
    compileCommandSub(out, only, true, true);
    counter.subs += 1;
    return { op: 'sub', index: counter.subs - 1 };
  }
  if (/^[A-Za-z_]\w*$/.test(value)) return { op: 'name', name: value };
  const plain = /^\$(?:(\w+)|\{(\w+)\})$/.exec(value);
  if (plain !== null) return { op: 'name', name: plain[1] ?? plain[2] ?? '' };
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(value);
  if (element !== null) return arithmeticElement(out, element[1] ?? '', element[2] ?? '', counter);
  if (parts !== undefined) {
    // Any other expansion is made before, and its text is the number.
    out.emit({ do: 'wordBegin' });
    for (const part of parts) compilePart(out, part, true);
    out.emit({ do: 'wordEnd', mode: 'single' });
    out.emit({ do: 'keep' });
    counter.subs += 1;
    return { op: 'sub', index: counter.subs - 1 };
  }
  const number = parseShellNumber(value);
  if (number === undefined) out.refuse(`arithmetic on ${JSON.stringify(value)}`);
  return { op: 'number', value: number ?? 0 };
}

/** `a[i + 1]`: what stands between the brackets is an expression, or a text for an associative array. */
function arithmeticElement(out: Emitter, name: string, text: string, counter: ArithmeticCounter): Arithmetic {
  const parsed = parseScript(`((${text}))`);
  const command = parsed.ok ? parsed.commands[0]?.command : undefined;
  const expression = command?.type === 'ArithmeticCommand' ? command.expression : undefined;
  const key: Arithmetic = expression === undefined ? { op: 'number', value: 0 } : arithmetic(out, expression, counter);
  return { op: 'element', name, text, key };
}

/** Decimal, octal (`010`) and hexadecimal (`0x1f`) constants. */
export function parseShellNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[-+]?0[xX][0-9a-fA-F]+$/.test(trimmed)) return Number(trimmed);
  if (/^[-+]?0[0-7]+$/.test(trimmed)) return Number.parseInt(trimmed, 8);
  return /^[-+]?\d+$/.test(trimmed) ? Number(trimmed) : undefined;
}
