// The part of `sed` that manifests use: s, p, d, q with optional line or pattern addresses, joined by `;`.

import { MATCH_WORK_PER_STEP } from '../../../../kernel/limits.ts';
import type { Span } from '../../../../apimachinery/pattern.ts';
import { compileSearch, type Search, textOf } from './search.ts';

export interface SedCommand {
  readonly address: { readonly line?: number; readonly isLast?: boolean; readonly search?: Search } | null;
  readonly action: 's' | 'p' | 'd' | 'q';
  readonly search?: Search;
  readonly replacement?: string;
  readonly prints?: boolean;
  readonly isGlobal?: boolean;
}

/** How far a script has come: the next line, and what was written. */
export interface SedProgress {
  at: number;
  output: string[];
  quits: boolean;
}

/** Runs a script over lines from where it stands, until it has done its share of work. */
export function runSed(commands: readonly SedCommand[], lines: readonly string[], isQuiet: boolean, progress: SedProgress): void {
  while (progress.at < lines.length && !progress.quits && sedWork(commands) < MATCH_WORK_PER_STEP) {
    let text = lines[progress.at] as string;
    let isDeleted = false;
    for (const command of commands) {
      if (!isAddressed(command, text, progress.at, lines.length)) continue;
      if (command.action === 'd') isDeleted = true;
      else if (command.action === 'q') progress.quits = true;
      else if (command.action === 'p') progress.output.push(text);
      else if (command.search !== undefined) {
        const replaced = substitute(command.search, command.replacement ?? '', command.isGlobal === true, text);
        if (command.prints === true && replaced !== text) progress.output.push(replaced);
        text = replaced;
      }
      if (isDeleted || progress.quits) break;
    }
    if (!isDeleted && !isQuiet) progress.output.push(text);
    progress.at += 1;
  }
}

/** Characters times instructions that the patterns of a script have cost. */
export function sedWork(commands: readonly SedCommand[]): number {
  return commands.reduce((sum, { search, address }) => sum + (search?.work ?? 0) + (address?.search?.work ?? 0), 0);
}

/** True when a pattern of the script was given up. */
export function isSedExhausted(commands: readonly SedCommand[]): boolean {
  return commands.some(({ search, address }) => search?.isExhausted === true || address?.search?.isExhausted === true);
}

function substitute(search: Search, replacement: string, isGlobal: boolean, text: string): string {
  const pieces: string[] = [];
  let done = 0;
  let from = 0;
  for (let match = search.find(text, from); match !== undefined; match = isGlobal ? search.find(text, from) : undefined) {
    const { begin, end } = match[0] as Span;
    // Nothing is matched right behind a match.
    if (end > begin || begin > done || pieces.length === 0) {
      pieces.push(text.slice(done, begin), expandReplacement(replacement, text, match));
      done = end;
    }
    from = end > begin ? end : end + 1;
    if (from > text.length) break;
  }
  return pieces.length === 0 ? text : [...pieces, text.slice(done)].join('');
}

function isAddressed(command: SedCommand, text: string, index: number, count: number): boolean {
  const address = command.address;
  if (address === null) return true;
  if (address.line !== undefined) return index + 1 === address.line;
  return address.isLast === true ? index + 1 === count : address.search?.find(text, 0) !== undefined;
}

function expandReplacement(replacement: string, text: string, match: readonly (Span | undefined)[]): string {
  return replacement.replace(/\\([0-9&nt\\/])|&/g, (token, escaped: string | undefined) => {
    if (escaped === undefined) return textOf(text, match[0]);
    if (escaped === 'n') return '\n';
    if (escaped === 't') return '\t';
    return /\d/.test(escaped) ? textOf(text, match[Number(escaped)]) : token.slice(1);
  });
}

/** Reads a script; undefined when it holds a command that is not supported, or a pattern that is none. */
export function parseSed(script: string, isExtended: boolean): SedCommand[] | undefined {
  const commands: SedCommand[] = [];
  let rest = script.trim();
  while (rest !== '') {
    const address = /^(?:(\d+)|(\$)|\/((?:[^/\\]|\\.)*)\/)/.exec(rest);
    if (address !== null) rest = rest.slice(address[0].length).trimStart();
    const pattern = address?.[3] === undefined ? undefined : searchFor(address[3], isExtended, '');
    if (pattern === null) return undefined;
    const place =
      address === null
        ? null
        : {
            ...(address[1] === undefined ? {} : { line: Number(address[1]) }),
            isLast: address[2] !== undefined,
            ...(pattern === undefined ? {} : { search: pattern }),
          };
    const simple = /^([pdq])\s*(?:;|\n|$)/.exec(rest);
    if (simple !== null) {
      commands.push({ address: place, action: simple[1] as 'p' | 'd' | 'q' });
      rest = rest.slice(simple[0].length).trimStart();
      continue;
    }
    const substitution = takeSubstitution(rest, isExtended);
    if (substitution === undefined) return undefined;
    commands.push({ address: place, action: 's', ...substitution.command });
    rest = substitution.rest;
  }
  return commands;
}

function searchFor(source: string, isExtended: boolean, letters: string): Search | null {
  const compiled = compileSearch(source, {
    syntax: isExtended ? 'extended' : 'basic',
    ignoresCase: /i/i.test(letters),
    hasEscapes: true,
  });
  return compiled.ok ? compiled.search : null;
}

function takeSubstitution(
  text: string,
  isExtended: boolean,
): { command: Pick<SedCommand, 'search' | 'replacement' | 'prints' | 'isGlobal'>; rest: string } | undefined {
  const delimiter = text[1];
  if (!text.startsWith('s') || delimiter === undefined) return undefined;
  const parts: string[] = [''];
  let at = 2;
  for (; at < text.length && parts.length < 3; at += 1) {
    const character = text[at] as string;
    if (character === '\\' && at + 1 < text.length) {
      at += 1;
      parts[parts.length - 1] += text[at] === delimiter ? delimiter : `\\${text[at]}`;
    } else if (character === delimiter) parts.push('');
    else parts[parts.length - 1] += character;
  }
  if (parts.length < 3) return undefined;
  const flags = /^([gpiI]*)\s*(?:;|\n|$)/.exec(text.slice(at));
  if (flags === null) return undefined;
  const letters = flags[1] as string;
  const search = searchFor(parts[0] as string, isExtended, letters);
  if (search === null) return undefined;
  return {
    command: { search, replacement: parts[1] as string, prints: letters.includes('p'), isGlobal: letters.includes('g') },
    rest: text.slice(at + flags[0].length).trimStart(),
  };
}
