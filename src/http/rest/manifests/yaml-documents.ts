// Parses YAML with many documents in turns, so that megabytes of it keep neither other requests waiting nor the memory filled: a document
// is handed over as soon as it is complete.

import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { YAML_OPTIONS } from '../../kube/yaml-text.ts';

/** Wall time that parsing may take before others get their turn. */
const TURN_MS = 10;
/** Lexemes between two looks at the clock. */
const LEXEMES_PER_LOOK = 500;
/** A single document is composed in one turn, and so it may only be this long. Larger lists come as several documents, or as JSON. */
export const YAML_DOCUMENT_LENGTH_MAX = 1024 * 1024;

export type YamlDocument = Document | Document.Parsed;

export interface YamlVisitor {
  /** Takes a document with its own errors; false ends the parsing. `lines` knows all lines up to its end. */
  visit(document: YamlDocument, lines: LineCounter): boolean;
  /** Learns that the document that begins at this offset is too long; the parsing ends there. */
  visitTooLong(offset: number, lines: LineCounter): void;
}

/** Visits all documents of the text. */
export async function visitYamlDocuments(text: string, visitor: YamlVisitor): Promise<void> {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ ...YAML_OPTIONS, lineCounter: lines });
  let turnMs = performance.now();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      for (const document of composer.next(token)) if (!visitor.visit(document, lines)) return;
    }
    lexemes += 1;
    if (lexemes % LEXEMES_PER_LOOK !== 0) continue;
    const begun = parser.stack[0];
    if (begun?.type === 'document' && parser.offset - begun.offset > YAML_DOCUMENT_LENGTH_MAX) {
      // The document before is complete, but the composer keeps it until it sees the next one.
      for (const document of composer.end()) visitor.visit(document, lines);
      visitor.visitTooLong(begun.offset, lines);
      return;
    }
    if (performance.now() - turnMs < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turnMs = performance.now();
  }
  for (const token of parser.end()) for (const document of composer.next(token)) if (!visitor.visit(document, lines)) return;
  for (const document of composer.end(false, text.length)) if (!visitor.visit(document, lines)) return;
  return;
}
