// The part of `sed` that manifests use: s, p, d, q with optional line or pattern addresses, joined by `;`.

import { compileSearch } from './search.ts';

interface SedCommand {
  readonly address: { readonly line?: number; readonly isLast?: boolean; readonly pattern?: RegExp } | null;
  readonly action: 's' | 'p' | 'd' | 'q';
  readonly search?: RegExp;
  readonly replacement?: string;
  readonly prints?: boolean;
}

/** The output lines, or undefined when the script holds a command that is not supported. */
export function runSed(script: string, lines: readonly string[], isQuiet: boolean, isExtended: boolean): string[] | undefined {
  const commands = parseSed(script, isExtended);
  if (commands === undefined) return undefined;
  const output: string[] = [];
  for (const [index, line] of lines.entries()) {
    let text = line;
    let deleted = false;
    let quits = false;
    for (const command of commands) {
      if (!isAddressed(command, text, index, lines.length)) continue;
      if (command.action === 'd') deleted = true;
      else if (command.action === 'q') quits = true;
      else if (command.action === 'p') output.push(text);
      else if (command.search !== undefined) {
        const replaced = text.replace(command.search, (...match: unknown[]) =>
          expandReplacement(command.replacement ?? '', match as string[]),
        );
        if (command.prints === true && replaced !== text) output.push(replaced);
        text = replaced;
      }
      if (deleted || quits) break;
    }
    if (!deleted && !isQuiet) output.push(text);
    if (quits) break;
  }
  return output;
}

function isAddressed(command: SedCommand, text: string, index: number, count: number): boolean {
  const address = command.address;
  if (address === null) return true;
  if (address.line !== undefined) return index + 1 === address.line;
  return address.isLast === true ? index + 1 === count : (address.pattern?.test(text) ?? false);
}

function expandReplacement(replacement: string, match: readonly string[]): string {
  return replacement.replace(/\\([0-9&n\\/])|&/g, (token, escaped: string | undefined) => {
    if (escaped === undefined) return match[0] ?? '';
    if (escaped === 'n') return '\n';
    return /\d/.test(escaped) ? (match[Number(escaped)] ?? '') : token.slice(1);
  });
}

function parseSed(script: string, isExtended: boolean): SedCommand[] | undefined {
  const commands: SedCommand[] = [];
  let rest = script.trim();
  while (rest !== '') {
    const address = /^(?:(\d+)|(\$)|\/((?:[^/\\]|\\.)*)\/)/.exec(rest);
    if (address !== null) rest = rest.slice(address[0].length).trimStart();
    const pattern = address?.[3] === undefined ? undefined : compileSearch(address[3], false, isExtended, '');
    if (pattern === null) return undefined;
    const place =
      address === null
        ? null
        : {
            ...(address[1] === undefined ? {} : { line: Number(address[1]) }),
            isLast: address[2] !== undefined,
            ...(pattern === undefined ? {} : { pattern }),
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

function takeSubstitution(
  text: string,
  isExtended: boolean,
): { command: Pick<SedCommand, 'search' | 'replacement' | 'prints'>; rest: string } | undefined {
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
  const search = compileSearch(
    parts[0] as string,
    false,
    isExtended,
    `${letters.includes('g') ? 'g' : ''}${/i/i.test(letters) ? 'i' : ''}`,
  );
  if (search === null) return undefined;
  return {
    command: { search, replacement: parts[1] as string, prints: letters.includes('p') },
    rest: text.slice(at + flags[0].length).trimStart(),
  };
}
