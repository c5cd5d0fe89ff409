// Lays an applied configuration over a live object, and takes fields out of an object (K5).
// Upstream: sigs.k8s.io/structured-merge-diff/v4/typed/{merge,remove}.go (v1.33).

import { isJsonObject, type Json, type JsonObject } from '../meta.ts';
import type { FieldSet } from './field-set.ts';
import { elementOfItem, isDeduced, type Shape, shapeOfItem, shapeOfMember, shapeOfType, type TypeTable } from './shape.ts';

/** The live object with everything the configuration says. */
export function mergeConfig(table: TypeTable, type: string, live: JsonObject, config: JsonObject): JsonObject {
  return mergeValue(table, live, config, shapeOfType(table, type)) as JsonObject;
}

function mergeValue(table: TypeTable, live: Json | undefined, config: Json, shape: Shape): Json {
  switch (shape.form) {
    case 'leaf':
      return config;
    case 'struct':
    case 'map':
      return isJsonObject(config)
        ? mergeMembers(table, isJsonObject(live) ? live : {}, config, shape)
        : isDeduced(shape)
          ? config
          : (live ?? config);
    default:
      return Array.isArray(config)
        ? mergeItems(table, Array.isArray(live) ? (live as readonly Json[]) : [], config, shape)
        : (live ?? config);
  }
}

function mergeMembers(table: TypeTable, live: JsonObject, config: JsonObject, shape: Shape): Json {
  const merged: Record<string, Json> = { ...live };
  for (const [name, value] of Object.entries(config)) {
    const inner = shapeOfMember(table, shape, name);
    merged[name] = inner === undefined ? value : mergeValue(table, live[name], value, inner);
  }
  return merged;
}

/** Items of both sides: those of the configuration in its order, the others where they were. */
function mergeItems(table: TypeTable, live: readonly Json[], config: readonly Json[], shape: Shape): Json {
  const elementOf = (item: Json): string => elementOfItem(table, shape, item) ?? 'k:{}';
  const old = live.map((item) => ({ element: elementOf(item), item }));
  const given = config.map((item) => ({ element: elementOf(item), item }));
  const liveByElement = new Map(old.map(({ element, item }) => [element, item]));
  const configured = new Set(given.map(({ element }) => element));
  const inner = shapeOfItem(table, shape);
  const merged: Json[] = [];
  let left = 0;
  let right = 0;
  while (left < old.length || right < given.length) {
    const mine = old[left];
    const theirs = given[right];
    if (mine !== undefined && !configured.has(mine.element)) {
      merged.push(mine.item);
      left += 1;
    } else if (mine !== undefined && mine.element !== nextShared(given, right, liveByElement)) {
      // It is placed by the configuration, before or after this.
      left += 1;
    } else if (theirs !== undefined) {
      merged.push(mergeValue(table, liveByElement.get(theirs.element), theirs.item, inner));
      right += 1;
    }
  }
  return merged;
}

/** The next item of the configuration that is live too. */
function nextShared(given: readonly { readonly element: string }[], from: number, live: ReadonlyMap<string, Json>): string | undefined {
  for (let index = from; index < given.length; index += 1) {
    const element = given[index]?.element ?? '';
    if (live.has(element)) return element;
  }
  return undefined;
}

/** The object without the fields of the set; what is left empty goes too. */
export function removeFields(table: TypeTable, type: string, object: JsonObject, fields: FieldSet): JsonObject {
  return (removeFrom(table, object, fields, shapeOfType(table, type)) ?? {}) as JsonObject;
}

function removeFrom(table: TypeTable, value: Json, fields: FieldSet, shape: Shape): Json | undefined {
  if (fields.children.size === 0) return value;
  if ((shape.form === 'struct' || shape.form === 'map') && isJsonObject(value)) {
    const kept: Record<string, Json> = {};
    for (const [name, member] of Object.entries(value)) {
      const inner = shapeOfMember(table, shape, name);
      const left = inner === undefined ? member : removeChild(table, member, fields.children.get(`f:${name}`), inner);
      if (left !== undefined) kept[name] = left;
    }
    return Object.keys(kept).length === 0 ? undefined : kept;
  }
  if ((shape.form === 'set' || shape.form === 'keyed') && Array.isArray(value)) {
    const inner = shapeOfItem(table, shape);
    const kept = (value as readonly Json[]).flatMap((item) => {
      const left = removeChild(table, item, fields.children.get(elementOfItem(table, shape, item) ?? 'k:{}'), inner);
      return left === undefined ? [] : [left];
    });
    return kept.length === 0 ? undefined : kept;
  }
  return value;
}

function removeChild(table: TypeTable, value: Json, fields: FieldSet | undefined, shape: Shape): Json | undefined {
  if (fields === undefined) return value;
  return fields.isMember ? undefined : removeFrom(table, value, fields, shape);
}
