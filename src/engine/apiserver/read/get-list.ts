// Selection of objects by label and field selectors, for collections that are written as a whole (L10). Reads for clients are in http/kube.

import { matchesFields, parseFieldSelector, unsupportedField } from '../../apimachinery/fields.ts';
import { matchesSelector, parseSelector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, fail, ok, type Result } from '../../apimachinery/status.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { listObjects } from '../api.ts';

/** The objects a deletecollection is about. Fails: BadRequest for a malformed selector. */
export function selectForDeletion(
  state: ClusterState,
  kind: Kind,
  namespace: string | undefined,
  selectors: { readonly labelSelector?: string; readonly fieldSelector?: string },
): Result<readonly KubeObject[]> {
  const labels = parseSelector(selectors.labelSelector ?? '');
  if (!labels.ok) return fail(badRequest(labels.error));
  const fields = parseFieldSelector(selectors.fieldSelector ?? '');
  if (!fields.ok) return fail(badRequest(fields.error));
  const { exchange } = kind;
  const stored = listObjects(state, kind, namespace);
  const objects = exchange === undefined ? stored : stored.map((object) => exchange.shown(object));
  const first = objects[0];
  const known = first === undefined ? undefined : Object.keys(kind.selectableFields?.(first) ?? {});
  const unsupported = first === undefined ? undefined : unsupportedField(fields.value, known);
  if (unsupported !== undefined) return fail(badRequest(unsupported));
  return ok(
    objects.filter(
      (object) =>
        matchesSelector(labels.value, object.metadata.labels) && matchesFields(fields.value, object, kind.selectableFields?.(object)),
    ),
  );
}
