// The objects of a collection that is deleted as a whole (L10).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { ok, type Result } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { listObjects } from '../api.ts';
import { selectStored } from './list.ts';
import { parseSelection, selects, type SelectorTexts } from './selection.ts';

/** The objects that a deletion of many is about, the oldest first. Fails: BadRequest for a selector that cannot be read (G4, G5). */
export function selectForDeletion(
  state: ClusterState,
  kind: Kind,
  namespace: string | undefined,
  selectors: SelectorTexts,
): Result<readonly KubeObject[]> {
  const selection = parseSelection({ kind, namespace }, selectors);
  if (!selection.ok) return selection;
  const { exchange } = kind;
  if (exchange === undefined) return ok(selectStored(state, selection.value));
  // O15: what a webhook converts is selected by what the version of the request has.
  const shown = listObjects(state, kind, namespace).map((object) => exchange.shown(object));
  return ok(shown.filter((object) => selects(selection.value, object)));
}
