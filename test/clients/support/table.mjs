// docs/compatibility.md: a table that is written from the runs and compared with them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS } from './tools.mjs';

const DOCUMENT = join(CLIENTS, '..', '..', 'docs', 'compatibility.md');
const HEAD = ['| client | version | what the scenario covers | result | deviations |', '|---|---|---|---|---|'];

/** The row of a client whose scenario ran; `held` are its steps, `problem` is what stopped it. */
export function rowOf(client, held, problem) {
  const result = problem === undefined ? `${held.length} of ${held.length} steps` : `stops after ${held.length} steps`;
  return `| ${client.name} | ${client.version} | ${client.covers} | ${result} | ${client.deviations ?? 'none known'} |`;
}

/** Rows of the document that the runs do not bear out, of those clients that ran. */
export function outdated(rows) {
  const present = new Set(readFileSync(DOCUMENT, 'utf8').split('\n'));
  return rows.filter((row) => !present.has(row));
}

/** Puts the rows into the document, in the order of `names`; clients that did not run keep theirs. */
export function writeRows(rows, names) {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = text.indexOf(HEAD[0]);
  const end = text.indexOf('\n\n', start) === -1 ? text.length : text.indexOf('\n\n', start) + 1;
  const old = text.slice(start, end).trimEnd().split('\n').slice(HEAD.length);
  const byName = new Map([...old, ...rows].map((row) => [row.split(' | ')[0].slice(2), row]));
  const kept = names.flatMap((name) => byName.get(name) ?? []);
  writeFileSync(DOCUMENT, `${text.slice(0, start)}${[...HEAD, ...kept].join('\n')}\n${text.slice(end)}`);
}
