// Reads shell text. The parser is a package; it takes long for what is nested deeply and for many here-documents, and its stack is the host's, so
// such scripts are refused before it sees them, whatever machine it is.

import { parse, type Statement } from 'unbash';
import { SCRIPT_DEPTH_MAX, SCRIPT_LENGTH_MAX, SCRIPT_PARTS_MAX } from '../kernel/limits.ts';

/** A script, or what is wrong with it and where. */
export type ParsedScript =
  | { readonly ok: true; readonly commands: readonly Statement[] }
  | { readonly ok: false; readonly message: string; readonly at: number };

/** Parses a script. */
export function parseScript(source: string): ParsedScript {
  const problem = problemOf(source);
  if (problem !== undefined) return { ok: false, message: problem, at: 0 };
  const script = parse(source);
  const error = script.errors?.[0];
  if (error !== undefined) return { ok: false, message: error.message, at: error.pos };
  return { ok: true, commands: script.commands };
}

/** Why a script is not read at all. */
function problemOf(source: string): string | undefined {
  if (source.length > SCRIPT_LENGTH_MAX) return 'script too long';
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < source.length; at += 1) {
    const pair = source.slice(at, at + 2);
    if (pair === '<<' || pair === '()') parts += 1;
    if (pair === '$(' || pair === '${' || pair === '<(' || pair === '>(') depth += 1;
    else if (depth > 0 && (source[at] === ')' || source[at] === '}')) depth -= 1;
    if (depth > SCRIPT_DEPTH_MAX) return 'substitutions are nested too deeply';
    if (parts > SCRIPT_PARTS_MAX) return 'maximum here-document count exceeded';
  }
  return undefined;
}
