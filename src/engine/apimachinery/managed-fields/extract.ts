// The set of fields that an applied configuration names, and what is wrong with it (K4, K9).
// Upstream: sigs.k8s.io/structured-merge-diff/v4/typed/{tofieldset,validate}.go (v1.33).
// Omits the errors for scalars of a wrong type: decoding the merged object finds them.

import { isJsonObject, type Json } from '../meta.ts';
import { type FieldPath, type FieldSet, type FieldSetBuilder, insertPath, newBuilder, pathText } from './field-set.ts';
import { elementOfItem, isDeduced, isUndeclared, type Shape, shapeOfItem, shapeOfMember, shapeOfType, type TypeTable } from './shape.ts';

/** The fields of a configuration: its leaves, and every item of a list. */
export function fieldsOfConfig(table: TypeTable, type: string, config: Json): FieldSet {
  const set = newBuilder();
  extract(table, set, config, shapeOfType(table, type), []);
  return set;
}

function extract(table: TypeTable, set: FieldSetBuilder, value: Json, shape: Shape, path: FieldPath): void {
  switch (shape.form) {
    case 'leaf':
      insertPath(set, path);
      return;
    case 'struct':
    case 'map':
      if (isJsonObject(value)) extractMembers(table, set, value, shape, path);
      else if (isDeduced(shape)) insertPath(set, path);
      return;
    case 'set':
    case 'keyed':
      if (!Array.isArray(value)) return;
      for (const item of value as readonly Json[]) {
        const at = [...path, elementOfItem(table, shape, item) ?? 'k:{}'];
        extract(table, set, item, shapeOfItem(table, shape), at);
        insertPath(set, at);
      }
  }
}

function extractMembers(
  table: TypeTable,
  set: FieldSetBuilder,
  value: Readonly<Record<string, Json>>,
  shape: Shape,
  path: FieldPath,
): void {
  for (const [name, member] of Object.entries(value)) {
    const inner = shapeOfMember(table, shape, name);
    if (inner === undefined) continue;
    const at = [...path, `f:${name}`];
    extract(table, set, member, inner, at);
    const isEmpty = member === null || (isJsonObject(member) && Object.keys(member).length === 0);
    if (isEmpty || isUndeclared(shape, name)) insertPath(set, at);
  }
}

/** What is wrong with a configuration, in upstream's words; empty when nothing is. */
export function configProblems(table: TypeTable, type: string, config: Json): readonly string[] {
  const problems: string[] = [];
  check(table, problems, config, shapeOfType(table, type), []);
  return problems;
}

function check(table: TypeTable, problems: string[], value: Json, shape: Shape, path: FieldPath): void {
  if (shape.form === 'struct' && isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const at = [...path, `f:${name}`];
      const inner = shapeOfMember(table, shape, name);
      if (inner === undefined) problems.push(`${pathText(at)}: field not declared in schema`);
      else check(table, problems, member, inner, at);
    }
  }
  if ((shape.form === 'keyed' || shape.form === 'set') && Array.isArray(value)) checkItems(table, problems, value, shape, path);
}

function checkItems(table: TypeTable, problems: string[], items: readonly Json[], shape: Shape, path: FieldPath): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const element = elementOfItem(table, shape, item);
    if (element === undefined) {
      const missing = shape.form === 'keyed' ? shape.keys.find((key) => !isJsonObject(item) || item[key] === undefined) : undefined;
      const text = `associative list with keys has an element that omits key field ${JSON.stringify(missing ?? '')} (and doesn't have default value)`;
      problems.push(`${pathText(path)}: element ${index}: ${text}`);
      return;
    }
    if (seen.has(element)) problems.push(`${pathText(path)}: duplicate entries for key ${pathText([element])}`);
    seen.add(element);
    check(table, problems, item, shapeOfItem(table, shape), [...path, element]);
  });
}
