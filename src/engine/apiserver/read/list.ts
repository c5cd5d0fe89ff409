// Reads the objects that a selection chooses, and the pages of a list. Rules: G2-G8, T2.
// Upstream: apiserver/pkg/registry/generic/registry/store.go, pkg/storage/etcd3/store.go, pkg/storage/continue.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { requiredFieldValue } from '../../apimachinery/fields.ts';
import { badRequest, expired, fail, ok, type Result } from '../../apimachinery/status.ts';
import { compareText } from '../../apimachinery/text.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, keysInNamespace, objectKey, type StoredObject, storedOf } from '../../kernel/store.ts';
import type { Kind } from '../../kinds/kind.ts';
import { compareObjects, keysByLabels } from '../api.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { type EncodedObject, encodedObject } from './encoded-object.ts';
import { type ListOptions, readRevision } from './list-options.ts';
import { type Projection, show } from './projection.ts';
import { isSelective, parseSelection, selectedName, type Selection, selects } from './selection.ts';

/** `metadata` of a list. */
export interface ListMeta {
  /** Absent where nothing is stored. */
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface ObjectList {
  readonly items: readonly EncodedObject[];
  readonly metadata: ListMeta;
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

/** G2-G7: a list. Fails: BadRequest, Expired, Timeout. */
export function list(
  state: ClusterState,
  kind: Kind,
  namespace: string | undefined,
  options: ListOptions,
  project: Projection,
): Result<ObjectList> {
  const plan = planList(state, kind, namespace, options);
  return plan.ok ? ok(pageOf(selected(state, plan.value.selection, project), plan.value)) : plan;
}

/** What a list is asked for. Fails: as `list`. */
export function planList(state: ClusterState, kind: Kind, namespace: string | undefined, options: ListOptions): Result<ListPlan> {
  const selection = parseSelection({ kind, namespace }, options);
  if (!selection.ok) return selection;
  const asked = readRevision(state, options.resourceVersion);
  if (!asked.ok) return asked;
  if (options.continue !== '' && asked.value !== undefined && asked.value !== 0) {
    return fail(badRequest('specifying resource version is not allowed when using continue'));
  }
  if (options.resourceVersionMatch === 'Exact' && asked.value !== state.revision)
    return fail(expired('The resourceVersion for the provided list is too old.'));
  const token = options.continue === '' ? undefined : decodeContinue(options.continue);
  if (token?.ok === false) return token;
  const isWhole = options.limit <= 0 || (asked.value === 0 && options.resourceVersionMatch === '' && token === undefined);
  return ok({
    selection: selection.value,
    revision: token?.value.revision ?? state.revision,
    after: token?.value.after,
    limit: isWhole ? undefined : options.limit,
  });
}

/** G6: at most `limit` items, and how to go on. Deviation: later pages show the present objects, because only the present state is kept. */
export function pageOf(items: readonly EncodedObject[], { after, limit, revision, selection }: ListPlan): ObjectList {
  const rest = after === undefined ? items : items.filter((item) => compareText(pageKey(item.object), after) > 0);
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { items: page, metadata: { resourceVersion: String(revision) } };
  return {
    items: page,
    metadata: {
      resourceVersion: String(revision),
      continue: encodeContinue({ revision, after: pageKey(last.object) }),
      ...(isSelective(selection) ? {} : { remainingItemCount: rest.length - page.length }),
    },
  };
}

/** Selected objects as readers see them, by namespace and name in byte order (G3). */
export function selected(state: ClusterState, selection: Selection, project: Projection): readonly EncodedObject[] {
  const { virtualObjects } = selection.kind;
  if (virtualObjects !== undefined) return virtualObjects.filter((object) => selects(selection, object)).map(encodedObject);
  return lookedAt(state, selection)
    .filter(({ object }) => selects(selection, object))
    .sort((a, b) => compareNames(a.object, b.object))
    .map(({ stored, object }) => show(state, selection.kind, stored, project, object));
}

/** Selected objects as they are stored, the oldest first. */
export function selectStored(state: ClusterState, selection: Selection): readonly KubeObject[] {
  const objects = lookedAt(state, selection).map(({ object }) => object);
  return objects.filter((object) => selects(selection, object)).sort(compareObjects);
}

/** The objects among which a selection is, as they are stored, by namespace and name: whose labels and fields are known when they have been converted (O15). */
export function storedObjects(state: ClusterState, { kind, resource, namespace, fields }: Selection): readonly EncodedObject[] {
  return lookedAt(state, { kind, resource, namespace, fields, labels: { requirements: [] } })
    .map(({ stored, object }) => ({ object, json: stored.json }))
    .sort((a, b) => compareNames(a.object, b.object));
}

interface LookedAt {
  readonly stored: StoredObject;
  readonly object: KubeObject;
}

/** Each is looked at once: one that is kept as JSON is parsed anew for everybody who asks. */
function lookedAt(state: ClusterState, selection: Selection): LookedAt[] {
  return candidates(state, selection).map((stored) => ({ stored, object: stored.object as KubeObject }));
}

/** The narrowest way to the objects: by name, by labels, by namespace, or all. */
function candidates(state: ClusterState, selection: Selection): StoredObject[] {
  const { resource, kind, namespace, fields } = selection;
  const name = selectedName(selection);
  const place = namespace ?? requiredFieldValue(fields, 'metadata.namespace');
  if (name !== undefined && (place !== undefined || !kind.namespaced)) {
    const stored = getStored(state, resource, objectKey(kind.namespaced ? place : undefined, name));
    return stored === undefined ? [] : [stored];
  }
  if (place === undefined || !kind.namespaced) return [...storedOf(state, resource).values()];
  const keys = keysByLabels(state, kind, place, selection.labels) ?? keysInNamespace(state, resource, place);
  return Array.from(keys, (key) => getStored(state, resource, key) as StoredObject);
}

function compareNames({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name);
}

/** Sorts like (namespace, name): no name holds a NUL. */
function pageKey(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}\0${object.metadata.name}`;
}
