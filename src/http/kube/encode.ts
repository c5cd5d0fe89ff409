// Objects and lists as JSON text, glued from the encodings that the store keeps: nothing is encoded twice. Rules: D5, D6, D8.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { apiVersionOf, type Kind, type Structure } from '../../engine/kinds/kind.ts';
import type { ListBody } from './list-body.ts';

/** An object and its JSON text, as the store keeps it. */
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

/** `metadata` of a list. */
export interface ListMeta {
  /** Absent where nothing is stored. */
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list (D8). Items carry neither kind nor apiVersion, as upstream writes them; those of custom resources carry both. */
export function listBody(
  { kind, apiVersion, isCustom }: { readonly kind: string; readonly apiVersion: string; readonly isCustom?: boolean },
  members: readonly EncodedObject[],
  metadata: ListMeta,
): ListBody<EncodedObject> {
  const prefix = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
  const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata });
  return { head, key: 'items', members, memberJson: (item) => (isCustom === true ? item.json : itemJson(item, prefix)) };
}

function itemJson(item: EncodedObject, prefix: string): string {
  if (item.json.startsWith(prefix)) return `{${item.json.slice(prefix.length)}`;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = item.object;
  return JSON.stringify(rest);
}

/** D6: one object reduced to its metadata. */
export function metadataJson(object: KubeObject, version: 'v1' | 'v1beta1'): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(object.metadata)}}`;
}

/** D6: a list reduced to metadata. */
export function metadataListBody(
  members: readonly EncodedObject[],
  metadata: ListMeta,
  version: 'v1' | 'v1beta1',
): ListBody<EncodedObject> {
  const head = JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata });
  return { head, key: 'items', members, memberJson: ({ object }) => metadataJson(object, version) };
}
