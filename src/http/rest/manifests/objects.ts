// The objects in a document: one, the items of a List, or the items of an array.

import { isJsonObject, type Json, type JsonObject } from '../../../engine/apimachinery/meta.ts';

/** One object of the manifests. */
export interface ManifestObject {
  readonly value: JsonObject;
  /** Index of its document. */
  readonly document: number;
  /** Field path of the object inside the document; empty when it is the document. */
  readonly path: string;
}

interface Receiver {
  take(object: JsonObject, path: string): void;
  refuse(path: string, message: string): void;
}

/** Hands over the objects of a document's value. An empty document has none. */
export function collectObjects(value: Json, receiver: Receiver, path = ''): void {
  if (value === null && path === '') return;
  if (Array.isArray(value)) return collectItems(value, receiver, path);
  if (!isJsonObject(value)) return receiver.refuse(path, `must be an object, not ${JSON.stringify(value).slice(0, 60)}`);
  if (isList(value)) return collectItems(value['items'] as Json[], receiver, path === '' ? 'items' : `${path}.items`);
  receiver.take(value, path);
}

function collectItems(items: readonly Json[], receiver: Receiver, path: string): void {
  items.forEach((item, index) => {
    collectObjects(item, receiver, `${path}[${index}]`);
  });
}

/** `kind: List`, and lists of one kind as servers answer them. */
function isList(value: JsonObject): boolean {
  const kind = value['kind'];
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(value['items']);
}
