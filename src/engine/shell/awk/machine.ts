// Runs an awk program over its input. Work is counted; a program that computes too long or too much ends with an error. Deviation: it takes no virtual time.
// Omits system() and pipes, whose commands would run beside it, and the functions of angles and logarithms.

import { AWK_STEPS_MAX } from '../../kernel/limits.ts';
import { allocate, spend } from '../budget.ts';
import type { CommandContext } from '../command.ts';
import { compileSearch, type Search } from '../commands/search.ts';
import { AwkFailure, type AwkProgram, type Expression, type Output, type Rule, type Statement } from './syntax.ts';
import { splitFields, splitRecords } from './fields.ts';
import { formatValues, type Input, inputOf, isTrue, numberOf, textOfValue, UNSET, type Value } from './values.ts';

/** How a statement ended. */
type Ending = 'next-statement' | 'break' | 'continue' | 'next' | 'exit' | 'return';

/** Steps that take as long as an instruction of the shell. */
const STEPS_PER_WORK = 10;

export type AwkArray = Map<string, Value>;

/** Variables of a call: arrays are handed over, values are copied. */
export type Locals = Map<string, Value | AwkArray>;

/** What gives expressions their values. */
export interface Evaluator {
  evaluate(machine: AwkMachine, node: Expression): Value;
  assign(machine: AwkMachine, target: Expression, value: Value): void;
}

export class AwkMachine {
  readonly variables = new Map<string, Value>();
  readonly arrays = new Map<string, AwkArray>();
  readonly calls: Locals[] = [];
  readonly program: AwkProgram;
  readonly context: CommandContext;
  private readonly evaluator: Evaluator;
  exitCode = 0;
  /** Expressions inside each other at this moment. */
  depth = 0;
  returned: Value = UNSET;
  seed = 0;
  private readonly searches = new Map<string, Search>();
  private readonly open = new Set<string>();
  private readonly reading = new Map<string, string[]>();
  private readonly inRange = new Set<Rule>();
  private fields: Input[] = [];
  private line = '';
  private records: Iterator<string> = [][Symbol.iterator]();
  private steps = 0;

  constructor(program: AwkProgram, context: CommandContext, evaluator: Evaluator) {
    this.evaluator = evaluator;
    this.program = program;
    this.context = context;
    for (const [name, value] of Object.entries({ FS: ' ', OFS: ' ', ORS: '\n', RS: '\n', SUBSEP: '\u001c', CONVFMT: '%.6g', OFMT: '%.6g' }))
      this.variables.set(name, value);
    for (const name of ['NR', 'NF', 'FNR', 'RSTART']) this.variables.set(name, 0);
    this.variables.set('RLENGTH', -1);
  }

  /** Runs it; `inputs` are texts of files, and assignments between them. Returns the exit code. */
  run(inputs: Iterable<AwkInput>): number {
    try {
      this.runRules(inputs);
    } finally {
      spend(this.context.state.budget, this.steps / STEPS_PER_WORK);
    }
    return this.exitCode;
  }

  evaluate(node: Expression): Value {
    return this.evaluator.evaluate(this, node);
  }

  assign(target: Expression, value: Value): void {
    this.evaluator.assign(this, target, value);
  }

  /** Counts a step. */
  count(steps = 1): void {
    this.steps += steps;
    if (this.steps > AWK_STEPS_MAX) throw new AwkFailure('out of time');
  }

  /** Makes a text. */
  make(text: string): string {
    allocate(this.context.state.budget, text.length);
    this.count(text.length / 50);
    return text;
  }

  text(value: Value): string {
    return textOfValue(value, this.format('CONVFMT'));
  }

  format(name: string): string {
    return textOfValue(this.variables.get(name) ?? '%.6g');
  }

  /** A regular expression, compiled once. */
  search(source: string): Search {
    const known = this.searches.get(source);
    if (known !== undefined) return known;
    const compiled = compileSearch(source, { syntax: 'extended', hasEscapes: true });
    if (!compiled.ok) throw new AwkFailure(`bad regex '${source}': ${compiled.error}`);
    this.searches.set(source, compiled.search);
    return compiled.search;
  }

  find(source: string, text: string, from = 0): ReturnType<Search['find']> {
    const search = this.search(source);
    this.count(1 + (text.length - from) / 20);
    const found = search.find(text, from);
    if (search.isExhausted) throw new AwkFailure('regular expression too expensive');
    return found;
  }

