// Objects and lists as JSON text, glued from the encodings that the store keeps: nothing is encoded twice. Rules: D5, D6, D8.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { apiVersionOf, type Kind, type Structure } from '../../engine/kinds/kind.ts';

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

/** A list as JSON text (D8). Items carry neither kind nor apiVersion, as upstream writes them; those of custom resources carry both. */
export function encodeList(
  kind: { readonly kind: string; readonly apiVersion: string; readonly isCustom?: boolean },
  items: readonly EncodedObject[],
  metadata: ListMeta,
): string {
  const prefix = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},`;
  const texts = items.map((item) => (kind.isCustom === true ? item.json : itemJson(item, prefix))).join(',');
  return `{"kind":"${kind.kind}List","apiVersion":"${kind.apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${texts}]}`;
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
export function encodeMetadataList(items: readonly EncodedObject[], metadata: ListMeta, version: 'v1' | 'v1beta1'): string {
  const texts = items.map((item) => metadataJson(item.object, version)).join(',');
  const head = `"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)}`;
  return `{${head},"items":[${texts}]}`;
}
