// Manifests as they come: YAML with any number of documents, or JSON. Every mistake of the texts is found, with its place, before anything
// is done; and later mistakes of an object can still be placed.

import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Json } from '../../../engine/apimachinery/meta.ts';
import type { ProblemItem } from '../../errors.ts';
import { readYamlDocument, YAML_OPTIONS } from '../../kube/yaml-text.ts';
import { parseJson, type RawBody } from '../request-body.ts';
import { locateField, type Position } from './locate.ts';
import { collectObjects, type Found, type ManifestObject } from './objects.ts';

export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly ProblemItem[];
  /** Line and column of a field of a document, or of what is nearest around it. */
  locate(document: number, field: string): Position | undefined;
}

/** Wall time that reading may take before others get their turn. */
const TURN_MS = 20;

/** Reads all documents. */
export async function readManifests({ mediaType, text }: RawBody): Promise<Manifests> {
  return mediaType === 'application/json' ? readJsonManifests(text) : readYamlManifests(text);
}

function readJsonManifests(text: string): Manifests {
  const value = parseJson(text) as Json;
  const found: Found = { objects: [], mistakes: [] };
  // JSON is YAML; it is read again only when a place is asked for.
  let parsed: Part | undefined;
  const locate = (_document: number, field: string) => {
    parsed ??= parsePart(text, 0)[0];
    return parsed === undefined ? undefined : positionIn(parsed, field);
  };
  collectObjects(found, 0, value);
  return { objects: found.objects, errors: errorsOf(found, locate), locate };
}

async function readYamlManifests(text: string): Promise<Manifests> {
  const found: Found = { objects: [], mistakes: [] };
  const errors: ProblemItem[] = [];
  const parts: Part[] = [];
  let turnMs = performance.now();
  for (const { start, line } of documentStarts(text)) {
    for (const part of parsePart(text.slice(start.from, start.to), line)) {
      readDocument(part, parts.length, found, errors);
      parts.push(part);
    }
    if (performance.now() - turnMs < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turnMs = performance.now();
  }
  const locate = (document: number, field: string) => {
    const part = parts[document];
    return part === undefined ? undefined : positionIn(part, field);
  };
  return { objects: found.objects, errors: [...errors, ...errorsOf(found, locate)], locate };
}

/** A document with the text it was parsed from. */
interface Part {
  readonly document: Document | Document.Parsed;
  readonly text: string;
  readonly lines: LineCounter;
  /** Lines before the text. */
  readonly linesBefore: number;
}

/** A line of three dashes begins a document wherever it stands, so documents can be parsed one by one. */
function documentStarts(text: string): { start: { from: number; to: number }; line: number }[] {
  // Directives belong to the document after them.
  const starts = /^%/m.test(text) ? [] : [...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index).filter((index) => index > 0);
  const bounds = [0, ...starts, text.length];
  let line = 0;
  return bounds.slice(0, -1).map((from, i) => {
    const to = bounds[i + 1] as number;
    const start = { start: { from, to }, line };
    line += text.slice(from, to).split('\n').length - 1;
    return start;
  });
}

function parsePart(text: string, linesBefore: number): Part[] {
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { ...YAML_OPTIONS, lineCounter: lines });
    return [...documents].map((document) => ({ document, text, lines, linesBefore }));
  } catch (error) {
    // The parser recurses, and so it ends when the nesting is too deep for it.
    if (!(error instanceof RangeError)) throw error;
    const [document] = parseAllDocuments('', YAML_OPTIONS) as Document.Parsed[];
    throw new NestingError();
  }
}