  array(name: string): AwkArray {
    const local = this.calls.at(-1)?.get(name);
    if (local instanceof Map) return local;
    if (local !== undefined) {
      const fresh: AwkArray = new Map();
      this.calls.at(-1)?.set(name, fresh);
      return fresh;
    }
    const known = this.arrays.get(name) ?? new Map<string, Value>();
    this.arrays.set(name, known);
    return known;
  }

  get(name: string): Value {
    const local = this.calls.at(-1)?.get(name);
    if (local instanceof Map) throw new AwkFailure(`can't use array ${name} in scalar context`);
    if (local !== undefined) return local;
    if (name === 'NF') return this.fieldList().length;
    return this.variables.get(name) ?? UNSET;
  }

  set(name: string, value: Value): void {
    const locals = this.calls.at(-1);
    if (locals?.has(name) === true) locals.set(name, value);
    else {
      if (this.arrays.has(name)) throw new AwkFailure(`can't use array ${name} in scalar context`);
      this.variables.set(name, value);
      if (name === 'NF') this.resize(Math.max(0, Math.trunc(numberOf(value))));
    }
  }

  field(index: number): Value {
    if (index === 0) return inputOf(this.wholeLine());
    return this.fieldList()[index - 1] ?? UNSET;
  }

  setField(index: number, value: Value): void {
    const text = this.text(value);
    if (index === 0) return this.setLine(text);
    const fields = this.fieldList();
    if (index > FIELDS_MAX) throw new AwkFailure('too many fields');
    while (fields.length < index) fields.push(inputOf(''));
    fields[index - 1] = inputOf(text);
    this.isLineOld = true;
  }

  /** The next line of a file, or of the main input; false at its end, undefined when it cannot be read. */
  readLine(file: string | null): string | false | undefined {
    if (file === null) {
      const next = this.records.next();
      if (next.done === true) return false;
      this.variables.set('NR', numberOf(this.get('NR')) + 1);
      return next.value;
    }
    if (!this.reading.has(file)) {
      const text = file === '-' ? this.context.read() : this.context.host.files.read(this.context.path(file));
      if (text === undefined || text === null) return undefined;
      this.reading.set(file, splitRecords(text, this.format('RS')).reverse());
    }
    return this.reading.get(file)?.pop() ?? false;
  }

  setLine(text: string): void {
    this.line = text;
    this.isLineOld = false;
    this.areFieldsOld = true;
  }

  close(name: string): number {
    this.open.delete(name);
    return this.reading.delete(name) ? 0 : -1;
  }

  execute(statement: Statement): Ending {
    this.count();
    switch (statement.do) {
      case 'block':
        for (const part of statement.body) {
          const ending = this.execute(part);
          if (ending !== 'next-statement') return ending;
        }
        return 'next-statement';
      case 'expression':
        this.evaluate(statement.value);
        return 'next-statement';
      case 'print':
        this.print(statement.args, statement.isFormatted, statement.to);
        return 'next-statement';
      case 'if':
        if (isTrue(this.evaluate(statement.test))) return this.execute(statement.then);
        return statement.else === null ? 'next-statement' : this.execute(statement.else);
      case 'while':
        return this.loop(statement);
      case 'each':
        return this.each(statement);
      case 'delete':
        if (statement.keys === null) this.array(statement.name).clear();
        else this.array(statement.name).delete(this.key(statement.keys));
        return 'next-statement';
      case 'exit':
        if (statement.value !== null) this.exitCode = Math.trunc(numberOf(this.evaluate(statement.value))) & 255;
        return 'exit';
      case 'return':
        this.returned = statement.value === null ? UNSET : this.evaluate(statement.value);
        return 'return';
      default:
        return statement.do;
    }
  }

  /** The name of an element of an array. */
  key(keys: readonly Expression[]): string {
    return keys.map((key) => this.text(this.evaluate(key))).join(this.format('SUBSEP'));
  }

  private isLineOld = false;
  private areFieldsOld = true;

  private fieldList(): Input[] {
    if (this.areFieldsOld) {
      this.fields = splitFields(this, this.line, this.format('FS')).map(inputOf);
      this.count(this.fields.length);
      this.areFieldsOld = false;
    }
    return this.fields;
  }

  private wholeLine(): string {
    if (this.isLineOld) {
      this.line = this.make(this.fields.map(({ text }) => text).join(this.format('OFS')));
      this.isLineOld = false;
    }
    return this.line;
  }

