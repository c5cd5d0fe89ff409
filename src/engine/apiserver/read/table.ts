// Server-side tables, what `kubectl get` prints: the columns and cells of objects. How they are encoded is the host's affair.
// Upstream: apiserver/pkg/endpoints/handlers/response.go, pkg/printers/tablegenerator.go (v1.33). Rules: N1, N2, N4, M2, G9.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Cell, Column, Kind } from '../../kinds/kind.ts';
import { ageOf } from '../../kinds/shared/columns.ts';

/** How rows of one resource are made. */
export interface TableView {
  readonly columns: readonly Column[];
  cells(object: KubeObject, nowMs: number): readonly Cell[];
  rowConditions?(object: KubeObject): readonly Readonly<Record<string, string>>[];
}

/** The table of a kind, or of its scale (M2). */
export function tableViewOf(kind: Kind, subresource?: string): TableView {
  return subresource === 'scale' ? SCALE_VIEW : kind;
}

/** The generic table that upstream makes for kinds without columns of their own has no list of rows at all when it is empty. */
export function hasRows({ columns }: TableView, objectCount: number): boolean {
  return objectCount > 0 || columns[1]?.type !== 'date';
}

const SCALE_VIEW: TableView = {
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: 'Name of the scaled object.', priority: 0 },
    { name: 'Desired', type: 'integer', format: '', description: 'Wanted number of replicas.', priority: 0 },
    { name: 'Available', type: 'integer', format: '', description: 'Present number of replicas.', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: 'Time since the creation of the object.', priority: 0 },
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as { spec?: { replicas?: number }; status?: { replicas?: number } } & KubeObject;
    return [object.metadata.name, spec?.replicas ?? 0, status?.replicas ?? 0, ageOf(object, nowMs)];
  },
};
