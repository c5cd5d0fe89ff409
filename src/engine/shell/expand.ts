// Expansion of words in a running process: parameters, field splitting, pattern matching, path names (POSIX 2.5, 2.6, 2.13).

import { compareText } from '../apimachinery/text.ts';
import { readElement, readVariable, valuesOf } from './arrays.ts';
import { SUBSCRIPT } from './compile-word.ts';
import { matchesPattern } from './glob.ts';
import type { FileSystem, Process, Segment } from './state.ts';

/** The value of a parameter, or undefined when it is unset. */
export function parameterValue(process: Process, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? process.name : process.arguments[Number(name) - 1];
  switch (name) {
    case '?':
      return String(process.status);
    case '#':
      return String(process.arguments.length);
    case '$':
      return String(process.pid);
    case '!':
      return process.lastBackground === null ? undefined : String(process.lastBackground);
    case '-':
      return process.options.map((option) => OPTION_LETTERS.get(option) ?? '').join('');
    case '@':
    case '*':
      return process.arguments.length === 0 ? undefined : process.arguments.join(' ');
    case SUBSCRIPT: {
      const { name: target = '', key = null } = process.subscripts.at(-1) ?? {};
      if (key === null) return parameterValue(process, target);
      if (key !== '@' && key !== '*') return readElement(process, target, key);
      const values = valuesOf(process, target);
      return values.length === 0 ? undefined : values.join(' ');
    }
    default:
      return readVariable(process, name);
  }
}

/** The values of `$@`, `$*`, `${a[@]}` and `${a[*]}`, and whether they are joined where they are quoted; undefined for what is one value. */
export function listOf(process: Process, name: string): { readonly values: readonly string[]; readonly isJoined: boolean } | undefined {
  if (name === '@' || name === '*') return { values: process.arguments, isJoined: name === '*' };
  const top = name === SUBSCRIPT ? process.subscripts.at(-1) : undefined;
  if (top?.key === null) return listOf(process, top.name);
  return top !== undefined && (top.key === '@' || top.key === '*')
    ? { values: valuesOf(process, top.name), isJoined: top.key === '*' }
    : undefined;
}

const OPTION_LETTERS: ReadonlyMap<string, string> = new Map([
  ['errexit', 'e'],
  ['nounset', 'u'],
  ['xtrace', 'x'],
  ['noglob', 'f'],
]);

/** Appends the value of a parameter to the word, one field per argument for `"$@"`. */
export function appendParameter(process: Process, word: Segment[], name: string, quoted: boolean): void {
  const list = listOf(process, name);
  if (list !== undefined) appendList(process, word, list.values, list.isJoined, quoted);
  else word.push({ text: parameterValue(process, name) ?? '', quoted, split: !quoted });
}

/** Appends values, each as a field of its own, or as one where they are joined. */
export function appendList(process: Process, word: Segment[], values: readonly string[], isJoined: boolean, quoted: boolean): void {
  if (isJoined && quoted) {
    word.push({ text: values.join((process.variables['IFS'] ?? ' ').slice(0, 1)), quoted, split: false });
    return;
  }
  values.forEach((value, index) => {
    if (index > 0) word.push({ text: FIELD_BREAK, quoted: false, split: false });
    word.push({ text: value, quoted, split: !quoted });
  });
  if (values.length === 0 && quoted) word.push({ text: NO_FIELD, quoted: false, split: false });
}

/** Marks a field boundary inside `"$@"`. */
const FIELD_BREAK = '\u0001';
/** Marks `"$@"` without arguments, which yields no field at all. */
const NO_FIELD = '\u0002';

/** The word as one string. */
export function joinWord(word: readonly Segment[]): string {
  return word
    .map((segment) => (segment.quoted ? segment.text : segment.text.replaceAll(FIELD_BREAK, ' ').replaceAll(NO_FIELD, '')))
    .join('');
}

/** The word as a pattern: what was quoted matches itself. */
export function patternOf(word: readonly Segment[]): string {
  return word.map((segment) => (segment.quoted ? escapePattern(segment.text) : segment.text)).join('');
}

