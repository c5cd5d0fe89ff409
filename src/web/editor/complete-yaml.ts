// What may be typed at a place in a manifest.

import { isNumberOrText, resolve, type Schema, type Schemas, schemaAt, schemaOfKind } from './schema.ts';
import type { YamlPlace } from './yaml-place.ts';

export interface Choice {
  readonly label: string;
  readonly type: string;
  readonly description: string | undefined;
  /** What is written. */
  readonly text: string;
  readonly isRequired: boolean;
}

/** A kind that the cluster serves. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

const HEAD = ['apiVersion', 'kind', 'metadata', 'spec'];

/** Choices at a place, what is required first. */
export function choicesAt(place: YamlPlace, schemas: Schemas | undefined, kinds: readonly ServedKind[]): readonly Choice[] {
  const { path, key, apiVersion, kind } = place;
  if (key !== undefined && path.length === 0 && (key === 'apiVersion' || key === 'kind')) return headValues(key, place, kinds);
  const root =
    schemas === undefined || apiVersion === undefined || kind === undefined ? undefined : schemaOfKind(schemas, apiVersion, kind);
  if (schemas === undefined || root === undefined)
    return path.length === 0 && key === undefined
      ? HEAD.filter((name) => !place.beside.has(name)).map((name) => plain(name, `${name}: `))
      : [];
  const schema = schemaAt(schemas, root, path);
  if (key === undefined) return schema === undefined ? [] : fieldChoices(place, schemas, schema);
  return valueChoices(schemaAt(schemas, root, [...path, key]));
}

function headValues(key: 'apiVersion' | 'kind', { apiVersion, kind }: YamlPlace, kinds: readonly ServedKind[]): readonly Choice[] {
  const fitting = kinds.filter((one) =>
    key === 'kind' ? apiVersion === undefined || one.apiVersion === apiVersion : kind === undefined || one.kind === kind,
  );
  const values = (fitting.length === 0 ? kinds : fitting).map((one) => one[key]);
  return [...new Set(values)].sort().map((value) => plain(value, value));
}

function fieldChoices({ beside, column, path }: YamlPlace, schemas: Schemas, schema: Schema): readonly Choice[] {
  const { properties = {}, required = [] } = schema;
  const names = Object.keys(properties).filter((name) => !beside.has(name) && !(path.length === 0 && name === 'status'));
  const choices = names.map((name) => {
    const field = resolve(schemas, properties[name]) ?? {};
    return {
      label: name,
      type: typeOf(field),
      description: field.description,
      text: `${name}:${restOf(field, ' '.repeat(column))}`,
      isRequired: required.includes(name),
    };
  });
  return choices.sort((one, other) => Number(other.isRequired) - Number(one.isRequired) || (one.label < other.label ? -1 : 1));
}

/** What follows a name, up to where its value is typed. */
function restOf({ type }: Schema, indent: string): string {
  if (type === 'array') return `\n${indent}  - `;
  return type === 'object' ? `\n${indent}  ` : ' ';
}

function valueChoices(schema: Schema | undefined): readonly Choice[] {
  const values = schema?.enum?.map(String) ?? (schema?.type === 'boolean' ? ['true', 'false'] : []);
  return values.map((value) => plain(value, value));
}

function plain(label: string, text: string): Choice {
  return { label, type: '', description: undefined, text, isRequired: false };
}

function typeOf(schema: Schema): string {
  return isNumberOrText(schema) ? 'int-or-string' : (schema.type ?? '');
}
