// The members of a JSON object by their paths, and the object without one of them or with another value there.

import { cloneJson, isJsonObject, type Json, type JsonObject } from '../../src/engine/apimachinery/meta.ts';

/** Names of members and indices of lists. */
export type Path = readonly (string | number)[];

/** Every member, and every item of a list, at any depth; those around come before what is in them. */
export function pathsOf(value: Json, path: Path = []): readonly Path[] {
  const own = path.length === 0 ? [] : [path];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item: Json, index) => pathsOf(item, [...path, index]))];
  if (!isJsonObject(value)) return own;
  return [...own, ...Object.entries(value).flatMap(([name, item]) => pathsOf(item, [...path, name]))];
}

/** The value at a path that is there. */
export function valueAt(object: JsonObject, path: Path): Json {
  return path.reduce<Json>((inner, step) => (inner as Record<string, Json>)[step] as Json, object);
}

/** A copy with another value at a path whose parent is there; undefined takes the member away. */
export function changed(object: JsonObject, path: Path, value: Json | undefined): JsonObject {
  const copy = cloneJson(object) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], copy);
  const last = path.at(-1) as string | number;
  if (value !== undefined) (parent as Record<string, unknown>)[last] = value;
  else if (Array.isArray(parent)) parent.splice(last as number, 1);
  else delete (parent as Record<string, unknown>)[last];
  return copy as JsonObject;
}

/** A path as errors of fields write it: `spec.containers[0].name`. */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
