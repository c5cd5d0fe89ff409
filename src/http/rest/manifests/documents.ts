// Manifests as they come: YAML with any number of documents, or JSON. Every mistake of the text is found, with its place, before anything
// is done; and later mistakes of an object can still be placed.

import { LineCounter, parseDocument } from 'yaml';
import type { Json } from '../../../engine/apimachinery/meta.ts';
import type { ProblemItem } from '../../errors.ts';
import { describeYamlError, newAliasBudget, readYamlDocument, YAML_OPTIONS } from '../../kube/yaml-text.ts';
import { TOO_DEEP, visitYamlDocuments, type YamlDocument, YAML_DOCUMENT_LENGTH_MAX } from '../../kube/yaml-documents.ts';
import { parseJson, type RawBody } from '../request-body.ts';
import { locateField, type Position } from './locate.ts';
import { collectObjects, type ManifestObject } from './objects.ts';

export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly ProblemItem[];
  /** Line and column of a field of a document, or of what is nearest around it. */
  locate(document: number, field: string): Position | undefined;
}

/** A text with this many mistakes is not read further. */
const ERRORS_MAX = 100;

/** Reads all documents. Fails: malformed-body for what is no JSON, where JSON is said. */
export async function readManifests({ mediaType, text }: RawBody): Promise<Manifests> {
  const reader = new ManifestReader(text);
  if (mediaType === 'application/json') reader.readJson();
  else await visitYamlDocuments(text, reader);
  return reader;
}

/** A document's part of the text. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Of `from`, from 1. */
  readonly line: number;
}

class ManifestReader implements Manifests {
  readonly objects: ManifestObject[] = [];
  readonly errors: ProblemItem[] = [];
  private readonly text: string;
  private readonly spans: Span[] = [];
  private readonly budget = newAliasBudget();
  /** The document that was parsed last to find places in it. */
  private located: { index: number; document: YamlDocument; lines: LineCounter } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  readJson(): void {
    this.spans.push({ from: 0, to: this.text.length, line: 1 });
    this.collect(0, parseJson(this.text) as Json);
  }

  visit(document: YamlDocument, lines: LineCounter): boolean {
    const index = this.spans.length;
    const [from, , to] = document.range ?? [0, 0, this.text.length];
    this.spans.push({ from, to, line: lines.linePos(from).line });
    if (document.errors.length === 0) this.readValue(index, document);
    for (const error of document.errors.slice(0, ERRORS_MAX)) {
      const { line, col } = lines.linePos(error.pos[0]);
      this.errors.push({ in: 'body', message: describeYamlError(error.message), document: index, line, column: col });
    }
    return this.errors.length < ERRORS_MAX;
  }

  visitTooDeep(offset: number, lines: LineCounter): void {
    const { line, col } = lines.linePos(offset);
    this.errors.push({ in: 'body', message: TOO_DEEP, document: this.spans.length, line, column: col });
  }

  visitTooLong(offset: number, lines: LineCounter): void {
    const message = `the document is longer than ${YAML_DOCUMENT_LENGTH_MAX} characters, or has too many parts; split it with --- or send JSON`;
    this.errors.push({ in: 'body', message, document: this.spans.length, line: lines.linePos(offset).line, column: 1 });
  }

  locate(index: number, field: string): Position | undefined {
    const span = this.spans[index];
    if (span === undefined) return undefined;
    if (this.located?.index !== index) {
      const lines = new LineCounter();
      // JSON is YAML, too.
      this.located = {
        index,
        lines,
        document: parseDocument(this.text.slice(span.from, span.to), { ...YAML_OPTIONS, lineCounter: lines }),
      };
    }
    const found = locateField(this.located.document, this.located.lines, field);
    return found && { line: found.line + span.line - 1, column: found.column };
  }

  private readValue(index: number, document: YamlDocument): void {
    const read = readYamlDocument(document, this.text, this.budget);
    if (!read.ok) {
      this.errors.push({ in: 'body', message: read.message.replace(/^yaml: /, ''), document: index, ...this.locate(index, '') });
      return;
    }
    for (const duplicate of read.duplicates.slice(0, ERRORS_MAX)) this.errors.push(duplicateError(index, duplicate));
    if (read.duplicates.length === 0) this.collect(index, read.value);
  }

  private collect(index: number, value: Json): void {
    collectObjects(value, {
      take: (object, path) => this.objects.push({ value: object, document: index, path }),
      refuse: (path, message) => this.errors.push({ in: 'body', field: path, message, document: index, ...this.locate(index, path) }),
    });
  }
}

/** `line 4: key "a" already set in map`, with the line taken out. */
function duplicateError(document: number, text: string): ProblemItem {
  const match = /^line (\d+): (.*)$/s.exec(text);
  return match === null
    ? { in: 'body', message: text, document }
    : { in: 'body', message: match[2] as string, document, line: Number(match[1]) };
}
