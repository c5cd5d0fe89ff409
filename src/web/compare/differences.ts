// What differs between two moments, to read: by object, what it is called, and which fields.

import type { Schemas } from '../api/schemas.ts';

export type Difference = Schemas['ClusterDifference'];
export type FieldDifference = Schemas['FieldDifference'];

export interface DifferentObject {
  readonly how: 'added' | 'removed' | 'changed';
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly fields: readonly FieldDifference[];
}

/** All objects that differ, by resource, namespace and name. */
export function objectsOf({ added, removed, changed }: Difference): readonly DifferentObject[] {
  const whole = (how: 'added' | 'removed') => (one: Schemas['ComparedObject']) => ({ ...nameOf(one), how, fields: [] });
  const objects: DifferentObject[] = [
    ...added.map(whole('added')),
    ...removed.map(whole('removed')),
    ...changed.map((one) => ({ ...nameOf(one), how: 'changed' as const, fields: one.fields })),
  ];
  const keyOf = ({ resource, namespace = '', name }: DifferentObject) => [resource, namespace, name].join('\n');
  return objects.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function nameOf({ resource, namespace, name }: { readonly resource: string; readonly namespace?: string; readonly name: string }) {
  return { resource, namespace, name };
}

/** How many objects of each resource differ, the most first. */
export function countsOf(objects: readonly DifferentObject[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { resource } of objects) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  return [...counts].sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1));
}
