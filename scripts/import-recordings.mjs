// Writes test/recordings/ from a folder of answers that were recorded on a real cluster: `node scripts/import-recordings.mjs <folder>`. What the tests
// compare is kept, as facts; descriptions and other prose are left out, and of OpenAPI documents all but schemas, paths and kinds.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The topics that tests replay. */
const TOPICS = ['apply', 'defaults', 'discovery', 'errors', 'gc', 'generation', 'kubelet', 'lists', 'patch', 'selectors', 'table', 'watch'];
const GVK = 'x-kubernetes-group-version-kind';

const source = process.argv[2];
if (source === undefined) {
  console.error('usage: node scripts/import-recordings.mjs <folder with recordings>');
  process.exit(1);
}
const target = fileURLToPath(new URL('../test/recordings', import.meta.url));
rmSync(target, { recursive: true, force: true });
for (const topic of TOPICS) importFolder(topic, (recorded) => caseText(recorded));
importFolder('openapi', (document) => documentText(document));

function importFolder(topic, textOf) {
  mkdirSync(join(target, topic), { recursive: true });
  for (const file of readdirSync(join(source, topic)).sort()) {
    const recorded = JSON.parse(readFileSync(join(source, topic, file), 'utf8'));
    writeFileSync(join(target, topic, file), textOf(recorded));
  }
}

/** One line a step, so that a changed recording can be read as a difference. */
function caseText({ case: name, topic, server, steps }) {
  const lines = steps.map((step) => JSON.stringify(withoutProse(step)));
  const head = JSON.stringify({ case: name, topic, server }).slice(1, -1);
  return `{${head},"steps":[\n${lines.join(',\n')}\n]}\n`;
}

/** Steps keep their places, because requests name answers by them. Descriptions of columns and objects go; what a request says stays. */
function withoutProse(step) {
  if (step.role === 'note') return { role: 'note' };
  return { ...step, ...(step.response === undefined ? {} : { response: without(step.response, 'description') }) };
}

function without(value, name) {
  if (Array.isArray(value)) return value.map((item) => without(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key === name ? [] : [[key, without(item, name)]])));
}

/** One line a schema and a path. */
function documentText({ components, paths }) {
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(structureOf(schema))}`,
  );
  const items = Object.entries(paths).map(([path, item]) => `${JSON.stringify(path)}:${JSON.stringify(operationsOf(item))}`);
  return `{"paths":{\n${items.join(',\n')}\n},"components":{"schemas":{\n${schemas.join(',\n')}\n}}}\n`;
}

/** A schema without prose; properties may be named like members of a schema. */
function structureOf(schema) {
  if (Array.isArray(schema)) return schema.map(structureOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([name]) => name !== 'description');
  return Object.fromEntries(members.map(([name, value]) => [name, name === 'properties' ? propertiesOf(value) : structureOf(value)]));
}

function propertiesOf(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, structureOf(schema)]));
}

function operationsOf(item) {
  const methods = Object.entries(item).filter(([, operation]) => !Array.isArray(operation) && typeof operation === 'object');
  return Object.fromEntries(methods.map(([method, operation]) => [method, operation[GVK] === undefined ? {} : { [GVK]: operation[GVK] }]));
}