/** The word as a regular expression: what was quoted matches itself. */
export function regularExpressionOf(word: readonly Segment[]): string {
  return word.map((segment) => (segment.quoted ? escapeRegularExpression(segment.text) : segment.text)).join('');
}

/** Splits a word into fields at `IFS`, where it came from expansions, and expands path names. */
export function splitWord(process: Process, word: readonly Segment[], files: FileSystem): string[] {
  const fields = new FieldBuilder();
  const separators = process.variables['IFS'] ?? ' \t\n';
  let emptyAllowed = true;
  for (const segment of word) {
    if (segment.text === NO_FIELD && !segment.quoted) emptyAllowed = false;
    else if (segment.text === FIELD_BREAK && !segment.quoted) fields.break();
    else if (segment.split) splitSegment(fields, segment.text, separators);
    else if (segment.quoted || segment.text !== '') fields.append(segment);
  }
  const kept = fields.finish().filter((field) => emptyAllowed || field.some((segment) => segment.text !== ''));
  return kept.flatMap((field) => expandPath(process, field, files));
}

function splitSegment(fields: FieldBuilder, text: string, separators: string): void {
  let begin = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (!separators.includes(character)) continue;
    if (at > begin) fields.append({ text: text.slice(begin, at), quoted: false, split: false });
    begin = at + 1;
    // A separator that is not a blank ends a field even when the field is empty (`a::b` with IFS=:).
    if (/\s/.test(character)) fields.end();
    else fields.break();
  }
  if (begin < text.length) fields.append({ text: text.slice(begin), quoted: false, split: false });
}

/** Collects the segments of fields. */
class FieldBuilder {
  private readonly fields: Segment[][] = [];
  private current: Segment[] | null = null;

  append(segment: Segment): void {
    this.current ??= [];
    this.current.push(segment);
  }

  /** Ends the field if one has begun. */
  end(): void {
    if (this.current !== null) this.fields.push(this.current);
    this.current = null;
  }

  /** Ends the field, also an empty one. */
  break(): void {
    this.fields.push(this.current ?? []);
    this.current = null;
  }

  finish(): readonly Segment[][] {
    this.end();
    return this.fields;
  }
}

function expandPath(process: Process, field: readonly Segment[], files: FileSystem): string[] {
  const text = expandTilde(process, field);
  const hasGlob = field.some((segment) => !segment.quoted && /[*?[]/.test(segment.text));
  if (!hasGlob || process.options.includes('noglob')) return [text];
  const matches = matchPaths(patternOf(field), process.cwd, files);
  return matches.length === 0 ? [text] : matches;
}

function expandTilde(process: Process, field: readonly Segment[]): string {
  const text = joinWord(field);
  const first = field[0];
  if (first === undefined || first.quoted || !/^~(?:\/|$)/.test(first.text)) return text;
  return `${process.variables['HOME'] ?? '/root'}${text.slice(1)}`;
}

/** Paths that match a pattern, sorted. */
function matchPaths(pattern: string, cwd: string, files: FileSystem): string[] {
  const absolute = pattern.startsWith('/');
  let found = [absolute ? '' : '.'];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    const plain = unescapePattern(part);
    const next: string[] = [];
    for (const directory of found) {
      const base = directory === '' ? '/' : resolvePath(cwd, directory);
      if (!/[*?[]/.test(part)) {
        if (files.stat(resolvePath(base, plain)) !== undefined) next.push(join(directory, plain));
        continue;
      }
      for (const name of files.list(base) ?? []) {
        if ((!name.startsWith('.') || part.startsWith('.')) && matchesPattern(part, name)) next.push(join(directory, name));
      }
    }
    found = next;
  }
  return found.sort(compareText);
}

function join(directory: string, name: string): string {
  return directory === '.' ? name : `${directory}/${name}`;
}

/** A path made absolute and free of `.` and `..`. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function escapeRegularExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}
