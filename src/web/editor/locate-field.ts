// Where a field that a cluster names stands in a manifest: `spec.containers[0].image`, `metadata.labels[app]`.

import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

export interface FieldPlace {
  readonly from: number;
  readonly to: number;
}

/** The place of the field, or of the nearest thing around it; undefined when nothing of it is there. */
export function locateField(text: string, field: string): FieldPlace | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  let node = document.contents as Node | null;
  let place: FieldPlace | undefined;
  for (const step of stepsOf(field)) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step) : undefined;
    const next =
      pair === undefined ? (isSeq(node) ? (node.items[Number(step)] as Node | undefined) : undefined) : (pair.value as Node | null);
    const at = pair === undefined ? firstOf(next) : (pair.key as Node);
    const range = at?.range ?? undefined;
    if (next === undefined || range === undefined) return place;
    place = { from: range[0], to: range[1] };
    node = next;
  }
  return place;
}

/** An item is shown where its first field is, not over all its lines. */
function firstOf(node: Node | null | undefined): Node | undefined {
  return isMap(node) ? ((node.items[0]?.key as Node | undefined) ?? node) : (node ?? undefined);
}

function stepsOf(field: string): readonly string[] {
  return (field.match(/\[[^\]]*\]|[^.[\]]+/g) ?? []).map((step) => step.replaceAll(/^\[|\]$/g, ''));
}
