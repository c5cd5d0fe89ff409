// Reads of one object and of lists, from the live state. Rules: G1-G8, M1, M2, T2; heartbeats of nodes are filled in on reading (K801, K802).
// Upstream: apiserver/pkg/registry/generic/registry/store.go, pkg/storage/continue.go (v1.33).

import { compareText } from '../../engine/apimachinery/text.ts';
import { type FieldSelector, parseFieldSelector, requiredFieldValue, unsupportedField } from '../../engine/apimachinery/fields.ts';
import { parseSelector } from '../../engine/apimachinery/labels.ts';
import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, expired, fail, failure, notFound, ok, type Result, resourceNotFound } from '../../engine/apimachinery/status.ts';
import { readScale, scaleNotFound } from '../../engine/apiserver/subresources.ts';
import { projectObject } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { getStored, keysInNamespace, objectKey, type StoredObject, storedOf } from '../../engine/kernel/store.ts';
import { type Kind, storedResourceOf } from '../../engine/kinds/kind.ts';
import { type Selection, selects } from '../watch/selection.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { type EncodedObject, encodedObject, inVersion, type ListMeta } from './encode.ts';
import { type ListQuery, parseRevision } from './query.ts';

export interface ObjectQuery {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly subresource?: string | undefined;
  readonly resourceVersion: string;
}

/** G1: one object, or its scale. Fails: NotFound, BadRequest. */
export function readObject(
  state: ClusterState,
  { kind, namespace, name, subresource, resourceVersion }: ObjectQuery,
): Result<EncodedObject> {
  const revision = checkRevision(state, resourceVersion);
  if (!revision.ok) return revision;
  const virtual = kind.virtualObjects?.find((object) => object.metadata.name === name);
  if (virtual !== undefined) return ok(encodedObject(virtual));
  const stored = getStored(state, storedResourceOf(kind), objectKey(kind.namespaced ? namespace : undefined, name));
  if (stored === undefined) return fail(subresource === 'scale' ? scaleNotFound(kind, name) : notFound(kind, name));
  const item = project(state, kind, stored);
  if (subresource !== 'scale') return ok(item);
  const scale = readScale(kind, item.object);
  return scale === undefined ? fail(resourceNotFound()) : ok(encodedObject(scale));
}

/** What a list or a watch is about. Fails: BadRequest (G4, G5). */
export function parseSelection(
  target: { readonly kind: Kind; readonly namespace?: string | undefined; readonly name?: string | undefined },
  query: { readonly labelSelector: string; readonly fieldSelector: string },
): Result<Selection> {
  const { kind, namespace, name } = target;
  const labels = parseSelector(query.labelSelector);
  if (!labels.ok) return fail(badRequest(labels.error));
  const fields = parseFieldSelector(query.fieldSelector);
  if (!fields.ok) return fail(badRequest(fields.error));
  const unsupported = unsupportedField(fields.value, selectableFieldsOf(kind));
  // G5: only core kinds, Jobs and custom resources word it by lists of their own.
  const hasOwnWords = kind.group === '' || kind.group === 'batch' || kind.structure !== undefined;
  if (unsupported !== undefined)
    return fail(badRequest(hasOwnWords ? unsupported : (unsupportedField(fields.value, undefined) ?? unsupported)));
  // H11: the old watch path names its object in the path.
  const named: FieldSelector =
    name === undefined ? fields.value : [...fields.value, { field: 'metadata.name', operator: '=', value: name }];
  return ok({
    kind,
    resource: storedResourceOf(kind),
    namespace: kind.namespaced ? namespace : undefined,
    labels: labels.value,
    fields: named,
  });
}

/** Names of a kind's own selectable fields; undefined when it has none of its own (G5). */
function selectableFieldsOf(kind: Kind): readonly string[] | undefined {
  // The names do not depend on the object: an empty one gives them.
  const blank = { kind: kind.kind, apiVersion: '', metadata: {}, spec: {}, status: {}, involvedObject: {} } as unknown as KubeObject;
  const fields = kind.selectableFields?.(blank);
  if (fields === undefined) return kind.structure === undefined ? undefined : [];
  return Object.keys(fields);
}

/** Selected objects by namespace and name in byte order (G3). */
export function selectedObjects(state: ClusterState, selection: Selection): readonly EncodedObject[] {
  const { virtualObjects } = selection.kind;
  if (virtualObjects !== undefined) return virtualObjects.filter((object) => selects(selection, object)).map(encodedObject);
  // Each is looked at once: one that is kept as JSON is parsed anew for everybody who asks.
  const found = candidates(state, selection).map((stored) => ({ stored, object: objectOf(stored) }));
  return found
    .filter(({ object }) => selects(selection, object))
    .sort((a, b) => compareNames(a.object, b.object))
    .map(({ stored, object }) => project(state, selection.kind, stored, object));
}

