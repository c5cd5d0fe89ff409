// Reads and writes YAML as the Kubernetes API does: scalars by the rules of YAML 1.1 without dates and base-60 numbers (D3, W15), maps and
// lists only, written with sorted keys.
// Upstream: sigs.k8s.io/yaml, its fork of go-yaml v2 (resolve.go).

import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Scalar, stringify, type YAMLMap } from 'yaml';
import { isJsonObject, type Json } from '../../engine/apimachinery/meta.ts';

export type YamlText =
  | { readonly ok: true; readonly value: Json /** `line 4: key "a" already set in map`. */; readonly duplicates: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** How many values, and characters of them, aliases may stand for; stops bombs of aliases. The characters are those of the largest JSON body. */
const ALIASED_COUNT_MAX = 100_000;
const ALIASED_LENGTH_MAX = 3_145_728;
/** In how many collections a value may lie. */
export const YAML_DEPTH_MAX = 500;

/** How the library parses: scalars stay as written, `readYamlDocument` says what they mean. */
export const YAML_OPTIONS = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false } as const;

/** What aliases may still stand for, over several documents. */
export interface AliasBudget {
  values: number;
  characters: number;
}

export function newAliasBudget(): AliasBudget {
  return { values: ALIASED_COUNT_MAX, characters: ALIASED_LENGTH_MAX };
}

/** The value of a document that was parsed with YAML_OPTIONS from `text`. */
export function readYamlDocument(document: Document | Document.Parsed, text: string, budget: AliasBudget = newAliasBudget()): YamlText {
  const error = document.errors[0];
  if (error !== undefined) return { ok: false, message: `yaml: line ${lineAt(text, error.pos[0])}: ${describeYamlError(error.message)}` };
  const reading: Reading = { text, anchors: new Map(), budget, aliasDepth: 0, duplicates: [], problem: undefined };
  const value = valueOf(reading, document.contents, 0);
  if (reading.problem !== undefined) return { ok: false, message: `yaml: ${reading.problem}` };
  return { ok: true, value, duplicates: reading.duplicates };
}

interface Reading {
  readonly text: string;
  /** Anchored nodes met so far; the latest of a name counts. */
  readonly anchors: Map<string, Node>;
  readonly budget: AliasBudget;
  aliasDepth: number;
  readonly duplicates: string[];
  problem: string | undefined;
}

/** The library's message as Kubernetes begins its own. */
export function describeYamlError(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^./, (letter) => letter.toLowerCase());
}

function valueOf(reading: Reading, node: unknown, depth: number): Json {
  if (reading.aliasDepth > 0) spend(reading.budget, node);
  if (reading.budget.values < 0 || reading.budget.characters < 0) reading.problem ??= 'document contains excessive aliasing';
  if (depth > YAML_DEPTH_MAX) reading.problem ??= `exceeded max depth of ${YAML_DEPTH_MAX}`;
  if (reading.problem !== undefined) return null;
  if (isAlias(node)) return aliasValue(reading, node, depth);
  if (isNode(node) && node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  if (isMap(node)) return mapValue(reading, node, depth);
  if (isSeq(node)) return node.items.map((item) => valueOf(reading, item, depth + 1));
  return isScalar(node) ? scalarValue(node) : null;
}

function spend(budget: AliasBudget, node: unknown): void {
  budget.values -= 1;
  if (isScalar(node)) budget.characters -= String(node.value).length;
}

function aliasValue(reading: Reading, alias: Alias, depth: number): Json {
  const target = reading.anchors.get(alias.source);
  if (target === undefined) reading.problem ??= `unknown anchor '${alias.source}' referenced`;
  if (target === undefined) return null;
  reading.aliasDepth += 1;
  const value = valueOf(reading, target, depth + 1);
  reading.aliasDepth -= 1;
  return value;
}

function mapValue(reading: Reading, map: YAMLMap, depth: number): Json {
  const own = new Map<string, Json>();
  const merged: Json[] = [];
  for (const pair of map.items) {
    const key = keyText(reading, pair.key);
    const value = valueOf(reading, pair.value, depth + 1);
    if (key === '<<' && isPlain(pair.key)) {
      merged.push(value);
      continue;
    }
    if (own.has(key)) reading.duplicates.push(`line ${lineOf(reading, pair.key)}: key ${JSON.stringify(key)} already set in map`);
    own.set(key, value);
  }
  // Keys that the map names itself win over merged ones, whichever comes first.
  return Object.fromEntries([...merged.flatMap(mergedEntries), ...own]);
}

/** What `<<` brings: a map, or a list of maps of which earlier ones win. */
function mergedEntries(source: Json): readonly (readonly [string, Json])[] {
  if (Array.isArray(source)) return (source as readonly Json[]).toReversed().flatMap(mergedEntries);
  return isJsonObject(source) ? Object.entries(source) : [];
}

function keyText(reading: Reading, node: unknown): string {
  if (!isScalar(node) && !isAlias(node)) reading.problem ??= 'invalid map key';
  const value = valueOf(reading, node, 0);
  return typeof value === 'string' ? value : String(value);
}

function isPlain(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN';
}

function lineOf(reading: Reading, node: unknown): number {
  const offset = isScalar(node) ? (node.range?.[0] ?? 0) : 0;
  return lineAt(reading.text, offset);
}

/** Lines count from 1. */
function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

const WORDS: Readonly<Record<string, boolean | null>> = {
  ...Object.fromEntries(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true])),
  ...Object.fromEntries(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false])),
  ...Object.fromEntries(['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null])),
};

const INTEGER = /^[-+]?(0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function scalarValue(scalar: Scalar): Json {
  const text = typeof scalar.value === 'string' ? scalar.value : String(scalar.value ?? '');
  const isString = scalar.tag === '!!str' || scalar.tag === 'tag:yaml.org,2002:str' || scalar.tag === '!';
  if (isString || (scalar.type !== 'PLAIN' && scalar.type !== undefined)) return text;
  return resolvePlainScalar(text);
}

/** What an unquoted scalar means. */
export function resolvePlainScalar(text: string): Json {
  if (Object.hasOwn(WORDS, text)) return WORDS[text] as boolean | null;
  const digits = text.replaceAll('_', '');
  if (INTEGER.test(digits)) return integerValue(digits);
  return FLOAT.test(digits) ? Number(digits) : text;
}

function integerValue(digits: string): number {
  const sign = digits.startsWith('-') ? -1 : 1;
  const magnitude = digits.replace(/^[-+]/, '');
  // An octal number is written 017 or 0o17.
  const text = /^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude;
  return sign * Number(text);
}

/** YAML with sorted keys, as a Kubernetes API server writes it (D2). */
export function writeYamlText(value: unknown): string {
  return stringify(value, { version: '1.1', sortMapEntries: compareKeys, indentSeq: false, aliasDuplicateObjects: false, lineWidth: 80 });
}

function compareKeys(a: { key: unknown }, b: { key: unknown }): number {
  const left = keyOfPair(a.key);
  const right = keyOfPair(b.key);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function keyOfPair(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}
