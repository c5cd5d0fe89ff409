// Lines as `kubectl get --watch` prints them: cells in columns whose widths are remembered from line to line and never shrink, the last
// cell unpadded.
// Upstream: cli-runtime/pkg/printers/tabwriter.go, tableprinter.go (v1.33). Rules: N1, N2.

import type { Cell, Column } from '../../engine/kinds/kind.ts';

const WIDTH_MIN = 6;
const PADDING = 3;

/** Widths of the columns so far. */
export interface ColumnWidths {
  readonly widths: number[];
}

export function newColumnWidths(): ColumnWidths {
  return { widths: [] };
}

/** Takes lines into account that are printed together. */
export function widenColumns({ widths }: ColumnWidths, rows: readonly (readonly string[])[]): void {
  for (const row of rows) {
    // The last cell of a line belongs to no column.
    for (let i = 0; i < row.length - 1; i += 1) {
      const width = Math.max(WIDTH_MIN, displayLength(row[i] as string) + PADDING);
      widths[i] = Math.max(widths[i] ?? WIDTH_MIN, width);
    }
  }
}

/** One line, without its end. */
export function formatRow({ widths }: ColumnWidths, row: readonly string[]): string {
  return row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - displayLength(cell)))).join('');
}

/** The header of the columns that are shown without `-o wide`. */
export function headerCells(columns: readonly Column[]): string[] {
  return columns.filter((column) => column.priority === 0).map((column) => column.name.toUpperCase());
}

/** The cells of an object under that header. */
export function rowCells(columns: readonly Column[], cells: readonly Cell[]): string[] {
  return cells.filter((_, i) => columns[i]?.priority === 0).map(cellText);
}

/** A cell shows its first line only, as kubectl does since 1.29. */
function cellText(cell: Cell): string {
  if (cell === null) return '<none>';
  const text = String(cell);
  const end = text.search(/[\n\r\f]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}

/** Characters, not UTF-16 units. */
function displayLength(text: string): number {
  return [...text].length;
}