  private resize(length: number): void {
    const fields = this.fieldList();
    if (length > FIELDS_MAX) throw new AwkFailure('too many fields');
    while (fields.length < length) fields.push(inputOf(''));
    fields.length = length;
    this.isLineOld = true;
  }

  private runRules(inputs: Iterable<AwkInput>): void {
    this.records = this.recordsOf(inputs);
    let ending = this.rules('begin');
    if (ending !== 'exit' && this.program.rules.some(({ when }) => when !== 'begin')) {
      while (ending !== 'exit' && this.readRecord()) ending = this.rules('line');
    }
    if (ending !== 'exit' || this.program.rules.some(({ when }) => when === 'end')) this.rules('end');
  }

  private readRecord(): boolean {
    const line = this.readLine(null);
    if (typeof line !== 'string') return false;
    this.setLine(line);
    return true;
  }

  private *recordsOf(inputs: Iterable<AwkInput>): Generator<string> {
    for (const input of inputs) {
      if ('name' in input) {
        this.variables.set(input.name, inputOf(input.value));
        continue;
      }
      this.variables.set('FILENAME', input.file);
      this.variables.set('FNR', 0);
      for (const record of splitRecords(input.text, this.format('RS'))) {
        this.variables.set('FNR', numberOf(this.get('FNR')) + 1);
        yield record;
      }
    }
  }

  private rules(when: Rule['when']): Ending {
    for (const rule of this.program.rules) {
      if (rule.when !== when || !this.isMet(rule)) continue;
      const ending = rule.body === null ? this.execute({ do: 'print', isFormatted: false, args: [], to: null }) : this.execute(rule.body);
      if (ending === 'exit') return 'exit';
      if (ending === 'next') return 'next';
    }
    return 'next-statement';
  }

  private isMet(rule: Rule): boolean {
    const [first, second] = rule.patterns;
    if (first === undefined) return true;
    this.count();
    if (second === undefined) return isTrue(this.evaluate(first));
    if (!this.inRange.has(rule) && !isTrue(this.evaluate(first))) return false;
    if (isTrue(this.evaluate(second))) this.inRange.delete(rule);
    else this.inRange.add(rule);
    return true;
  }

  private loop({ test, body, step, isLate }: Extract<Statement, { do: 'while' }>): Ending {
    for (let turn = 0; ; turn += 1) {
      this.count();
      if (!(isLate && turn === 0) && test !== null && !isTrue(this.evaluate(test))) return 'next-statement';
      const ending = this.execute(body);
      if (ending === 'break') return 'next-statement';
      if (ending !== 'next-statement' && ending !== 'continue') return ending;
      if (step !== null) this.execute(step);
    }
  }

  /** The elements of an array, in the order in which they came. */
  private each({ variable, array, body }: Extract<Statement, { do: 'each' }>): Ending {
    // What the body adds or deletes does not change the turn.
    const keys = [...this.array(array).keys()];
    for (const key of keys) {
      this.set(variable, inputOf(key));
      const ending = this.execute(body);
      if (ending === 'break') return 'next-statement';
      if (ending !== 'next-statement' && ending !== 'continue') return ending;
    }
    return 'next-statement';
  }

  private print(args: readonly Expression[], isFormatted: boolean, to: Output | null): void {
    const values = args.map((argument) => this.evaluate(argument));
    const format = this.format('OFMT');
    const text = isFormatted
      ? formatValues(this.text(values[0] ?? ''), values.slice(1))
      : (args.length === 0 ? this.wholeLine() : values.map((value) => textOfValue(value, format)).join(this.format('OFS'))) +
        this.format('ORS');
    this.make(text);
    if (to === null) return this.context.out(text);
    const target = this.text(this.evaluate(to.target));
    if (to.operator === '|') {
      // `cat 1>&2` is how standard error is reached everywhere.
      if (!/^cat\s+1?>&2$/.test(target)) throw new AwkFailure(`can't run '${target}'`);
      return this.context.error(text);
    }
    if (target === '/dev/stderr') return this.context.error(text);
    if (target === '/dev/stdout' || target === '-') return this.context.out(text);
    const error = this.context.host.files.write(this.context.path(target), text, to.operator === '>>' || this.open.has(target));
    if (error !== null) throw new AwkFailure(`can't redirect to '${target}': ${error}`);
    this.open.add(target);
  }
}

/** A text of input, or an assignment that is made when its turn comes. */
export type AwkInput = { readonly file: string; readonly text: string } | { readonly name: string; readonly value: string };

const FIELDS_MAX = 100_000;
