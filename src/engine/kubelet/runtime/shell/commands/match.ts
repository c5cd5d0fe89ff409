// Commands that match text with regular expressions: grep, sed, expr.

import { MATCH_WORK_PER_STEP } from '../../../../kernel/limits.ts';
import { spend } from '../budget.ts';
import type { ShellCommand } from '../command.ts';
import { evaluateExpr } from './format.ts';
import { joinLines, linesOf, parseOptions, readAll } from './input-text.ts';
import { compileSearch, type Search, type SearchOptions, textOf } from './search.ts';
import { isSedExhausted, parseSed, runSed, type SedProgress, sedWork } from './sed.ts';

/** Looks through its lines a share at a time. */
const grep: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'emABC');
  const [pattern, ...paths] = options.has('e') ? [options.get('e') ?? '', ...operands] : operands;
  const compiled = compileSearch(pattern ?? '', { syntax: grepSyntax(context.name, options), ignoresCase: options.has('i') });
  if (pattern === undefined || !compiled.ok) {
    const reason = compiled.ok ? 'bad regex' : compiled.error;
    context.error(context.host.flavor === 'busybox' ? `grep: bad regex '${pattern ?? ''}': ${reason}\n` : `grep: ${reason}\n`);
    return 2;
  }
  const input = readAll(context, paths);
  if (input === null) return null;
  const { search } = compiled;
  const lines = linesOf(input.text);
  const { memory } = context;
  const found = Array.isArray(memory['found']) ? (memory['found'] as number[]) : [];
  let at = typeof memory['at'] === 'number' ? memory['at'] : 0;
  spend(context.state.budget, lines.length / LINES_PER_WORK);
  for (; at < lines.length && search.work < MATCH_WORK_PER_STEP; at += 1)
    if (isFound(lines[at] as string, search, options) !== options.has('v')) found.push(at);
  spend(context.state.budget, search.work / MATCH_STEPS_PER_WORK);
  if (search.isExhausted) {
    context.error('grep: memory exhausted\n');
    return 2;
  }
  if (at < lines.length) {
    Object.assign(memory, { found, at });
    return null;
  }
  const chosen = found.map((index) => lines[index] as string);
  if (!options.has('q')) context.out(grepOutput(chosen, options, search));
  return found.length > 0 ? 0 : input.failed ? 2 : 1;
};

/** Lines, and characters times instructions of a pattern, that take as long as an instruction. */
const LINES_PER_WORK = 20;
const MATCH_STEPS_PER_WORK = 500;

function grepSyntax(name: string, options: ReadonlyMap<string, string>): SearchOptions['syntax'] {
  if (options.has('F') || name === 'fgrep') return 'fixed';
  if (options.has('P')) return 'perl';
  return options.has('E') || name === 'egrep' ? 'extended' : 'basic';
}

function isFound(line: string, search: Search, options: ReadonlyMap<string, string>): boolean {
  const match = search.find(line, 0)?.[0];
  return match !== undefined && (!options.has('x') || match.end - match.begin === line.length);
}

function grepOutput(found: readonly string[], options: ReadonlyMap<string, string>, search: Search): string {
  if (options.has('c')) return `${found.length}\n`;
  if (options.has('o')) return joinLines(found.map((line) => textOf(line, search.find(line, 0)?.[0])));
  return joinLines(found);
}

const expr: ShellCommand = ({ args, out, error }) => {
  const value = evaluateExpr(args, matchExpr);
  if (value === undefined) {
    error('expr: syntax error\n');
    return 2;
  }
  out(`${value}\n`);
  return value === '' || value === '0' ? 1 : 0;
};

function matchExpr(pattern: string, text: string): readonly (string | undefined)[] | null {
  const compiled = compileSearch(pattern, { syntax: 'basic' });
  const match = compiled.ok ? compiled.search.find(text, 0) : undefined;
  return match === undefined ? null : match.map((span) => (span === undefined ? undefined : textOf(text, span)));
}

/** Works on its lines a share at a time. */
const sed: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'e');
  const [script, ...paths] = options.has('e') ? [options.get('e') ?? '', ...operands] : operands;
  const input = readAll(context, paths);
  if (input === null) return null;
  const commands = parseSed(script ?? '', options.has('E') || options.has('r'));
  if (commands === undefined) {
    context.error(`sed: unsupported command ${script ?? ''}\n`);
    return 1;
  }
  const lines = linesOf(input.text);
  const progress = (context.memory['progress'] as SedProgress | undefined) ?? { at: 0, output: [], quits: false };
  runSed(commands, lines, options.has('n'), progress);
  spend(context.state.budget, lines.length / LINES_PER_WORK + sedWork(commands) / MATCH_STEPS_PER_WORK);
  if (isSedExhausted(commands)) {
    context.error('sed: memory exhausted\n');
    return 4;
  }
  if (progress.at < lines.length && !progress.quits) {
    context.memory['progress'] = progress;
    return null;
  }
  const output = joinLines(progress.output);
  if (options.has('i') && paths[0] !== undefined) context.host.files.write(context.path(paths[0]), output, false);
  else context.out(output);
  return input.failed ? 1 : 0;
};

export const MATCH_COMMANDS: Readonly<Record<string, ShellCommand>> = { grep, egrep: grep, fgrep: grep, sed, expr };
