// Shows objects and lists in the negotiated form. Rules: D2, D5, D6, D8, N1-N4.

import type { Json, KubeObject } from '../../engine/apimachinery/meta.ts';
import type { EncodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import type { ListMeta } from '../../engine/apiserver/read/list.ts';
import { tableViewOf } from '../../engine/apiserver/read/table.ts';
import { apiVersionOf, type Kind } from '../../engine/kinds/kind.ts';
import { answerJsonText, answerListBody, answerStatus } from './answer.ts';
import { listBody, metadataJson, metadataListBody } from './encode.ts';
import type { ListBody } from './list-body.ts';
import { type Format, wrongMetadataForm } from './negotiate.ts';
import { parseIncludeObject, tableBody } from './table.ts';

/** What the answer is about: decides columns and names. */
export interface View {
  readonly kind: Kind;
  readonly subresource?: string;
  readonly format: Format;
  /** The query parameter of tables. */
  readonly includeObject: string | null;
  /** Virtual milliseconds; ages count up to it. */
  readonly nowMs: number;
}

/** Answers one object, or a Status. */
export function answerObject(
  view: View,
  item: EncodedObject,
  options: { code?: number; warnings?: readonly string[] } = {},
): Response | Promise<Response> {
  const { format } = view;
  if (isCollection(item.object)) return answerListBody(collectionBody(item.object), { ...options, format });
  // N4: a Status is neither a row nor an object with metadata.
  if (item.object.kind === 'Status') return answerJsonText(item.json, { ...options, format });
  switch (format.shape) {
    case 'object':
      return answerJsonText(item.json, { ...options, format });
    case 'metadata':
      return answerJsonText(metadataJson(item.object, format.shapeVersion), { ...options, format });
    case 'metadata-list':
      return answerStatus(wrongMetadataForm('metadata-list', goTypeOf(item.object)), { format });
    case 'table':
      return answerTable(view, [item], { resourceVersion: item.object.metadata.resourceVersion }, options);
  }
}

/** What a deletion of many answers: a list, in its plain form whatever was asked for. */
function isCollection(object: KubeObject): object is Collection {
  return object.kind.endsWith('List') && Array.isArray(object['items']);
}

type Collection = KubeObject & { readonly items: readonly Json[] };

function collectionBody({ items, ...head }: Collection): ListBody<Json> {
  return { head: JSON.stringify(head), key: 'items', members: items, memberJson: (item) => JSON.stringify(item) };
}

/** Answers a list. */
export async function answerList(
  view: View,
  items: readonly EncodedObject[],
  metadata: ListMeta,
  options: { warnings?: readonly string[] } = {},
): Promise<Response> {
  const { format, kind } = view;
  switch (format.shape) {
    case 'object':
      return answerListBody(listBody(listOf(kind), items, metadata), { ...options, format });
    case 'metadata':
      return answerStatus(wrongMetadataForm('metadata', `*core.${kind.kind}List`), { format });
    case 'metadata-list':
      return answerListBody(metadataListBody(items, metadata, format.shapeVersion), { ...options, format });
    case 'table':
      return answerTable(view, items, metadata, options);
  }
}

function listOf(kind: Kind): Parameters<typeof listBody>[0] {
  return { kind: kind.kind, apiVersion: apiVersionOf(kind), isCustom: kind.structure !== undefined };
}

function answerTable(
  view: View,
  items: readonly EncodedObject[],
  metadata: object,
  options: { code?: number; warnings?: readonly string[] },
): Response | Promise<Response> {
  const { format, nowMs } = view;
  const include = parseIncludeObject(view.includeObject);
  if (!include.ok) return answerStatus(include.status, { format });
  const table = { view: tableViewOf(view.kind, view.subresource), version: format.shapeVersion, include: include.value, nowMs };
  return answerListBody(tableBody(items, metadata, table), { ...options, format });
}

/** The internal Go type that upstream names. */
function goTypeOf(object: KubeObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : 'core';
  return `*${group?.split('.')[0]}.${object.kind}`;
}
