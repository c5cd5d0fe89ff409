// Writes src/engine/kinds/fields/table.ts from recorded OpenAPI v3 documents (names, types, required fields, list and patch merge keys; no prose) and from
// protobuf-fields.txt (numbers in protobuf messages, and what is a pointer or left out when it is empty).

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../test/recordings/openapi', import.meta.url).pathname;
const source = new URL('protobuf-fields.txt', import.meta.url);
const target = new URL('../src/engine/kinds/fields/table.ts', import.meta.url);

/** `io.k8s.api.core.v1.Pod` → `core.v1.Pod`; API machinery types keep a short name. */
function typeName(name) {
  return name
    .replace(/^io\.k8s\.api\./, '')
    .replace(/^io\.k8s\.apimachinery\.pkg\.apis\.meta\.v1\./, 'meta.v1.')
    .replace(/^io\.k8s\.apimachinery\.pkg\.api\.resource\./, 'resource.')
    .replace(/^io\.k8s\.apimachinery\.pkg\.util\.intstr\./, 'intstr.')
    .replace(/^io\.k8s\.apimachinery\.pkg\./, '')
    .replace(/^io\.k8s\.apiextensions-apiserver\.pkg\.apis\./, '')
    .replace(/^io\.k8s\.kube-aggregator\.pkg\.apis\./, 'aggregator.');
}

const SCALARS = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'int-or-string',
  'meta.v1.Time': 'time',
  'meta.v1.MicroTime': 'micro-time',
  'meta.v1.FieldsV1': 'any',
  'runtime.RawExtension': 'any',
};

function reference(schema) {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref === undefined ? undefined : typeName(ref.split('/').at(-1));
}

/** `string`, `int32`, `[]T`, `map:T`, or a type name. */
function typeOf(schema) {
  const name = reference(schema);
  if (name !== undefined) return SCALARS[name] ?? name;
  if (schema.type === 'array') return `[]${typeOf(schema.items)}`;
  if (schema.type === 'object') return schema.additionalProperties === undefined ? 'any' : `map:${typeOf(schema.additionalProperties)}`;
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'number') return 'double';
  if (schema.type === 'string') return schema.format === 'byte' ? 'bytes' : 'string';
  if (schema.type === 'boolean') return 'bool';
  return 'any';
}

function fieldOf(name, schema, required, mark) {
  const parts = [required.includes(name) ? `${name}!` : name, typeOf(schema)];
  if (mark !== undefined) parts.push(`#${mark}`);
  const strategy = schema['x-kubernetes-patch-strategy'];
  const key = schema['x-kubernetes-patch-merge-key'];
  const listType = schema['x-kubernetes-list-type'];
  const listKeys = schema['x-kubernetes-list-map-keys'];
  if (strategy !== undefined) parts.push(`p=${strategy}${key === undefined ? '' : `:${key}`}`);
  if (listType !== undefined) parts.push(`l=${listType}${listKeys === undefined ? '' : `:${listKeys.join('+')}`}`);
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined) parts.push(`m=${mapType}`);
  if (typeof schema.default === 'string' && schema.default !== '') parts.push(`d=${schema.default}`);
  const values = schema.enum ?? schema.items?.enum ?? schema.additionalProperties?.enum;
  if (values !== undefined) parts.push(`e=${values.map((value) => value.replaceAll(' ', '%20')).join('|')}`);
  return parts.join(' ');
}

/** By type, the mark of each field, with its type where no document has it: `spec` → `2e`. */
function readMarks() {
  const marks = new Map();
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    const [type, fields] = line.split(': ');
    if (line.startsWith('#') || fields === undefined) continue;
    marks.set(type, new Map(fields.split(', ').map((text) => [text.split(' ')[1], text.split(' ')])));
  }
  return marks;
}

const marks = readMarks();
const types = new Map();
for (const file of readdirSync(folder).sort()) {
  const recorded = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const document =
    recorded.components === undefined ? recorded.steps.find((step) => step.response?.body?.components).response.body : recorded;
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const short = typeName(name);
    // Lists are all alike and nothing asks for their fields.
    const isList = schema.properties?.items !== undefined && schema.properties.metadata !== undefined;
    if (SCALARS[short] !== undefined || schema.properties === undefined || isList) continue;
    const fields = Object.entries(schema.properties).map(([field, value]) =>
      fieldOf(field, value, schema.required ?? [], marks.get(short)?.get(field)?.[0]),
    );
    types.set(short, { mark: schema['x-kubernetes-map-type'] === 'atomic' ? ' atomic' : '', fields });
  }
}
for (const [name, fields] of marks) {
  if (types.has(name)) continue;
  types.set(name, { mark: '', fields: [...fields].map(([field, [mark, , type]]) => `${field} ${type} #${mark}`) });
}

const lines = [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { mark, fields }]) => `${name}${mark}=${fields.join(',')}`);
const text = `// Generated by scripts/generate-fields.mjs from recorded OpenAPI documents and protobuf messages of Kubernetes v1.33. Do not edit.
// One line a type: name [atomic]=field type [#number in protobuf, p: a pointer, e: left out when empty] [p=patch strategy:merge key] [l=list type:keys]
// [m=map type] [d=default] [e=values],... A field that is required ends in \`!\`.

export const FIELD_TABLE = \`
${lines.join('\n')}
\`;
`;

writeFileSync(target, text);
