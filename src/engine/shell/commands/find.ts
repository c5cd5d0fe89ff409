// `find`: an expression over a tree, and what it does with what it finds. Upstream: POSIX find, GNU findutils, BusyBox findutils/find.c. Rule: K924.
// Omits: -regex, -links, -fstype and what asks for time other than modification. An -exec counts as true, because it runs when all is found.

import { spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { matchesPattern } from '../glob.ts';
import type { FileInfo } from '../state.ts';
import { collectChild, startChild, waitForChild } from './children.ts';

interface Found {
  readonly path: string;
  readonly shown: string;
  readonly info: FileInfo;
  readonly depth: number;
}

type Test = (found: Found, walk: Walk) => boolean;

/** What a test says of the tree below. */
interface Walk {
  isPruned: boolean;
}

/** What is done in the end, in order. */
type Step =
  | { readonly do: 'write'; readonly text: string }
  | { readonly do: 'run'; readonly words: readonly string[] }
  | { readonly do: 'remove'; readonly found: Found };

interface Plan {
  readonly test: Test;
  readonly least: number;
  readonly most: number;
  readonly hasAction: boolean;
  readonly isDeepFirst: boolean;
}

const FILES_PER_WORK = 10;

export const find: ShellCommand = (context) => {
  const { memory } = context;
  const walked = (memory['walked'] as { readonly steps: readonly Step[]; readonly code: number } | undefined) ?? walk(context);
  if (typeof walked === 'number') return walked;
  memory['walked'] = walked;
  let at = typeof memory['at'] === 'number' ? memory['at'] : 0;
  if (typeof memory['child'] === 'number') {
    if (collectChild(context, memory['child']) === null) return null;
    delete memory['child'];
  }
  for (; at < walked.steps.length; at += 1) {
    const step = walked.steps[at] as Step;
    if (step.do === 'write') context.out(step.text);
    else if (step.do === 'remove') removeFound(context, step.found);
    else {
      memory['at'] = at + 1;
      return startChild(context, step.words) ? waitForChild(context, memory['child'] as number) : 1;
    }
  }
  memory['at'] = at;
  return walked.code;
};

function removeFound({ host, error }: CommandContext, { path, shown }: Found): void {
  const { files } = host;
  const isFull = files.lstat(path)?.kind === 'directory' && (files.list(path) ?? []).length > 0;
  const problem = isFull ? 'Directory not empty' : files.remove(path);
  if (problem !== null) error(`find: ${host.flavor === 'busybox' ? `${shown}` : `cannot delete '${shown}'`}: ${problem}\n`);
}

function walk(context: CommandContext): { readonly steps: readonly Step[]; readonly code: number } | number {
  const { args, host } = context;
  const begin = args.findIndex((word) => /^(?:-.|[!(])/.test(word));
  const roots = begin < 0 ? args : args.slice(0, begin);
  const steps: Step[] = [];
  const gathered = new Map<readonly string[], string[]>();
  const plan = new Expression(context, begin < 0 ? [] : args.slice(begin), steps, gathered).read();
  if (typeof plan === 'string') {
    context.error(`find: ${plan}\n`);
    return 1;
  }
  let code = 0;
  const visit = (path: string, shown: string, depth: number): void => {
    const info = host.files.lstat(path);
    if (info === undefined) return;
    const found: Found = { path, shown, info, depth };
    const below: Walk = { isPruned: false };
    const judge = (): void => {
      if (depth >= plan.least && plan.test(found, below) && !plan.hasAction) steps.push({ do: 'write', text: `${shown}\n` });
    };
    if (!plan.isDeepFirst) judge();
    if (info.kind === 'directory' && depth < plan.most && !below.isPruned)
      for (const name of host.files.list(path) ?? [])
        visit(`${path === '/' ? '' : path}/${name}`, `${shown.replace(/\/$/, '')}/${name}`, depth + 1);
    if (plan.isDeepFirst) judge();
    spend(context.state.budget, 1 / FILES_PER_WORK);
  };
  for (const root of roots.length === 0 ? ['.'] : roots) {
    const path = context.path(root);
    if (host.files.lstat(path) !== undefined) visit(host.files.resolve(path), root, 0);
    else {
      code = 1;
      context.error(
        host.flavor === 'busybox' ? `find: ${root}: No such file or directory\n` : `find: '${root}': No such file or directory\n`,
      );
    }
  }
  for (const [words, paths] of gathered) if (paths.length > 0) steps.push({ do: 'run', words: [...words, ...paths] });
  return { steps, code };
}

/** Reads the words behind the paths. */
class Expression {
  private at = 0;
  private least = 0;
  private most = Number.POSITIVE_INFINITY;
  private hasAction = false;
  private isDeepFirst = false;
  private problem: string | undefined;
  private readonly context: CommandContext;
  private readonly words: readonly string[];
  private readonly steps: Step[];
  private readonly gathered: Map<readonly string[], string[]>;

  constructor(context: CommandContext, words: readonly string[], steps: Step[], gathered: Map<readonly string[], string[]>) {
    this.context = context;
    this.words = words;
    this.steps = steps;
    this.gathered = gathered;
  }

  read(): Plan | string {
    const test = this.words.length === 0 ? () => true : this.either();
    if (this.problem === undefined && this.at < this.words.length)
      this.problem = `paths must precede expression: \`${this.words[this.at] ?? ''}'`;
    return this.problem ?? { test, least: this.least, most: this.most, hasAction: this.hasAction, isDeepFirst: this.isDeepFirst };
  }

  private either(): Test {
    let test = this.both();
    while (this.takes('-o', '-or')) {
      const [left, right] = [test, this.both()];
      test = (found, below) => left(found, below) || right(found, below);
    }
    return test;
  }

  private both(): Test {
    let test = this.negated();
    while (this.problem === undefined && this.at < this.words.length && !['-o', '-or', ')'].includes(this.words[this.at] as string)) {
      this.takes('-a', '-and');
      const [left, right] = [test, this.negated()];
      test = (found, below) => left(found, below) && right(found, below);
    }
    return test;
  }

  private negated(): Test {
    if (this.takes('!', '-not')) {
      const inner = this.negated();
      return (found, below) => !inner(found, below);
    }
    if (this.takes('(')) {
      const inner = this.either();
      if (!this.takes(')')) this.problem ??= 'missing )';
      return inner;
    }
    return this.primary();
  }

  private takes(...words: readonly string[]): boolean {
    if (!words.includes(this.words[this.at] ?? '')) return false;
    this.at += 1;
    return true;
  }

  private value(name: string): string {
    const value = this.words[this.at];
    if (value === undefined) this.problem ??= `missing argument to \`${name}'`;
    this.at += 1;
    return value ?? '';
  }

  private primary(): Test {
    const name = this.words[this.at] ?? '';
    this.at += 1;
    switch (name) {
      case '-name':
      case '-iname':
      case '-path':
      case '-wholename':
      case '-ipath':
        return this.named(name);
      case '-type': {
        const type = this.value(name).split(',');
        return ({ info }) => type.includes(info.kind === 'directory' ? 'd' : info.kind === 'link' ? 'l' : 'f');
      }
      case '-maxdepth':
        this.most = Number(this.value(name));
        return () => true;
      case '-mindepth':
        this.least = Number(this.value(name));
        return () => true;
      case '-depth':
        this.isDeepFirst = true;
        return () => true;
      case '-xdev':
      case '-mount':
      case '-true':
      case '-follow':
      case '-noleaf':
        return () => true;
      case '-false':
        return () => false;
      case '-empty':
        return ({ path, info }) => (info.kind === 'directory' ? (this.context.host.files.list(path) ?? []).length === 0 : info.size === 0);
      case '-prune':
        return (_found, below) => {
          below.isPruned = true;
          return true;
        };
      default:
        return this.measured(name) ?? this.action(name);
    }
  }

  private named(name: string): Test {
    const given = this.value(name);
    const ignoresCase = name.startsWith('-i');
    const isPath = name.endsWith('path') || name === '-wholename';
    const pattern = ignoresCase ? given.toLowerCase() : given;
    return ({ shown }) => {
      const whole = isPath ? shown : (shown.replace(/\/+$/, '').split('/').at(-1) ?? shown);
      return matchesPattern(pattern, ignoresCase ? whole.toLowerCase() : whole);
    };
  }

  /** Tests of numbers: `+n` is more, `-n` is less. */
  private measured(name: string): Test | undefined {
    const { nowMs, files } = this.context.host;
    switch (name) {
      case '-size': {
        const [, sign = '', count = '0', unit = 'b'] = /^([+-]?)(\d+)([bcwkMG]?)$/.exec(this.value(name)) ?? [];
        const bytes = { b: 512, c: 1, w: 2, k: 1024, M: 1_048_576, G: 1_073_741_824 }[unit === '' ? 'b' : unit] ?? 512;
        return ({ info }) => compared(Math.ceil(info.size / bytes), sign, Number(count));
      }
      case '-mtime':
      case '-mmin':
      case '-ctime':
      case '-atime':
      case '-cmin':
      case '-amin': {
        const [, sign = '', count = '0'] = /^([+-]?)(\d+)/.exec(this.value(name)) ?? [];
        const unit = name.endsWith('min') ? 60_000 : 86_400_000;
        return ({ info }) => compared(Math.floor((nowMs - info.modifiedMs) / unit), sign, Number(count));
      }
      case '-newer': {
        const other = files.stat(this.context.path(this.value(name)));
        return ({ info }) => info.modifiedMs > (other?.modifiedMs ?? 0);
      }
      case '-perm': {
        const [, sign = '', digits = '0'] = /^([-/+]?)([0-7]+)$/.exec(this.value(name)) ?? [];
        const mode = Number.parseInt(digits, 8);
        return ({ info }) =>
          sign === '' ? (info.mode & 0o7777) === mode : sign === '-' ? (info.mode & mode) === mode : (info.mode & mode) !== 0;
      }
      case '-user':
      case '-uid': {
        const id = this.value(name) === 'root' ? 0 : Number(this.words[this.at - 1]);
        return ({ info }) => info.uid === id;
      }
      default:
        return undefined;
    }
  }

  private action(name: string): Test {
    const { steps } = this;
    switch (name) {
      case '-print':
      case '-print0':
      case '-printf': {
        this.hasAction = true;
        const format = name === '-printf' ? this.value(name) : name === '-print' ? '%p\\n' : '%p\\0';
        return (found) => {
          steps.push({ do: 'write', text: formatted(format, found) });
          return true;
        };
      }
      case '-ls':
        this.hasAction = true;
        return (found) => {
          steps.push({ do: 'write', text: `${found.shown}\n` });
          return true;
        };
      case '-delete':
        this.hasAction = true;
        this.isDeepFirst = true;
        return (found) => {
          if (found.shown !== '.') steps.push({ do: 'remove', found });
          return true;
        };
      case '-exec':
      case '-execdir':
      case '-ok':
        return this.execution(name);
      default:
        this.problem ??= this.context.host.flavor === 'busybox' ? `unrecognized: ${name}` : `unknown predicate \`${name}'`;
        return () => false;
    }
  }

  private execution(name: string): Test {
    const rest = this.words.slice(this.at);
    const end = rest.findIndex((word, index) => word === ';' || (word === '+' && rest[index - 1] === '{}'));
    if (end < 0) this.problem ??= `missing argument to \`${name}'`;
    this.hasAction = true;
    this.at += end + 1;
    const words = rest.slice(0, end);
    if (rest[end] === '+') {
      const head = words.slice(0, -1);
      const paths: string[] = [];
      this.gathered.set(head, paths);
      return ({ shown }) => paths.push(shown) > 0;
    }
    return ({ shown }) => this.steps.push({ do: 'run', words: words.map((word) => word.replaceAll('{}', shown)) }) > 0;
  }
}

function compared(value: number, sign: string, wanted: number): boolean {
  return sign === '+' ? value > wanted : sign === '-' ? value < wanted : value === wanted;
}

function formatted(format: string, { shown, info }: Found): string {
  const name = shown.split('/').at(-1) ?? shown;
  const fields: Readonly<Record<string, string>> = {
    p: shown,
    f: name,
    s: String(info.size),
    m: (info.mode & 0o7777).toString(8),
    y: info.kind.charAt(0),
    h: shown.slice(0, -name.length - 1) || '.',
    '%': '%',
  };
  return format.replace(/\\([nt0\\])|%([pfsmyh%])/g, (_whole, escaped: string | undefined, field: string | undefined) =>
    escaped === undefined ? (fields[field ?? ''] ?? '') : escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped === '0' ? '\0' : '\\',
  );
}
