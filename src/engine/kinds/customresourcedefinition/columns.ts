// Columns of custom resources: the name, and what the definition names; without any, the age (N8).
// Upstream: apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go (v1.33).

import { evaluateJsonPath, parseJsonPath } from '../../apimachinery/json-path.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Cell, Column, Kind } from '../kind.ts';
import { ageSince, NAME_COLUMN } from '../shared/columns.ts';
import type { PrinterColumn } from './types.ts';

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was created.',
};

/** The columns of a version. */
export function columnsOf(given: readonly PrinterColumn[] = [AGE]): Pick<Kind, 'columns' | 'cells'> {
  const columns = given.map((printer) => ({ printer, path: parseJsonPath(printer.jsonPath) }));
  return {
    columns: [NAME_COLUMN, ...given.map(columnOf)],
    cells: (object: KubeObject, nowMs: number) => [
      object.metadata.name,
      ...columns.map(({ printer, path }) =>
        typeof path === 'string' ? null : cellOf(printer.type, evaluateJsonPath(path, object), nowMs),
      ),
    ],
  };
}

function columnOf({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
  return {
    name,
    type: type as Column['type'],
    format: (format ?? '') as Column['format'],
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: (priority ?? 0) as Column['priority'],
  };
}

/** Null where the value is missing or not of the column's type. */
function cellOf(type: string, values: readonly unknown[], nowMs: number): Cell {
  const [value] = values;
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value !== 'string' ? null : ageSince(value, nowMs) === '<unknown>' ? '<invalid>' : ageSince(value, nowMs);
    default:
      return values.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item))).join(' ');
  }
}
