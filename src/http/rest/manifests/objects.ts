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

export interface Found {
  readonly objects: ManifestObject[];
  /** What is no object: field path and message. */
  readonly mistakes: { readonly document: number; readonly path: string; readonly message: string }[];
}

/** Adds the objects of a document's value. Empty documents have none. */
export function collectObjects(found: Found, document: number, value: Json, path = ''): void {
  if (value === null) {
    if (path !== '') found.mistakes.push({ document, path, message: 'must be an object, not null' });
    return;
  }
  if (Array.isArray(value)) return collectItems(found, document, value, path);
  if (!isJsonObject(value)) {
    found.mistakes.push({ document, path, message: `must be an object, not ${JSON.stringify(value).slice(0, 40)}` });
  } else if (isList(value)) {
    collectItems(found, document, value['items'] as Json[], path === '' ? 'items' : `${path}.items`);
  } else {
    found.objects.push({ value, document, path });
  }
}

function collectItems(found: Found, document: number, items: readonly Json[], path: string): void {
  items.forEach((item, index) => collectObjects(found, document, item, `${path}[${index}]`));
}

/** `kind: List`, and lists of one kind as servers answer them. */
function isList(value: JsonObject): boolean {
  const kind = value['kind'];
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(value['items']);
}
