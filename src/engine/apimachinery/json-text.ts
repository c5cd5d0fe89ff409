// Reads JSON text as Go's decoder does where it differs from JSON.parse: its error texts (D7), and the paths of members that are named
// twice (C11). The values themselves come from JSON.parse.
// Upstream: encoding/json/scanner.go (Go 1.24), sigs.k8s.io/json/internal/golang/encoding/json/kubernetes_patch.go.

import type { Json } from './meta.ts';

export type JsonText =
  | { readonly ok: true; readonly value: Json /** Paths such as `spec.containers[0].name`. */; readonly duplicates: readonly string[] }
  | { readonly ok: false; readonly message: string /** Characters before the mistake. */; readonly offset: number };

/** Upstream's scanner gives up at this depth too. */
const DEPTH_MAX = 10_000;
/** JSON.parse and the engine recurse; deeper bodies are refused here. */
const DEPTH_SUPPORTED = 500;

/** Parses JSON text. */
export function readJsonText(text: string): JsonText {
  const scan: Scan = { text, at: 0, duplicates: [] };
  const problem = scanDocument(scan);
  if (problem !== undefined) return { ok: false, message: problem, offset: scan.at };
  return { ok: true, value: JSON.parse(text) as Json, duplicates: scan.duplicates };
}

interface Scan {
  readonly text: string;
  at: number;
  readonly duplicates: string[];
}

type Problem = string | undefined;

function scanDocument(scan: Scan): Problem {
  const problem = scanValue(scan, '', 0);
  if (problem !== undefined) return problem;
  skipSpace(scan);
  return scan.at < scan.text.length ? unexpected(scan, 'after top-level value') : undefined;
}

function scanValue(scan: Scan, path: string, depth: number): Problem {
  skipSpace(scan);
  if (depth > DEPTH_SUPPORTED) return depth > DEPTH_MAX ? 'exceeded max depth' : `exceeded max depth of ${DEPTH_SUPPORTED}`;
  const first = scan.text[scan.at];
  switch (first) {
    case '{':
      return scanObject(scan, path, depth);
    case '[':
      return scanArray(scan, path, depth);
    case '"':
      return scanString(scan);
    case 't':
      return scanLiteral(scan, 'true');
    case 'f':
      return scanLiteral(scan, 'false');
    case 'n':
      return scanLiteral(scan, 'null');
    default:
      if (first === '-' || isDigit(first)) return scanNumber(scan);
      return unexpected(scan, 'looking for beginning of value');
  }
}

function scanObject(scan: Scan, path: string, depth: number): Problem {
  const names = new Set<string>();
  scan.at += 1;
  skipSpace(scan);
  if (takes(scan, '}')) return undefined;
  for (;;) {
    skipSpace(scan);
    if (scan.text[scan.at] !== '"') return unexpected(scan, 'looking for beginning of object key string');
    const start = scan.at;
    const problem = scanString(scan);
    if (problem !== undefined) return problem;
    const name = JSON.parse(scan.text.slice(start, scan.at)) as string;
    const memberPath = path === '' ? name : `${path}.${name}`;
    if (names.has(name)) scan.duplicates.push(memberPath);
    names.add(name);
    skipSpace(scan);
    if (!takes(scan, ':')) return unexpected(scan, 'after object key');
    const inside = scanValue(scan, memberPath, depth + 1);
    if (inside !== undefined) return inside;
    skipSpace(scan);
    if (takes(scan, '}')) return undefined;
    if (!takes(scan, ',')) return unexpected(scan, 'after object key:value pair');
  }
}

function scanArray(scan: Scan, path: string, depth: number): Problem {
  scan.at += 1;
  skipSpace(scan);
  if (takes(scan, ']')) return undefined;
  for (let index = 0; ; index += 1) {
    const inside = scanValue(scan, `${path}[${index}]`, depth + 1);
    if (inside !== undefined) return inside;
    skipSpace(scan);
    if (takes(scan, ']')) return undefined;
    if (!takes(scan, ',')) return unexpected(scan, 'after array element');
  }
}

const ESCAPES = 'bfnrt\\/"';

function scanString(scan: Scan): Problem {
  for (scan.at += 1; ; scan.at += 1) {
    const code = scan.text.charCodeAt(scan.at);
    if (code === 0x22) {
      scan.at += 1;
      return undefined;
    }
    if (code === 0x5c) {
      scan.at += 1;
      const problem = scanEscape(scan);
      if (problem !== undefined) return problem;
    } else if (!(code >= 0x20)) {
      return unexpected(scan, 'in string literal');
    }
  }
}

/** Stands on the character after the backslash, and ends on the last one of the escape. */
function scanEscape(scan: Scan): Problem {
  const escape = scan.text[scan.at];
  if (escape !== undefined && ESCAPES.includes(escape)) return undefined;
  if (escape !== 'u') return unexpected(scan, 'in string escape code');
  for (let digit = 0; digit < 4; digit += 1) {
    scan.at += 1;
    if (!/^[0-9a-fA-F]$/.test(scan.text[scan.at] ?? '')) return unexpected(scan, 'in \\u hexadecimal character escape');
  }
  return undefined;
}

function scanLiteral(scan: Scan, literal: string): Problem {
  for (let i = 0; i < literal.length; i += 1) {
    if (scan.text[scan.at] !== literal[i]) return unexpected(scan, `in literal ${literal} (expecting '${literal[i]}')`);
    scan.at += 1;
  }
  return undefined;
}

function scanNumber(scan: Scan): Problem {
  takes(scan, '-');
  if (!takes(scan, '0')) {
    if (!isDigit(scan.text[scan.at])) return unexpected(scan, 'in numeric literal');
    skipDigits(scan);
  }
  if (takes(scan, '.')) {
    if (!isDigit(scan.text[scan.at])) return unexpected(scan, 'after decimal point in numeric literal');
    skipDigits(scan);
  }
  if (takes(scan, 'e') || takes(scan, 'E')) {
    if (!takes(scan, '+')) takes(scan, '-');
    if (!isDigit(scan.text[scan.at])) return unexpected(scan, 'in exponent of numeric literal');
    skipDigits(scan);
  }
  return undefined;
}

function unexpected(scan: Scan, where: string): string {
  const character = String.fromCodePoint(scan.text.codePointAt(scan.at) ?? 0);
  if (scan.at >= scan.text.length) return 'unexpected end of JSON input';
  return `invalid character ${quoteCharacter(character)} ${where}`;
}

/** A character as Go's scanner quotes it. */
function quoteCharacter(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}

function takes(scan: Scan, character: string): boolean {
  if (scan.text[scan.at] !== character) return false;
  scan.at += 1;
  return true;
}

function skipSpace(scan: Scan): void {
  for (let code = scan.text.charCodeAt(scan.at); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; ) {
    scan.at += 1;
    code = scan.text.charCodeAt(scan.at);
  }
}

function skipDigits(scan: Scan): void {
  while (isDigit(scan.text[scan.at])) scan.at += 1;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
