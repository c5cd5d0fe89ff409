// Tables of text as test cases: the first line names the columns, every further line is one case; cells are separated by `|`.

export type TableRow = Readonly<Record<string, string>>;

/** Parses a table; lines that are empty or begin with `#` are skipped. */
export function parseTable(text: string): TableRow[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const columns = splitCells(lines[0] ?? '');
  return lines.slice(1).map((line) => {
    const cells = splitCells(line);
    if (cells.length !== columns.length) throw new Error(`${cells.length} cells instead of ${columns.length}: ${line}`);
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}

function splitCells(line: string): string[] {
  return line.split('|').map((cell) => cell.trim());
}
