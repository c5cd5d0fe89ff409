// Objects and lists as JSON text, glued from the encodings that the store keeps: nothing is encoded twice. Rules: D5, D6, D8.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import type { EncodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import type { ListMeta } from '../../engine/apiserver/read/list.ts';
import type { ListBody } from './list-body.ts';

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
