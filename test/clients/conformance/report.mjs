// What the JUnit file of a run says, by the special interest group that is in the name of every test, and the table of docs/compatibility.md that says it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS } from '../support/tools.mjs';

const DOCUMENT = join(CLIENTS, '..', '..', 'docs', 'compatibility.md');
const HEAD = ['| group | run | passed |', '|---|---|---|'];

/** Characters of why a test failed that are shown. */
const MESSAGE_LENGTH_MAX = 200;

/** The tests that ran: `{name, group, passed, message}`. */
export function resultsOf(xml) {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].flatMap(([, attributes, inner = '']) => {
    const name = plain(/name="([^"]*)"/.exec(attributes)[1]).replace(/^\[It\] /, '');
    const status = /status="([^"]*)"/.exec(attributes)[1];
    const group = /^\[(sig-[a-z-]+)\]/.exec(name)?.[1];
    if (group === undefined || status === 'skipped' || status === 'pending') return [];
    return [{ name, group, passed: status === 'passed', message: plain(/<(?:failure|error)[^>]*>([^<]*)/.exec(inner)?.[1] ?? '') }];
  });
}

/** The numbers by group, and each test that failed with the beginning of why. */
export function summaryOf(results) {
  const failed = results
    .filter(({ passed }) => !passed)
    .map(({ name, message }) => `FAILED  ${name}\n        ${message.slice(0, MESSAGE_LENGTH_MAX).replace(/\s+/g, ' ')}`);
  return [...failed, ...rowsOf(results)].join('\n');
}

/** Puts the numbers into the document. */
export function writeGroups(results) {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = text.indexOf(HEAD[0]);
  const end = text.indexOf('\n\n', start);
  writeFileSync(DOCUMENT, `${text.slice(0, start)}${[...HEAD, ...rowsOf(results)].join('\n')}${end === -1 ? '\n' : text.slice(end)}`);
}

function rowsOf(results) {
  const groups = [...new Set(results.map(({ group }) => group))].sort();
  const rows = groups.map((group) =>
    rowOf(
      group,
      results.filter((result) => result.group === group),
    ),
  );
  return [...rows, rowOf('all', results)];
}

function rowOf(group, results) {
  return `| ${group} | ${results.length} | ${results.filter(({ passed }) => passed).length} |`;
}

function plain(text) {
  const named = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&#x([0-9A-Fa-f]+);|&#(\d+);|&(lt|gt|quot|apos|amp);/g, (_, hex, decimal, name) =>
    name === undefined ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) : named[name],
  );
}
