// Shows objects and lists in the negotiated form. Rules: D2, D5, D6, D8, N1-N4.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { apiVersionOf, type Kind } from '../../engine/kinds/kind.ts';
import { answerJsonText, answerStatus } from './answer.ts';
import { type EncodedObject, encodeList, encodeMetadataList, type ListMeta, metadataJson } from './encode.ts';
import { type Format, wrongMetadataForm } from './negotiate.ts';
import { encodeTable, parseIncludeObject, tableViewOf } from './table.ts';

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
export function answerObject(view: View, item: EncodedObject, options: { code?: number; warnings?: readonly string[] } = {}): Response {
  const { format } = view;
  // N4: a Status is neither a row nor an object with metadata.
  if (item.object.kind === 'Status' || isCollection(item.object)) return answerJsonText(item.json, { ...options, format });
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
function isCollection(object: KubeObject): boolean {
  return Array.isArray(object['items']);
}

/** Answers a list. */
export function answerList(
  view: View,
  items: readonly EncodedObject[],
  metadata: ListMeta,
  options: { warnings?: readonly string[] } = {},
): Response {
  const { format, kind } = view;
  switch (format.shape) {
    case 'object':
      return answerJsonText(encodeList(listOf(kind), items, metadata), { ...options, format });
    case 'metadata':
      return answerStatus(wrongMetadataForm('metadata', `*core.${kind.kind}List`), { format });
    case 'metadata-list':
      return answerJsonText(encodeMetadataList(items, metadata, format.shapeVersion), { ...options, format });
    case 'table':
      return answerTable(view, items, metadata, options);
  }
}

function listOf(kind: Kind): Parameters<typeof encodeList>[0] {
  return { kind: kind.kind, apiVersion: apiVersionOf(kind), isCustom: kind.structure !== undefined };
}

function answerTable(
  view: View,
  items: readonly EncodedObject[],
  metadata: object,
  options: { code?: number; warnings?: readonly string[] },
): Response {
  const { format, nowMs } = view;
  const include = parseIncludeObject(view.includeObject);
  if (!include.ok) return answerStatus(include.status, { format });
  const table = { view: tableViewOf(view.kind, view.subresource), version: format.shapeVersion, include: include.value, nowMs };
  return answerJsonText(encodeTable(items, metadata, table), { ...options, format });
}

/** The internal Go type that upstream names. */
function goTypeOf(object: KubeObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : 'core';
  return `*${group?.split('.')[0]}.${object.kind}`;
}
