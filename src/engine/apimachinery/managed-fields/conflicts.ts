// Conflicts of an apply, and the Status that tells them (K6).
// Upstream: apimachinery/pkg/util/managedfields/internal/conflict.go (v1.33).

import { failure, type Status } from '../status.ts';
import type { ManagedEntry } from './entries.ts';
import { type FieldPath, type FieldSet, pathsOf, pathText } from './field-set.ts';

export interface Conflict {
  /** The owner, as messages show it. */
  readonly owner: string;
  readonly path: FieldPath;
}

/** One conflict a path. */
export function conflictsOf(entry: ManagedEntry, paths: FieldSet): readonly Conflict[] {
  const owner = ownerText(entry);
  return pathsOf(paths).map((path) => ({ owner, path }));
}

function ownerText({ name, operation, apiVersion, subresource }: ManagedEntry): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(name)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** The conflicts about other fields than the allowed ones. */
export function withoutAllowed(conflicts: readonly Conflict[], allowed: FieldSet): readonly Conflict[] {
  return conflicts.filter(({ path }) => !hasPath(allowed, path));
}

function hasPath(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(element);
  return node?.isMember === true;
}

/** The answer to an apply with conflicts. */
export function conflictStatus(conflicts: readonly Conflict[]): Status {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${owner}`,
    field: pathText(path),
  }));
  return failure(409, 'Conflict', `Apply failed with ${conflictText(conflicts)}`, { causes });
}

function conflictText(conflicts: readonly Conflict[]): string {
  const [first, ...more] = conflicts;
  if (first !== undefined && more.length === 0) return `1 conflict: conflict with ${first.owner}: ${pathText(first.path)}`;
  const owners = [...new Set(conflicts.map(({ owner }) => owner))].sort();
  const lines = owners.flatMap((owner) => [
    `conflicts with ${owner}:`,
    ...conflicts.filter((conflict) => conflict.owner === owner).map(({ path }) => `- ${pathText(path)}`),
  ]);
  return `${conflicts.length} conflicts: ${lines.join('\n')}`;
}
