// The rows of a watch as a table: by object, in the order of their names.

import type { StreamEvent } from '../api/event-parser.ts';
import type { Table, TableRow } from './kube-objects.ts';

export class TableStore {
  columns: NonNullable<Table['columnDefinitions']> = [];
  readonly rows = new Map<string, TableRow>();

  /** Takes the events of a watch with `format=table`. */
  take(events: readonly StreamEvent[]): void {
    for (const { type, data } of events) {
      if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') continue;
      this.takeTable((JSON.parse(data) as { object: Table }).object, type === 'DELETED');
    }
  }

  takeTable({ columnDefinitions, rows }: Table, isDeleted = false): void {
    if (columnDefinitions !== null && columnDefinitions.length > 0) this.columns = columnDefinitions;
    for (const row of rows) {
      const key = keyOf(row);
      if (isDeleted) this.rows.delete(key);
      else this.rows.set(key, row);
    }
  }
}

export function keyOf({ object: { metadata } }: TableRow): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Rows in the order of a column's cells, numbers by their size; without one by name. */
export function sortRows(rows: Iterable<TableRow>, column: number | undefined, isDescending: boolean): readonly TableRow[] {
  const direction = isDescending ? -1 : 1;
  // Read once for each row, not for each comparison.
  const sorted = Array.from(rows, (row) => {
    const key = cellOf(keyOf(row));
    return { row, key, cell: column === undefined ? key : cellOf(String(row.cells[column] ?? '')) };
  });
  sorted.sort((one, other) => direction * compareCells(one.cell, other.cell) || compareCells(one.key, other.key));
  return sorted.map(({ row }) => row);
}

interface Cell {
  readonly text: string;
  /** Undefined: it does not begin with one. */
  readonly number: number | undefined;
}

function cellOf(text: string): Cell {
  return { text, number: /^\d/.test(text) ? Number.parseFloat(text) : undefined };
}

function compareCells(one: Cell, other: Cell): number {
  if (one.number !== undefined && other.number !== undefined && one.number !== other.number) return one.number - other.number;
  return one.text < other.text ? -1 : one.text > other.text ? 1 : 0;
}

/** An age as kubectl says it (k8s.io/apimachinery, duration.HumanDuration). */
export function formatAge(seconds: number): string {
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${Math.floor(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  const rest = (count: number, unit: string) => (count === 0 ? '' : `${count}${unit}`);
  if (minutes < 10) return `${minutes}m${rest(Math.floor(seconds) % 60, 's')}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return `${hours}h${rest(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return `${days}d${rest(hours % 24, 'h')}`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? `${years}y${rest(days % 365, 'd')}` : `${years}y`;
}
