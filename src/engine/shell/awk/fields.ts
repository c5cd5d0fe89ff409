// How awk takes its input apart.

import type { Search } from '../commands/search.ts';

/** What finds a regular expression, and counts it. */
interface Finder {
  find(source: string, text: string, from?: number): ReturnType<Search['find']>;
}

/** The records of a text: lines, paragraphs, parts between a character. */
export function splitRecords(text: string, separator: string): string[] {
  if (text === '') return [];
  if (separator === '') return text.replace(/^\n+|\n+$/g, '').split(/\n{2,}/);
  const parts = text.split(separator.length === 1 ? separator : '\n');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The parts of a text: at blanks, at a character, at each character, at a regular expression. */
export function splitFields(machine: Finder, text: string, separator: string): string[] {
  if (separator === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '');
  if (text === '') return [];
  if (separator === '') return [...text];
  if (separator.length === 1 && separator !== '\\') return text.split(separator);
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at <= text.length; ) {
    const span = machine.find(separator, text, at)?.[0];
    if (span === undefined) break;
    if (span.end === span.begin) {
      at = span.end + 1;
      continue;
    }
    parts.push(text.slice(begin, span.begin));
    begin = span.end;
    at = span.end;
  }
  parts.push(text.slice(begin));
  return parts;
}