/** The objects among which a selection is, as they are stored, in the same order. */
export function storedObjects(state: ClusterState, selection: Selection): readonly EncodedObject[] {
  return candidates(state, selection)
    .map((stored) => ({ object: objectOf(stored), json: stored.json }))
    .sort((a, b) => compareNames(a.object, b.object));
}

/** The narrowest way to the objects: by name, by namespace, or all. */
function candidates(state: ClusterState, { resource, kind, namespace, fields }: Selection): StoredObject[] {
  const name = requiredFieldValue(fields, 'metadata.name');
  const place = namespace ?? requiredFieldValue(fields, 'metadata.namespace');
  if (name !== undefined && (place !== undefined || !kind.namespaced)) {
    const stored = getStored(state, resource, objectKey(kind.namespaced ? place : undefined, name));
    return stored === undefined ? [] : [stored];
  }
  if (place === undefined || !kind.namespaced) return [...storedOf(state, resource).values()];
  return Array.from(keysInNamespace(state, resource, place), (key) => getStored(state, resource, key) as StoredObject);
}

export interface ObjectList {
  readonly items: readonly EncodedObject[];
  readonly metadata: ListMeta;
}

/** G2-G7. Fails: BadRequest, Expired, Timeout. */
export function listObjects(state: ClusterState, kind: Kind, namespace: string | undefined, query: ListQuery): Result<ObjectList> {
  const plan = planList(state, kind, namespace, query);
  return plan.ok ? ok(pageOf(selectedObjects(state, plan.value.selection), plan.value)) : plan;
}

/** Which objects are listed, and which page of them. */
export interface ListPlan {
  readonly selection: Selection;
  readonly revision: number;
  /** Key of the last object of the page before. */
  readonly after: string | undefined;
  /** Undefined: no more than one page. */
  readonly limit: number | undefined;
}

/** Reads what a list is asked for. Fails: as `listObjects`. */
export function planList(state: ClusterState, kind: Kind, namespace: string | undefined, query: ListQuery): Result<ListPlan> {
  const selection = parseSelection({ kind, namespace }, query);
  if (!selection.ok) return selection;
  const asked = checkRevision(state, query.resourceVersion);
  if (!asked.ok) return asked;
  if (query.continue !== '' && asked.value !== undefined && asked.value !== 0) {
    return fail(badRequest('specifying resource version is not allowed when using continue'));
  }
  if (query.resourceVersionMatch === 'Exact' && asked.value !== state.revision)
    return fail(expired('The resourceVersion for the provided list is too old.'));
  const token = query.continue === '' ? undefined : decodeContinue(query.continue);
  if (token?.ok === false) return token;
  const isWhole = query.limit <= 0 || (asked.value === 0 && query.resourceVersionMatch === '' && token === undefined);
  return ok({
    selection: selection.value,
    revision: token?.value.revision ?? state.revision,
    after: token?.value.after,
    limit: isWhole ? undefined : query.limit,
  });
}

/** G6: at most `limit` items, and how to go on. Deviation: later pages show the present objects, because only the present state is kept. */
export function pageOf(items: readonly EncodedObject[], { after, limit, revision, selection }: ListPlan): ObjectList {
  const rest = after === undefined ? items : items.filter((item) => compareText(pageKey(item.object), after) > 0);
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { items: page, metadata: { resourceVersion: String(revision) } };
  const hasSelectors = selection.fields.length > 0 || selection.labels.requirements.length > 0;
  return {
    items: page,
    metadata: {
      resourceVersion: String(revision),
      continue: encodeContinue({ revision, after: pageKey(last.object) }),
      ...(hasSelectors ? {} : { remainingItemCount: rest.length - page.length }),
    },
  };
}

/** G7: a revision that does not exist yet. */
function checkRevision(state: ClusterState, text: string): Result<number | undefined> {
  const revision = parseRevision(text, false);
  if (!revision.ok || revision.value === undefined || revision.value <= state.revision) return revision;
  const message = `Too large resource version: ${revision.value}, current: ${state.revision}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return fail(failure(504, 'Timeout', `Timeout: ${message}`, { causes, retryAfterSeconds: 1 }));
}

/** The object as readers of that kind see it, in its version. */
function project(state: ClusterState, kind: Kind, stored: StoredObject, object = objectOf(stored)): EncodedObject {
  const projected = projectObject(state, storedResourceOf(kind), object);
  return inVersion(kind, projected === object ? { object, json: stored.json } : encodedObject(projected));
}

function objectOf(stored: StoredObject): KubeObject {
  return stored.object as KubeObject;
}

function compareNames({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name);
}

/** Sorts like (namespace, name): no name holds a NUL. */
function pageKey(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}\0${object.metadata.name}`;
}
