// Results for people and for machines: lines of text, JUnit XML, JSON. Equal runs give equal text.

import { formatDuration, formatInstant } from '../engine/apimachinery/time.ts';
import type { Mistake, Place } from './document.ts';
import type { RunResult, Violation } from './run.ts';

/** One scenario, or one combination of its matrix, that was run. */
export interface Report {
  readonly file: string;
  readonly name: string;
  /** What the matrix set, if there is one. */
  readonly variant: string | undefined;
  readonly mistakes: readonly Mistake[];
  readonly result: RunResult | undefined;
}

export function isGood({ mistakes, result }: Report): boolean {
  return mistakes.length === 0 && result !== undefined && result.violations.length === 0;
}

export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

/** Lines for people. */
export function textOf(report: Report): string[] {
  const { file, name, variant, mistakes, result } = report;
  const title = `${name}${variant === undefined ? '' : ` (${variant})`}`;
  if (result === undefined) return [`✗ ${file}`, ...mistakes.map((mistake) => `    ${placeText(mistake)}: ${mistake.message}`)];
  const span = formatDuration(result.nowMs - result.startMs);
  if (isGood(report)) return [`✓ ${title}  ${span} of cluster time, ${result.watchEvents} changes`];
  return [`✗ ${title}`, ...result.violations.flatMap((violation) => violationText(violation, result.startMs).map((line) => `    ${line}`))];
}

const WORDS: Readonly<Record<Violation['kind'], string>> = {
  step: 'expected',
  always: 'expected at all times',
  eventually: 'expected by then',
};

/** Lines that say what was expected and what was. */
export function violationText({ kind, place, expected, found, because, atMs, explanation }: Violation, startMs: number): string[] {
  return [
    `${placeText(place)}`,
    `  ${`${WORDS[kind]}:`.padEnd(10)} ${expected}${because === undefined ? '' : ` (${because})`}`,
    `  ${'found:'.padEnd(10)} ${found}, at ${formatInstant(atMs)} (${formatDuration(atMs - startMs)} after the start)`,
    ...explanation.map((sentence) => `  ${'why:'.padEnd(10)} ${sentence}`),
  ];
}

/** JUnit XML, as CI systems read it: a suite a file, a case a scenario or combination. */
export function junitOf(reports: readonly Report[]): string {
  const files = [...new Set(reports.map(({ file }) => file))];
  const failed = reports.filter((report) => !isGood(report)).length;
  const suites = files.map((file) => {
    const cases = reports.filter((report) => report.file === file);
    const bad = cases.filter((report) => !isGood(report)).length;
    return [
      `  <testsuite name="${escaped(file)}" tests="${cases.length}" failures="${bad}" errors="0">`,
      ...cases.flatMap(junitCase),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${reports.length}" failures="${failed}" errors="0">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function junitCase(report: Report): string[] {
  const { file, name, variant, result } = report;
  const seconds = result === undefined ? 0 : (result.nowMs - result.startMs) / 1000;
  const head = `    <testcase classname="${escaped(file)}" name="${escaped(variant === undefined ? name : `${name} (${variant})`)}" time="${seconds}"`;
  if (isGood(report)) return [`${head}/>`];
  const text = textOf(report)
    .slice(1)
    .map((line) => line.trimEnd());
  return [
    `${head}>`,
    `      <failure message="${escaped(text[1]?.trim() ?? text[0]?.trim() ?? 'failed')}">${escaped(text.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return Array.from(text, (character) => (isXml(character) ? character : '\ufffd'))
    .join('')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** XML has no way to write other control characters. */
function isXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 ? code !== 0xfffe && code !== 0xffff : code === 0x09 || code === 0x0a || code === 0x0d;
}

/** For scripts. */
export function jsonOf(reports: readonly Report[]): string {
  const items = reports.map(({ file, name, variant, mistakes, result }) => ({
    file,
    name,
    ...(variant === undefined ? {} : { variant }),
    ok: mistakes.length === 0 && result?.violations.length === 0,
    ...(mistakes.length > 0 ? { mistakes } : {}),
    ...(result === undefined
      ? {}
      : { digest: result.digest, from: formatInstant(result.startMs), now: formatInstant(result.nowMs), watchEvents: result.watchEvents }),
    held: (result?.held ?? []).map(({ fromMs, toMs, because, ...rest }) => ({
      ...rest,
      ...(because === undefined ? {} : { because }),
      from: formatInstant(fromMs),
      to: formatInstant(toMs),
    })),
    violations: (result?.violations ?? []).map(({ atMs, because, ...rest }) => ({
      ...rest,
      ...(because === undefined ? {} : { because }),
      at: formatInstant(atMs),
    })),
  }));
  return `${JSON.stringify({ ok: items.every(({ ok }) => ok), items }, null, 2)}\n`;
}
