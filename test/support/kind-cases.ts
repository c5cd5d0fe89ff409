// What tests say of a kind as tables of text: the row of an object, what refuses it, what refuses a change of it.

import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { kindByGvk } from '../../src/engine/kinds/index.ts';
import { type Kind, resourceOf } from '../../src/engine/kinds/kind.ts';
import { createTestCluster } from './engine.ts';

/** An object called `x`, unless its fields say otherwise. */
export function objectOf(apiVersion: string, kind: string, fields: object = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: 'x' }, ...fields } as JsonObject;
}

function kindOf({ apiVersion, kind }: JsonObject): Kind {
  return kindByGvk(String(apiVersion), String(kind)) as Kind;
}

function nameOf(object: JsonObject): string {
  return (object as unknown as KubeObject).metadata.name;
}

function placeOf(kind: Kind): { readonly namespace?: string } {
  return kind.namespaced ? { namespace: 'default' } : {};
}

/** The object as it is stored. */
export function storedForm(body: JsonObject): KubeObject {
  return createTestCluster().create(body);
}

/** `Column=cell`, ages left out. */
export function rowOf(body: JsonObject): string {
  const cluster = createTestCluster();
  const made = cluster.create(body);
  const kind = kindOf(body);
  const cells = kind.cells(made, cluster.state.nowMs);
  return kind.columns.flatMap(({ name }, index) => (name === 'Age' ? [] : [`${name}=${String(cells[index])}`])).join(' ');
}

/** What the creation is refused with. */
export function refusalOf(body: JsonObject): string | undefined {
  const kind = kindOf(body);
  return createTestCluster().refusal({ verb: 'create', resource: resourceOf(kind), ...placeOf(kind), body, options: {} })?.message;
}

/** What an update with other fields is refused with; a subresource may be named. */
export function changeRefusal(body: JsonObject, change: object, subresource?: string): string | undefined {
  const cluster = createTestCluster();
  const made = cluster.create(body);
  const kind = kindOf(body);
  const next = { ...made, ...change } as unknown as JsonObject;
  return cluster.refusal({
    verb: 'update',
    resource: resourceOf(kind),
    ...placeOf(kind),
    name: nameOf(body),
    ...(subresource === undefined ? {} : { subresource }),
    body: next,
    options: {},
  })?.message;
}
