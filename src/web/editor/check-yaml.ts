// What is wrong with manifests while they are written: how they are written, and what the schemas of the cluster know of them.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';
import { fieldOf, isNumberOrText, isOpen, resolve, type Schema, type Schemas, schemaOfKind } from './schema.ts';

export type ProblemKind =
  | { readonly kind: 'syntax'; readonly message: string }
  | { readonly kind: 'unknown-kind'; readonly name: string; readonly apiVersion: string }
  | { readonly kind: 'unknown-field'; readonly name: string; readonly nearest: string | undefined }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'type'; readonly wanted: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export type YamlProblem = ProblemKind & {
  /** Where, in characters. */
  readonly from: number;
  readonly to: number;
};

/** Schemas of an apiVersion: undefined when they are not known yet, null when the cluster does not serve it. */
export type SchemaLookup = (apiVersion: string) => Schemas | null | undefined;

/** All problems, in their order. */
export function checkYaml(text: string, lookup: SchemaLookup): readonly YamlProblem[] {
  return documentsOf(text).flatMap((document) => {
    const problems: YamlProblem[] = document.errors.map(({ message, pos: [from, to] }) => ({ kind: 'syntax', message, from, to }));
    if (problems.length === 0 && isMap(document.contents)) checkObject(document, document.contents, lookup, problems);
    return problems.sort((one, other) => one.from - other.from);
  });
}

/** The apiVersions that are named. */
export function apiVersionsOf(text: string): readonly string[] {
  const named = documentsOf(text).map(({ contents }) => (isMap(contents) ? contents.get('apiVersion') : undefined));
  return [...new Set(named.filter((one) => typeof one === 'string'))];
}

function documentsOf(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { prettyErrors: false });
  return 'empty' in documents ? [] : documents;
}

function checkObject(document: Document, object: YAMLMap, lookup: SchemaLookup, problems: YamlProblem[]): void {
  const [apiVersion, kind] = [object.get('apiVersion'), object.get('kind')];
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    for (const name of ['apiVersion', 'kind']) if (!object.has(name)) problems.push({ kind: 'missing', name, ...firstKey(object) });
    return;
  }
  const schemas = lookup(apiVersion);
  // A list of objects is one of each.
  if (schemas === undefined || kind === 'List') return;
  const schema = schemas === null ? undefined : schemaOfKind(schemas, apiVersion, kind);
  if (schema === undefined || schemas === null) {
    const value = object.get(schemas === null ? 'apiVersion' : 'kind', true) as Node;
    problems.push({ kind: 'unknown-kind', name: kind, apiVersion, ...placeOf(value) });
    return;
  }
  checkNode({ document, schemas, problems }, object, schema, firstKey(object));
}

interface Checked {
  readonly document: Document;
  readonly schemas: Schemas;
  readonly problems: YamlProblem[];
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** `at` is where to say what is missing. */
function checkNode(checked: Checked, node: Node | null, given: Schema | undefined, at: Place): void {
  const { schemas, problems, document } = checked;
  const schema = resolve(schemas, given);
  if (node === null || schema === undefined) return;
  if (isAlias(node)) return checkNode(checked, node.resolve(document) ?? null, schema, at);
  // Nothing is what is not there.
  if (isScalar(node) && node.value === null) return;
  if (schema.type === 'object') {
    if (isMap(node)) checkFields(checked, node, schema, at);
    else problems.push({ kind: 'type', wanted: 'object', ...placeOf(node) });
  } else if (schema.type === 'array') {
    if (!isSeq(node)) problems.push({ kind: 'type', wanted: 'array', ...placeOf(node) });
    else
      for (const item of node.items) checkNode(checked, item as Node, schema.items, isMap(item) ? firstKey(item) : placeOf(item as Node));
  } else if (schema.type !== undefined) checkScalar(node, schema, problems);
}

function checkFields(checked: Checked, node: YAMLMap, schema: Schema, at: Place): void {
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key) || name === '<<') continue;
    const field = fieldOf(schema, name);
    if (field !== undefined) checkNode(checked, value, field, placeOf(key));
    else if (!isOpen(schema))
      checked.problems.push({
        kind: 'unknown-field',
        name,
        nearest: nearestOf(name, Object.keys(schema.properties ?? {})),
        ...placeOf(key),
      });
  }
  // An alias that is merged may have them.
  if (node.has('<<')) return;
  for (const name of schema.required ?? []) if (!node.has(name)) checked.problems.push({ kind: 'missing', name, ...at });
}

function checkScalar(node: Node, schema: Schema, problems: YamlProblem[]): void {
  const value: unknown = isScalar(node) ? node.value : undefined;
  const fits = isNumberOrText(schema) ? typeof value === 'string' || typeof value === 'number' : TYPES[schema.type ?? '']?.(value);
  if (fits === false)
    problems.push({ kind: 'type', wanted: isNumberOrText(schema) ? 'int-or-string' : (schema.type ?? ''), ...placeOf(node) });
  else if (schema.enum !== undefined && !schema.enum.includes(value))
    problems.push({ kind: 'choice', choices: schema.enum.map(String), ...placeOf(node) });
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
};

function placeOf(node: Node): Place {
  const [from = 0, to = from] = node.range ?? [];
  return { from, to };
}

function firstKey(map: YAMLMap): Place {
  const key = map.items[0]?.key as Node | undefined;
  return placeOf(key ?? map);
}

/** The name that was meant, when it is one or two letters away. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  const close = names.map((one) => ({ one, steps: distance(name.toLowerCase(), one.toLowerCase()) })).filter(({ steps }) => steps <= 2);
  return close.sort((first, second) => first.steps - second.steps || (first.one < second.one ? -1 : 1))[0]?.one;
}

/** Letters to add, drop or change (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let place = 0; place < to.length; place += 1)
      next.push(Math.min((next[place] ?? 0) + 1, (row[place + 1] ?? 0) + 1, (row[place] ?? 0) + (from[index] === to[place] ? 0 : 1)));
    row = next;
  }
  return row[to.length] ?? 0;
}
