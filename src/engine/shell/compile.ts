// Compiles a parsed script into instructions. The compiler knows control flow only; words are compiled in compile-word.ts.

import type {
  CompoundList,
  AndOr,
  ArithmeticExpression,
  ArithmeticFor,
  Assignment,
  Case,
  Command,
  CompoundCommand,
  For,
  Function as FunctionNode,
  If,
  Pipeline,
  PipelineNode,
  Redirected,
  Redirection,
  Statement,
  TestExpression,
  While,
  Word,
} from 'unbash';
import { compileArray } from './compile-array.ts';
import { compileArithmetic, compileHereDocument, compileWord, type Emitter } from './compile-word.ts';
import { PROGRAMS_LENGTH_MAX } from '../kernel/limits.ts';
import { parseScript } from './parse-script.ts';
import type { Instruction, Program, RedirectOperator } from './program.ts';

/** Compiled scripts; a cluster's pods share a handful. */
const programs = new Map<string, Program>();
const memory = { length: 0 };

/** What a program costs beside its text. */
const PROGRAM_SIZE = 1_024;

/** The program of a script text. The result is remembered; it depends on nothing but the text. */
export function compileScript(source: string): Program {
  const known = programs.get(source);
  if (known !== undefined) return known;
  const program = compile(source);
  memory.length += source.length + PROGRAM_SIZE;
  if (memory.length > PROGRAMS_LENGTH_MAX) {
    programs.clear();
    memory.length = source.length + PROGRAM_SIZE;
  }
  programs.set(source, program);
  return program;
}

function compile(source: string): Program {
  const parsed = parseScript(source);
  if (!parsed.ok) return { ok: false, message: parsed.message };
  const compiler = new Compiler();
  compiler.list(parsed.commands);
  compiler.emit({ do: 'return' });
  return compiler.problem === null ? { ok: true, code: compiler.code } : { ok: false, message: compiler.problem };
}

class Compiler implements Emitter {
  readonly code: Instruction[] = [];
  problem: string | null = null;

  get here(): number {
    return this.code.length;
  }

  emit(instruction: Instruction): number {
    this.code.push(instruction);
    return this.code.length - 1;
  }

  patch(at: number, instruction: Instruction): void {
    this.code[at] = instruction;
  }

  /** What is not known fails where it is executed. */
  refuse(what: string): void {
    this.emit({ do: 'refuse', what });
  }

  /** What is too much makes the whole script one that cannot be read. */
  forbid(what: string): void {
    this.problem ??= `${what} is not supported`;
  }

