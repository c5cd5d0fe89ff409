// Variants of a scenario: its file with other values at some paths, as a matrix or a search asks for them.

import { isJsonObject, type Json, type JsonObject } from '../engine/apimachinery/meta.ts';

export interface Variant {
  /** `seed=2, images.shop/api.startup=45s`. */
  readonly name: string;
  readonly source: JsonObject;
}

/** Every combination of the matrix; the file itself where there is none, also where it is no scenario at all. */
export function variantsOf(source: JsonObject): readonly Variant[] {
  if (!isJsonObject(source)) return [{ name: '', source }];
  const { matrix, ...rest } = source;
  if (!isJsonObject(matrix as Json)) return [{ name: '', source }];
  let found: Variant[] = [{ name: '', source: rest }];
  for (const [path, values] of Object.entries(matrix as JsonObject)) {
    if (!Array.isArray(values)) continue;
    found = found.flatMap((variant) =>
      values.map((value) => ({
        name: `${variant.name}${variant.name === '' ? '' : ', '}${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        source: withValueAt(variant.source, path, value),
      })),
    );
  }
  return found;
}

/** The source with a value at a path. `seed` and the like mean those of the cluster; keys may hold dots and slashes where they are there. */
export function withValueAt(source: JsonObject, path: string, value: Json): JsonObject {
  const full = SHORT.has(path.split('.')[0] ?? '') ? `cluster.${path}` : path;
  return setIn(source, full, value) as JsonObject;
}

/** Members of the cluster that go by their own names. */
const SHORT: ReadonlySet<string> = new Set(['seed', 'timing', 'nodes', 'startTime']);

function setIn(target: Json | undefined, path: string, value: Json): Json {
  if (path === '') return value;
  if (Array.isArray(target)) {
    const [, index = '', rest = ''] = /^\[?(\d+)\]?\.?(.*)$/s.exec(path) ?? [];
    if (index === '') return target;
    return target.map((item, at) => (at === Number(index) ? setIn(item, rest, value) : item));
  }
  const members = isJsonObject(target ?? null) ? (target as JsonObject) : {};
  // The longest key that is there is meant: images have dots in their names.
  const known = Object.keys(members)
    .filter((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`))
    .sort((a, b) => b.length - a.length)[0];
  const key = known ?? (path.split('.')[0] as string);
  return { ...members, [key]: setIn(members[key], path.slice(key.length).replace(/^\./, ''), value) };
}
