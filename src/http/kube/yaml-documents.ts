// Parses YAML with many documents in turns, so that megabytes of it keep neither other requests waiting nor the memory filled: a document
// is handed over as soon as it is complete.

import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { isDeeperThan } from '../../engine/apimachinery/yaml-depth.ts';
import { newAliasBudget, readYamlDocument, YAML_DEPTH_MAX, YAML_OPTIONS, type YamlText } from './yaml-text.ts';
import { readJsonText } from '../../engine/apimachinery/json-text.ts';

/** Wall time that parsing may take before others get their turn. */
const TURN_MS = 10;
/** Lexemes between two looks at the clock. */
const LEXEMES_PER_LOOK = 500;
/** A single document is composed in one turn, and so it may only be this long. Larger lists come as several documents, or as JSON. */
export const YAML_DOCUMENT_LENGTH_MAX = 1024 * 1024;
/** Lexemes of a single document, each of which is an object in memory; ordinary manifests of the greatest length have less than half of them. */
const LEXEMES_MAX = 400_000;

export const TOO_DEEP = `exceeded max depth of ${YAML_DEPTH_MAX}`;

export type YamlDocument = Document | Document.Parsed;

export interface YamlVisitor {
  /** Takes a document with its own errors; false ends the parsing. `lines` knows all lines up to its end. */
  visit(document: YamlDocument, lines: LineCounter): boolean;
  /** Learns that the document that begins at this offset is too long, or has too many parts; the parsing ends there. */
  visitTooLong(offset: number, lines: LineCounter): void;
  /** Learns that what stands at this offset lies in too many collections; the parsing ends there. */
  visitTooDeep(offset: number, lines: LineCounter): void;
}

/** Visits all documents of the text. */
export async function visitYamlDocuments(text: string, visitor: YamlVisitor): Promise<void> {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ ...YAML_OPTIONS, lineCounter: lines });
  let turnMs = performance.now();
  let lexemes = 0;
  let documentStart = 0;
  let documentLexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      for (const document of composer.next(token)) if (!visitor.visit(document, lines)) return;
    }
    if (isDeeperThan(parser, YAML_DEPTH_MAX)) {
      for (const document of composer.end()) if (!visitor.visit(document, lines)) return;
      return visitor.visitTooDeep(parser.offset, lines);
    }
    lexemes += 1;
    if (lexemes % LEXEMES_PER_LOOK !== 0) continue;
    const begun = parser.stack[0];
    documentLexemes = begun?.offset === documentStart ? documentLexemes + LEXEMES_PER_LOOK : LEXEMES_PER_LOOK;
    documentStart = begun?.offset ?? 0;
    const isTooLong = begun !== undefined && parser.offset - begun.offset > YAML_DOCUMENT_LENGTH_MAX;
    if (begun?.type === 'document' && (isTooLong || documentLexemes > LEXEMES_MAX)) {
      // The document before is complete, but the composer keeps it until it sees the next one.
      for (const document of composer.end()) if (!visitor.visit(document, lines)) return;
      visitor.visitTooLong(begun.offset, lines);
      return;
    }
    if (performance.now() - turnMs < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turnMs = performance.now();
  }
  for (const token of parser.end()) for (const document of composer.next(token)) if (!visitor.visit(document, lines)) return;
  for (const document of composer.end(false, text.length)) if (!visitor.visit(document, lines)) return;
}

/** The value of the first document of a body. JSON is YAML, and what most clients send as such is JSON. */
export async function readYamlBody(text: string): Promise<YamlText> {
  const json = /^\s*\{/.test(text) ? readJsonText(text) : undefined;
  if (json?.ok === true && json.duplicates.length === 0) return { ok: true, value: json.value, duplicates: [] };
  let read: YamlText = { ok: true, value: null, duplicates: [] };
  const budget = newAliasBudget();
  await visitYamlDocuments(text, {
    visit(document) {
      read = readYamlDocument(document, text, budget);
      return false;
    },
    visitTooDeep(offset, lines) {
      read = { ok: false, message: `yaml: line ${lines.linePos(offset).line}: ${TOO_DEEP}` };
    },
    visitTooLong() {
      read = {
        ok: false,
        message: `yaml: the document is longer than ${YAML_DOCUMENT_LENGTH_MAX} characters, or has too many parts; send JSON`,
      };
    },
  });
  return read;
}