  list(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.background === true) this.child(true, () => this.andOr(statement.command));
      else this.andOr(statement.command);
    }
  }

  /** Emits code that runs in a child process. */
  child(background: boolean, body: () => void): void {
    const at = this.emit({ do: 'jump', to: 0 });
    body();
    this.emit({ do: 'return' });
    this.patch(at, { do: 'subshell', end: this.here, background });
  }

  private andOr(node: PipelineNode | AndOr): void {
    if (node.type !== 'AndOr') return this.pipeline(node);
    const last = node.commands.length - 1;
    node.commands.forEach((command, index) => {
      if (index === 0) return this.guarded(() => this.pipeline(command));
      const jump = this.emit({ do: 'jump', to: 0 });
      if (index < last) this.guarded(() => this.pipeline(command));
      else this.pipeline(command);
      this.patch(jump, { do: 'jumpIf', success: node.operators[index - 1] === '||', to: this.here });
    });
  }

  /** Code whose failure `set -e` ignores. */
  private guarded(body: () => void): void {
    this.emit({ do: 'guard', on: true });
    body();
    this.emit({ do: 'guard', on: false });
  }

  private pipeline(node: PipelineNode): void {
    if (node.type !== 'Pipeline') return this.command(node);
    const negated = node.prefixes.some((prefix) => prefix.type === 'Negation');
    if (negated) this.guarded(() => this.members(node));
    else this.members(node);
    if (negated) this.emit({ do: 'not' });
  }

  private members(node: Pipeline): void {
    const first = node.commands[0];
    if (first === undefined) return;
    if (node.commands.length === 1) return this.command(first);
    const at = this.emit({ do: 'jump', to: 0 });
    const ends = node.commands.map((command) => {
      this.command(command);
      this.emit({ do: 'return' });
      return this.here;
    });
    this.patch(at, { do: 'pipeline', ends, mergeStderr: node.operators.map((operator) => operator === '|&') });
  }

  private command(node: Pipeline['commands'][number]): void {
    switch (node.type) {
      case 'Command':
        return this.simple(node);
      case 'Redirected':
        return this.redirected(node);
      case 'Function':
        return this.function(node);
      case 'Coproc':
        return this.refuse('coproc');
      default:
        return this.compound(node);
    }
  }

  private simple(node: Command): void {
    for (const item of node.prefix) if (item.type === 'Assignment') this.assignment(item);
    if (node.name !== undefined) compileWord(this, node.name, 'fields');
    for (const argument of node.args) {
      if (argument.type === 'Word') compileWord(this, argument, 'fields');
      else this.assignmentWord(argument);
    }
    for (const redirect of node.redirects) this.redirect(redirect);
    this.emit({ do: 'exec' });
  }

  private assignment(node: Assignment): void {
    if (node.value.type === 'ArrayValue') return compileArray(this, node, node.value, false);
    if (node.index !== undefined) {
      compileWord(this, node.index, 'single');
      compileWord(this, node.value, 'single');
      this.emit({ do: 'assignElement', name: node.name, append: node.append === true });
      return;
    }
    compileWord(this, node.value, 'single');
    this.emit({ do: 'assign', name: node.name, append: node.append === true });
  }

  /** `export A=b`: an argument that is an assignment is one word, not split. */
  private assignmentWord(node: Assignment): void {
    if (node.value.type === 'ArrayValue') return compileArray(this, node, node.value, true);
    this.emit({ do: 'wordBegin' });
    const index = node.index === undefined ? '' : `[${node.index.value}]`;
    this.emit({ do: 'literal', text: `${node.name}${index}${node.append === true ? '+=' : '='}`, quoted: true });
    compileWord(this, node.value, 'single');
    this.emit({ do: 'wordPush' });
    this.emit({ do: 'wordEnd', mode: 'fields' });
  }

  private redirect(node: Redirection): void {
    if (node.descriptor?.type === 'FileDescriptorVariable') return this.refuse('a descriptor variable');
    const fd = node.descriptor?.value ?? null;
    if (node.type === 'HereDoc') {
      compileHereDocument(this, node.body, node.delimiter?.quoted === true);
      this.emit({ do: 'redirect', operator: '<<', fd });
      return;
    }
    if (node.target === undefined) return this.refuse('a redirection without target');
    compileWord(this, node.target, 'single');
    this.emit({ do: 'redirect', operator: node.operator as RedirectOperator, fd });
  }

  private redirected(node: Redirected): void {
    for (const redirect of node.redirects) this.redirect(redirect);
    this.emit({ do: 'redirectsPush' });
    this.compound(node.command);
    this.emit({ do: 'redirectsPop' });
  }

  private function(node: FunctionNode): void {
    const at = this.emit({ do: 'jump', to: 0 });
    if (node.body.type === 'Redirected') this.redirected(node.body);
    else if (node.body.type === 'CompoundList') this.body(node.body);
    else this.compound(node.body);
    this.emit({ do: 'return' });
    this.patch(at, { do: 'function', name: node.name.value, end: this.here });
  }

  body(node: CompoundList): void {
    this.list(node.commands);
  }

  private compound(node: CompoundCommand): void {
    switch (node.type) {
      case 'If':
        return this.if(node);
      case 'While':
        return this.while(node);
      case 'For':
        return this.for(node);
      case 'Case':
        return this.case(node);
      case 'BraceGroup':
        return this.body(node.body);
      case 'Subshell':
        return this.child(false, () => this.body(node.body));
      case 'TestCommand':
        return this.test(node.expression);
      case 'ArithmeticCommand': {
        if (node.expression === undefined) return this.refuse('an empty arithmetic command');
        const expression = compileArithmetic(this, node.expression);
        this.emit({ do: 'testCommand', expression });
        return;
      }
      case 'ArithmeticFor':
        return this.arithmeticFor(node);
      case 'Select':
        return this.refuse('select');
    }
  }

  private if(node: If): void {
    const ends: number[] = [];
    const arms = [{ clause: node.clause, then: node.then }, ...node.elif];
    for (const arm of arms) {
      this.guarded(() => this.body(arm.clause));
      const skip = this.emit({ do: 'jump', to: 0 });
      this.body(arm.then);
      ends.push(this.emit({ do: 'jump', to: 0 }));
      this.patch(skip, { do: 'jumpIf', success: false, to: this.here });
    }
    if (node.else !== undefined) this.body(node.else);
    else this.emit({ do: 'status', code: 0 });
    for (const end of ends) this.patch(end, { do: 'jump', to: this.here });
  }

  private while(node: While): void {
    const begin = this.emit({ do: 'jump', to: 0 });
    const top = this.here;
    this.guarded(() => this.body(node.clause));
    const leave = this.emit({ do: 'jump', to: 0 });
    this.body(node.body);
    this.emit({ do: 'jump', to: top });
    this.patch(leave, { do: 'jumpIf', success: node.kind === 'until', to: this.here });
    this.emit({ do: 'status', code: 0 });
    const end = this.emit({ do: 'loopEnd' });
    this.patch(begin, { do: 'loopBegin', breakTo: end, continueTo: top });
  }

  private arithmeticFor(node: ArithmeticFor): void {
    const step = (part: ArithmeticExpression | undefined): void => {
      if (part !== undefined) this.emit({ do: 'testCommand', expression: compileArithmetic(this, part) });
    };
    this.guarded(() => step(node.initialize));
    const begin = this.emit({ do: 'jump', to: 0 });
    const top = this.here;
    this.emit({ do: 'status', code: 0 });
    step(node.test);
    const leave = this.emit({ do: 'jump', to: 0 });
    this.body(node.body);
    const update = this.here;
    step(node.update);
    this.emit({ do: 'jump', to: top });
    this.patch(leave, { do: 'jumpIf', success: false, to: this.here });
    this.emit({ do: 'status', code: 0 });
    const end = this.emit({ do: 'loopEnd' });
    this.patch(begin, { do: 'loopBegin', breakTo: end, continueTo: update });
  }

  private for(node: For): void {
    for (const word of node.wordlist ?? []) compileWord(this, word, 'fields');
    this.emit({ do: 'forBegin', fromArguments: node.wordlist === undefined });
    const begin = this.emit({ do: 'jump', to: 0 });
    const top = this.emit({ do: 'jump', to: 0 });
    this.body(node.body);
    this.emit({ do: 'jump', to: top });
    const end = this.emit({ do: 'loopEnd' });
    this.patch(top, { do: 'forNext', name: node.name.value, end });
    this.patch(begin, { do: 'loopBegin', breakTo: end, continueTo: top });
    this.emit({ do: 'forEnd' });
  }

  private case(node: Case): void {
    compileWord(this, node.word, 'single');
    this.emit({ do: 'caseBegin' });
    this.emit({ do: 'status', code: 0 });
    const ends: number[] = [];
    for (const item of node.items) {
      const matches = item.pattern.map((pattern) => {
        compileWord(this, pattern, 'pattern');
        return this.emit({ do: 'jump', to: 0 });
      });
      const next = this.emit({ do: 'jump', to: 0 });
      for (const match of matches) this.patch(match, { do: 'caseMatch', to: this.here });
      this.body(item.body);
      ends.push(this.emit({ do: 'jump', to: 0 }));
      this.patch(next, { do: 'jump', to: this.here });
    }
    for (const end of ends) this.patch(end, { do: 'jump', to: this.here });
    this.emit({ do: 'caseEnd' });
  }

  /** `[[ ... ]]` becomes the words of `test`, with shell operators between them. */
  private test(node: TestExpression): void {
    switch (node.type) {
      case 'TestUnary':
        return this.testWords([node.operator], [node.operand]);
      case 'TestBinary':
        return this.testWords(['', node.operator], [node.left, node.right]);
      case 'TestGroup':
        return this.test(node.expression);
      case 'TestNot':
        this.test(node.operand);
        if (node.negations.length % 2 === 1) this.emit({ do: 'not' });
        return;
      case 'TestLogical': {
        const jumps = node.operands.slice(0, -1).map((operand) => {
          this.test(operand);
          return this.emit({ do: 'jump', to: 0 });
        });
        const last = node.operands.at(-1);
        if (last !== undefined) this.test(last);
        for (const jump of jumps) this.patch(jump, { do: 'jumpIf', success: node.operator === '||', to: this.here });
      }
    }
  }

  private testWords(operators: readonly string[], words: readonly Word[]): void {
    words.forEach((word, index) => {
      const operator = operators[index] ?? '';
      if (operator !== '') this.literalWord(operator);
      const isPattern = operator === '=' || operator === '==' || operator === '!=';
      compileWord(this, word, operator === '=~' ? 'regular' : isPattern ? 'pattern' : 'single');
      this.emit({ do: 'wordBegin' });
      this.emit({ do: 'wordPush' });
      this.emit({ do: 'wordEnd', mode: 'fields' });
    });
    this.emit({ do: 'testWords' });
  }

  private literalWord(text: string): void {
    this.emit({ do: 'wordBegin' });
    this.emit({ do: 'literal', text, quoted: true });
    this.emit({ do: 'wordEnd', mode: 'fields' });
  }
}
