// Objects and lists as JSON text, glued from the encodings that the store keeps: nothing is encoded twice. Rules: D5, D6, D8.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { apiVersionOf, type Kind } from '../../engine/kinds/kind.ts';

/** An object and its JSON text, as the store keeps it. */
export interface EncodedObject {
  readonly object: KubeObject;
  readonly json: string;
}

/** Encodes an object that does not come from the store. */
export function encodedObject(object: KubeObject): EncodedObject {
  return { object, json: JSON.stringify(object) };
}

/** An object in the version that was asked for. Versions of a custom resource differ in nothing but their names. */
export function inVersion(kind: Kind, item: EncodedObject): EncodedObject {
  const { conversion, structure } = kind;
  if ((conversion === undefined && structure === undefined) || item.object.kind !== kind.kind) return item;
  const apiVersion = apiVersionOf(kind);
  if (item.object.apiVersion === apiVersion) return item;
  return encodedObject(conversion === undefined ? { ...item.object, apiVersion } : conversion.fromStored(item.object));
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
