// Cases recorded on a real cluster: what is in their files, and how an answer is compared with a recorded one.

import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedEvent } from './recorded-watch.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly authorization?: string;
  readonly body?: unknown;
}

export interface RecordedResponse {
  readonly status: number;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly body?: unknown;
  /** Some recordings keep less than the body. */
  readonly [digest: string]: unknown;
}

export interface RecordedStep {
  readonly role: 'setup' | 'check' | 'wait' | 'pause' | 'note' | 'watch-start' | 'watch-end';
  readonly request?: RecordedRequest;
  readonly response?: RecordedResponse;
  readonly until?: { readonly path: string; readonly condition?: string };
  readonly ms?: number;
  /** Names the watch. */
  readonly id?: string;
  readonly events?: readonly RecordedEvent[];
}

export interface RecordedCase {
  readonly case: string;
  readonly topic: string;
  readonly steps: readonly RecordedStep[];
}

/** In the repository; written by scripts/import-recordings.mjs. */
const FOLDER = new URL('../../recordings/', import.meta.url);

/** The cases of a topic. Fails when there are none. */
export function recordedCases(topic: string): readonly RecordedCase[] {
  return Object.values(recordedDocuments(topic)) as readonly RecordedCase[];
}

/** The JSON files of a folder by their names without `.json`. Fails when there are none. */
export function recordedDocuments(topic: string): Readonly<Record<string, unknown>> {
  const folder = new URL(`${topic}/`, FOLDER);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length === 0) throw new Error(`no recordings in ${folder.pathname}`);
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
  );
}

/** Members that differ from run to run, or that only describe (`description` of columns). */
const VOLATILE = new Set([
  'uid',
  'eventTime',
  'firstTimestamp',
  'lastTimestamp',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'description',
  'time',
  'lastTransitionTime',
  'continue',
]);

/** The places where two answers differ, as `path: recorded value, not given value`. */
export function differencesOf(recorded: unknown, given: unknown, path = ''): readonly string[] {
  if (Array.isArray(recorded) && Array.isArray(given) && recorded.length === given.length) {
    return recorded.flatMap((item, index) => differencesOf(item, given[index], `${path}[${index}]`));
  }
  if (isObject(recorded) && isObject(given)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(given)]);
    return [...names]
      .filter((name) => !VOLATILE.has(name))
      .flatMap((name) => differencesOf(recorded[name], given[name], path === '' ? name : `${path}.${name}`));
  }
  const left = JSON.stringify(recorded);
  const right = JSON.stringify(given);
  return left === right ? [] : [`${path}: ${left}, not ${right}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Puts values of earlier answers into `{{3.metadata.name}}`. */
export function fillIn<T>(value: T, answers: readonly unknown[]): T {
  if (typeof value === 'string')
    return value.replace(/\{\{(\d+)\.([^}]+)\}\}/g, (_, step, path) => String(pick(answers[Number(step)], path))) as T;
  if (Array.isArray(value)) return value.map((item) => fillIn(item, answers)) as T;
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillIn(item, answers)])) as T;
  return value;
}

/** The value at a path of names and indices. */
export function pick(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (isObject(inner) || Array.isArray(inner) ? (inner as Record<string, unknown>)[name] : undefined),
      value,
    );
}

/** What differs from run to run inside of texts, and what stands for it. */
const VOLATILE_TEXTS: readonly (readonly [pattern: RegExp, text: string])[] = [
  // Suffixes of generated names, and of names of events.
  [/\b(kube-api-access-|Bad_|r-|rc-|j-|s-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1*****'],
  [/\.[0-9a-f]{16}$/, '.*'],
  // Addresses of services.
  [/^10\.\d+\.\d+\.\d+$/, '<address>'],
  // The machine of the scheduler.
  [/^default-scheduler-\S+$/, 'default-scheduler-*'],
  [/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/g, '<pem>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<uid>'],
  [/^<jwt>$|^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/, '<token>'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  // Addresses of Go pointers.
  [/\b0x[0-9a-f]+\b/g, '0x*'],
  // Objects inside of texts, as JSON and as YAML.
  [/,\\*"managedFields\\*":\[[^\]]*\]/g, ''],
  [/(resourceVersion\\*":\\*")\d+/g, '$1*'],
  // Controllers here have seen an object before its write is answered.
  [/,\\*"observedGeneration\\*":\d+/g, ''],
  [/^ {2}managedFields:\n(?: {2}(?:-| ).*\n)*/gm, ''],
  [/^( {2}resourceVersion: )"\d+"$/gm, '$1"*"'],
  // Ages of cells.
  [/^\d{1,2}s$/, '<age>'],
];

/** The body without what differs from run to run. */
export function normalize(body: unknown): unknown {
  if (typeof body === 'string') return sortQuoted(VOLATILE_TEXTS.reduce((text, [pattern, stand]) => text.replace(pattern, stand), body));
  if (Array.isArray(body)) return body.map(normalize);
  if (isObject(body)) return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, normalize(value)]));
  return body;
}

/** Sorts the members of objects that a text quotes as JSON. */
function sortQuoted(text: string): string {
  return text.replace(/"\{\\".*\}"/, (quoted) => JSON.stringify(JSON.stringify(sortMembers(JSON.parse(JSON.parse(quoted) as string)))));
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortMembers(value[name])]));
}
