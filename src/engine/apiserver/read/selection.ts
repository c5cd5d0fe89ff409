// What a read is about: the objects of one kind, in one namespace or in all, that a label selector and a field selector choose. Lists, watches, deletions
// of collections and those who wait for a condition read selectors here, and nowhere else.
// Upstream: apimachinery/pkg/apis/meta/internalversion/types.go, apiserver/pkg/storage/selection_predicate.go (v1.33). Rules: G4, G5, H11, C1016.

import { type FieldSelector, matchesFields, parseFieldSelector, requiredFieldValue, unsupportedField } from '../../apimachinery/fields.ts';
import { isEverything, matchesSelector, parseSelector, type Selector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, fail, ok, type Result } from '../../apimachinery/status.ts';
import { type Kind, storedResourceOf } from '../../kinds/kind.ts';

/** The objects of one kind that somebody asks for. */
export interface Selection {
  readonly kind: Kind;
  /** Resource id under which the kind is stored. */
  readonly resource: string;
  /** Undefined for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly labels: Selector;
  readonly fields: FieldSelector;
}

/** Where the objects are; `name` is that of a single one. */
export interface SelectionTarget {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Selectors as texts; an absent one selects everything. */
export interface SelectorTexts {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What a read is about. Fails: BadRequest. */
export function parseSelection(target: SelectionTarget, { labelSelector = '', fieldSelector = '' }: SelectorTexts): Result<Selection> {
  const labels = parseLabels(labelSelector);
  if (!labels.ok) return labels;
  const fields = parseFields(target.kind, fieldSelector);
  return fields.ok ? ok(selectionOf(target, labels.value, fields.value)) : fields;
}

/** G4. Fails: BadRequest. */
export function parseLabels(text: string): Result<Selector> {
  const labels = parseSelector(text);
  return labels.ok ? ok(labels.value) : fail(badRequest(labels.error));
}

/** G5: a kind is selected by the fields that it offers. Fails: BadRequest. */
export function parseFields(kind: Kind, text: string): Result<FieldSelector> {
  const fields = parseFieldSelector(text);
  if (!fields.ok) return fail(badRequest(fields.error));
  const unsupported = unsupportedField(fields.value, selectableFieldsOf(kind));
  if (unsupported === undefined) return ok(fields.value);
  // Only core kinds, Jobs and custom resources word it by lists of their own.
  const hasOwnWords = kind.group === '' || kind.group === 'batch' || kind.structure !== undefined;
  return fail(badRequest(hasOwnWords ? unsupported : (unsupportedField(fields.value, undefined) ?? unsupported)));
}

/** The selection of selectors that have been read. */
export function selectionOf(target: SelectionTarget, labels: Selector, fields: FieldSelector): Selection {
  const { kind, namespace, name } = target;
  return {
    kind,
    resource: storedResourceOf(kind),
    namespace: kind.namespaced ? namespace : undefined,
    labels,
    // H11: a path that names an object selects it.
    fields: name === undefined ? fields : [...fields, { field: 'metadata.name', operator: '=', value: name }],
  };
}

/** Names of a kind's own selectable fields; undefined when it has none of its own (G5). */
function selectableFieldsOf(kind: Kind): readonly string[] | undefined {
  // The names do not depend on the object: an empty one gives them.
  const blank = { kind: kind.kind, apiVersion: '', metadata: {}, spec: {}, status: {}, involvedObject: {} } as unknown as KubeObject;
  const fields = kind.selectableFields?.(blank);
  if (fields === undefined) return kind.structure === undefined ? undefined : [];
  return Object.keys(fields);
}

/** Whether an object is selected. */
export function selects(selection: Selection, object: KubeObject): boolean {
  return (
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    matchesSelector(selection.labels, object.metadata.labels) &&
    (selection.fields.length === 0 || matchesFields(selection.fields, object, selection.kind.selectableFields?.(object)))
  );
}

/** Whether it takes every object of its resource. */
export function selectsAll(selection: Selection): boolean {
  return selection.namespace === undefined && !isSelective(selection);
}

/** Whether labels or fields are asked for. */
export function isSelective({ labels, fields }: Selection): boolean {
  return !isEverything(labels) || fields.length > 0;
}

/** The only name that it can select; undefined: any. */
export function selectedName({ fields }: Pick<Selection, 'fields'>): string | undefined {
  return requiredFieldValue(fields, 'metadata.name');
}

/** The same of a text, whatever it is about; one that cannot be read names nobody. */
export function nameInFields(text: string): string | undefined {
  const fields = parseFieldSelector(text);
  return fields.ok ? selectedName({ fields: fields.value }) : undefined;
}
