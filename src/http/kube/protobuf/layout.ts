// The table of types (kinds/fields) as decoder and encoder of protobuf read it: which field or inlined struct has which number, and the message of a kind (D4).

import { type Field, fieldsOf } from '../../../engine/kinds/fields/index.ts';

/** `core.v1.Pod`, `apps.v1.ReplicaSet`: the group up to its first dot (D4.3). */
export function messageName(apiVersion: string, kind: string): string | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `${group?.split('.')[0]}.${version}.${kind}`;
  // Options such as DeleteOptions exist in every group.
  return [name, `aggregator.${name}`, `meta.v1.${kind}`].find((type) => layoutOf(type).size > 0);
}

/** Whether upstream has such a kind, as far as the table of types knows. */
export function isKnownMessage(apiVersion: string, kind: string): boolean {
  const name = messageName(apiVersion, kind);
  return name !== undefined && !name.startsWith('meta.v1.');
}

/** What has a number in a message: a field, or a struct that Go inlines, whose fields lie in a message of their own. */
export type Slot = Field | Layout;

export type Layout = ReadonlyMap<number, Slot>;

export function isInlined(slot: Slot): slot is Layout {
  return slot instanceof Map;
}

const layouts = new Map<string, Layout>();
const NO_LAYOUT: Layout = new Map();

/** The fields of a message by their numbers, in ascending order; none for a type that has no message. */
export function layoutOf(message: string): Layout {
  const known = layouts.get(message);
  if (known !== undefined) return known;
  const fields = fieldsOf(message);
  // Names come from clients: only those of types are remembered.
  if (fields === undefined) return NO_LAYOUT;
  const layout = layOut([...fields.values()], 0);
  layouts.set(message, layout);
  return layout;
}

/** `depth`: structs around these fields that are inlined. */
function layOut(fields: readonly Field[], depth: number): Layout {
  const numbers = [...new Set(fields.flatMap((field) => field.numbers[depth] ?? []))].sort((a, b) => a - b);
  return new Map(
    numbers.map((number): [number, Slot] => {
      const within = fields.filter((field) => field.numbers[depth] === number);
      const field = within.find(({ numbers: path }) => path.length === depth + 1);
      return [number, field ?? layOut(within, depth + 1)];
    }),
  );
}
