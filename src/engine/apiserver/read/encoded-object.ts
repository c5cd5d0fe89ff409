// Objects beside their JSON texts, as the store keeps them, so that nothing is encoded twice, and in the version that was asked for.
// Upstream: apiserver/pkg/endpoints/handlers/responsewriters, apiextensions-apiserver/pkg/apiserver/customresource_handler.go (v1.33). Rule: O14.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { apiVersionOf, type Kind, type Structure } from '../../kinds/kind.ts';

/** An object and its JSON text. */
export interface EncodedObject {
  readonly object: KubeObject;
  readonly json: string;
}

/** Encodes an object that does not come from the store. */
export function encodedObject(object: KubeObject): EncodedObject {
  return { object, json: JSON.stringify(object) };
}

/** O14: an object as the version that was asked for has it. */
export function inVersion(kind: Kind, item: EncodedObject): EncodedObject {
  const { conversion, structure } = kind;
  if (item.object.kind !== kind.kind) return item;
  // O15: what a webhook converts was converted before.
  if (structure?.webhook !== undefined) return item;
  if (structure !== undefined) return readOnce(kind, item, structure);
  return conversion === undefined || item.object.apiVersion === apiVersionOf(kind)
    ? item
    : encodedObject(conversion.fromStored(item.object));
}

/** What was made of stored objects, for as long as they and their kinds are there: a list is read again and again. */
const seen = new WeakMap<Kind, WeakMap<KubeObject, EncodedObject>>();

function readOnce(kind: Kind, item: EncodedObject, structure: Structure): EncodedObject {
  const ofKind = seen.get(kind) ?? new WeakMap<KubeObject, EncodedObject>();
  seen.set(kind, ofKind);
  const known = ofKind.get(item.object);
  if (known !== undefined) return known;
  const object = structure.fromStored(item.object);
  const made = object === item.object ? item : encodedObject(object);
  ofKind.set(item.object, made);
  return made;
}
