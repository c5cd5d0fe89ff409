// Resources as users name them: `pods`, `replicasets.apps`, and what kubectl accepts: short names, singular names, kinds.

import { type Kind, storedResourceOf } from '../engine/kinds/kind.ts';

/** The kind that a name means. */
export function findKind(kinds: readonly Kind[], name: string): Kind | undefined {
  const lower = name.toLowerCase();
  return kinds.find((kind) => namesOf(kind).includes(lower));
}

/** Names of all resources, for messages. */
export function resourceNames(kinds: readonly Kind[]): string {
  return [...new Set(kinds.map(storedResourceOf))].join(', ');
}

function namesOf({ plural, singular, shortNames, kind, group, version }: Kind): string[] {
  const names = [plural, singular, kind.toLowerCase()];
  const qualified = group === '' ? [] : names.flatMap((name) => [`${name}.${group}`, `${name}.${version}.${group}`]);
  return [...names, ...shortNames, ...qualified];
}
