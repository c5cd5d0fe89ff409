// Whether the names of a definition are free in its group.
// Upstream: apiextensions-apiserver/pkg/controller/status/naming_controller.go calculateNamesAndConditions (v1.33).

import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/types.ts';

export interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** The last conflict that there is, as upstream tells it; undefined when all names are free. */
export function nameConflict(definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): NameConflict | undefined {
  const { group, names } = definition.spec;
  const others = all.filter((other) => other.spec.group === group && other.metadata.name !== definition.metadata.name);
  const taken = others.map((other) => other.status.acceptedNames);
  const resources = new Set(taken.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular ?? '', ...shortNames]));
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind ?? '']));
  const conflicts: NameConflict[] = [];
  const check = (set: ReadonlySet<string>, name: string, reason: string): void => {
    if (name !== '' && set.has(name)) conflicts.push({ reason, message: `${JSON.stringify(name)} is already in use` });
  };
  check(resources, names.plural, 'PluralConflict');
  check(resources, names.singular ?? '', 'SingularConflict');
  for (const name of names.shortNames ?? []) check(resources, name, 'ShortNamesConflict');
  check(kinds, names.kind, 'KindConflict');
  check(kinds, names.listKind ?? '', 'ListKindConflict');
  return conflicts.at(-1);
}
