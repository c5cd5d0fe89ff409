// What a simulated container does, as data (docs/contract.md, section 5), and how it answers at a moment of its life. Every answer says until when
// it stays the same, so that a healthy probe costs nothing while it stays healthy.

import { parse as parseYaml } from 'yaml';
import { type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { parseDuration } from '../../apimachinery/time.ts';
import { isNestedDeeper } from '../../apimachinery/yaml-depth.ts';

/** A span of the container's life, milliseconds from its start; `untilMs` null means for ever. */
export interface Span {
  fromMs: number;
  untilMs: number | null;
}

export interface RunRule {
  /** Null: for ever. */
  forMs: number | null;
  exitCode: number;
  reason: 'Completed' | 'Error' | 'OOMKilled';
  message: string;
}

export interface HttpRule extends Span {
  port: number | null;
  path: string | null;
  status: number;
  latencyMs: number;
  body: string;
  location: string | null;
}

export interface TcpRule extends Span {
  port: number | null;
  accepts: boolean;
  latencyMs: number;
}

export interface GrpcRule extends Span {
  port: number | null;
  service: string | null;
  status: 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'UNIMPLEMENTED';
  latencyMs: number;
}

export interface ExecRule extends Span {
  /** Null: any command. Matches when the words, joined by blanks, contain it. */
  command: string | null;
  exitCode: number;
  output: string;
  latencyMs: number;
}

export interface LogRule {
  text: string;
  atMs: number;
  everyMs: number | null;
  /** `{%Y}` and its like in the text stand for the instant. */
  isStamped?: true;
}

export interface UsageRule extends Span {
  value: string;
}

export interface PullRule {
  durationMs: number | null;
  sizeBytes: number | null;
  error: string | null;
  isPresent: boolean | null;
}

export interface Behavior {
  startupMs: number;
  /** One entry per start of the container; the last one repeats. */
  runs: RunRule[];
  http: HttpRule[];
  tcp: TcpRule[];
  grpc: GrpcRule[];
  exec: ExecRule[];
  sigterm: { afterMs: number; exitCode: number } | 'ignore' | null;
  memory: UsageRule[];
  cpu: UsageRule[];
  logs: LogRule[];
  pull: PullRule;
  /** Files of the image, by absolute path, and its user as a Dockerfile gives it; null when nothing is known of it. */
  files: Record<string, string>;
  user: string | null;
  /** Ports the image serves when the manifest declares none. */
  ports: number[];
  /** Start fails with this message (K234). */
  startError: string | null;
}

export const BEHAVIOR_DEFAULT: Behavior = {
  startupMs: 0,
  runs: [],
  http: [],
  tcp: [],
  grpc: [],
  exec: [],
  sigterm: null,
  memory: [],
  cpu: [],
  logs: [],
  pull: { durationMs: null, sizeBytes: null, error: null, isPresent: null },
  files: {},
  user: null,
  ports: [],
  startError: null,
};

export type ParsedBehavior = { ok: true; behavior: Behavior } | { ok: false; errors: FieldError[] };

/** Pods say how a container behaves in the annotation of this name followed by the container's. */
export const BEHAVIOR_ANNOTATION_PREFIX = 'orrery.sim/behavior.';

/** Reads a behaviour from the text of an annotation, YAML or JSON. */
export function parseAnnotationText(text: string, field: string): ParsedBehavior {
  const value = readYaml(text);
  return value === undefined
    ? { ok: false, errors: [invalid(field, text.slice(0, 80), 'must be YAML or JSON')] }
    : parseBehavior(value, field);
}

/** Behaviours are lists in objects in objects. */
const DEPTH_MAX = 100;

function readYaml(text: string): unknown {
  // The parser reports by throwing; an unreadable text is the client's mistake and becomes a value here.
  try {
    return isNestedDeeper(text, DEPTH_MAX) ? undefined : (parseYaml(text, { maxAliasCount: 10 }) as unknown);
  } catch {
    return undefined;
  }
}

/** Reads a behaviour. `field` is where it stands, for error messages. */
export function parseBehavior(value: unknown, field: string): ParsedBehavior {
  const reader: Reader = { errors: [] };
  if (!isJsonObject(value)) return { ok: false, errors: [invalid(field, describe(value), 'must be an object')] };
  const behavior: Behavior = { ...BEHAVIOR_DEFAULT };
  for (const [name, given] of Object.entries(value)) {
    const read = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (read === undefined)
      reader.errors.push(invalid(`${field}.${name}`, name, `unknown field; known are ${Object.keys(FIELDS).join(', ')}`));
    else read(reader, behavior, given, `${field}.${name}`);
  }
  return reader.errors.length > 0 ? { ok: false, errors: reader.errors } : { ok: true, behavior };
}

/** The run of the n-th start, counted from 0. */
export function runOf(behavior: Behavior, attempt: number): RunRule | undefined {
  return behavior.runs[Math.min(attempt, behavior.runs.length - 1)];
}

/** The first rule that holds `elapsedMs` after the start, and until when the choice cannot change (null: for ever). */
export function ruleAt<Rule extends Span>(
  rules: readonly Rule[],
  elapsedMs: number,
  matches: (rule: Rule) => boolean,
): { rule: Rule | undefined; untilMs: number | null } {
  let untilMs: number | null = null;
  for (const rule of rules) {
    if (!matches(rule)) continue;
    if (elapsedMs < rule.fromMs) untilMs = earlier(untilMs, rule.fromMs);
    else if (rule.untilMs === null || elapsedMs < rule.untilMs) return { rule, untilMs: earlier(untilMs, rule.untilMs) };
  }
  return { rule: undefined, untilMs };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

interface Reader {
  readonly errors: FieldError[];
}

type FieldReader = (reader: Reader, behavior: Behavior, value: Json, field: string) => void;

const FIELDS: Readonly<Record<string, FieldReader>> = {
  startup: (reader, behavior, value, field) => {
    behavior.startupMs = readDuration(reader, value, field);
  },
  run: (reader, behavior, value, field) => {
    behavior.runs = asList(value).map((item, index) => readRun(reader, item, Array.isArray(value) ? `${field}[${index}]` : field));
  },
  http: (reader, behavior, value, field) => {
    behavior.http = readRules(reader, value, field, ['port', 'path', 'status', 'latency', 'body', 'location'], (item, at, span) => ({
      ...span,
      port: readPort(reader, item, at),
      path: readText(reader, item, 'path', at),
      status: readInteger(reader, item['status'] ?? 200, `${at}.status`, 100, 599),
      latencyMs: readOptionalDuration(reader, item, 'latency', at),
      body: readText(reader, item, 'body', at) ?? '',
      location: readText(reader, item, 'location', at),
    }));
  },
  tcp: (reader, behavior, value, field) => {
    behavior.tcp = readRules(reader, value, field, ['port', 'accept', 'latency'], (item, at, span) => ({
      ...span,
      port: readPort(reader, item, at),
      accepts: readFlag(reader, item['accept'] ?? true, `${at}.accept`),
      latencyMs: readOptionalDuration(reader, item, 'latency', at),
    }));
  },
  grpc: (reader, behavior, value, field) => {
    behavior.grpc = readRules(reader, value, field, ['port', 'service', 'status', 'latency'], (item, at, span) => ({
      ...span,
      port: readPort(reader, item, at),
      service: readText(reader, item, 'service', at),
      status: readChoice(reader, item['status'] ?? 'SERVING', `${at}.status`, ['SERVING', 'NOT_SERVING', 'UNKNOWN', 'UNIMPLEMENTED']),
      latencyMs: readOptionalDuration(reader, item, 'latency', at),
    }));
  },
  exec: (reader, behavior, value, field) => {
    behavior.exec = readRules(reader, value, field, ['command', 'exitCode', 'output', 'latency'], (item, at, span) => ({
      ...span,
      command: readCommand(reader, item['command'], `${at}.command`),
      exitCode: readInteger(reader, item['exitCode'] ?? 0, `${at}.exitCode`, 0, 255),
      output: readText(reader, item, 'output', at) ?? '',
      latencyMs: readOptionalDuration(reader, item, 'latency', at),
    }));
  },
  sigterm: (reader, behavior, value, field) => {
    if (value === 'ignore' || value === 'ignored') {
      behavior.sigterm = 'ignore';
      return;
    }
    const item = readObject(reader, value, field, ['after', 'exitCode']);
    behavior.sigterm = {
      afterMs: item['after'] === undefined ? -1 : readDuration(reader, item['after'], `${field}.after`),
      exitCode: readInteger(reader, item['exitCode'] ?? 0, `${field}.exitCode`, 0, 255),
    };
  },
  memory: (reader, behavior, value, field) => {
    behavior.memory = readUsage(reader, value, field);
  },
  cpu: (reader, behavior, value, field) => {
    behavior.cpu = readUsage(reader, value, field);
  },
  logs: (reader, behavior, value, field) => {
    behavior.logs = asList(value).map((item, index) => readLog(reader, item, `${field}[${index}]`));
  },
  pull: (reader, behavior, value, field) => {
    const item = readObject(reader, value, field, ['duration', 'size', 'error', 'present']);
    behavior.pull = {
      durationMs: item['duration'] === undefined ? null : readDuration(reader, item['duration'], `${field}.duration`),
      sizeBytes: item['size'] === undefined ? null : readInteger(reader, item['size'], `${field}.size`, 0, Number.MAX_SAFE_INTEGER),
      error: readText(reader, item, 'error', field),
      isPresent: item['present'] === undefined ? null : readFlag(reader, item['present'], `${field}.present`),
    };
  },
  files: (reader, behavior, value, field) => {
    for (const [path, text] of Object.entries(readObject(reader, value, field, null))) {
      if (!path.startsWith('/')) reader.errors.push(invalid(`${field}.${path}`, path, 'must be an absolute path'));
      if (typeof text === 'string') behavior.files = { ...behavior.files, [path]: text };
      else reader.errors.push(invalid(`${field}.${path}`, describe(text), 'must be a string'));
    }
  },
  user: (reader, behavior, value, field) => {
    if (
      (typeof value === 'string' || typeof value === 'number') &&
      /^(?:\d{1,9}|[a-z_][\w-]*)(?::(?:\d{1,9}|[a-z_][\w-]*))?$/.test(String(value))
    )
      behavior.user = String(value);
    else reader.errors.push(invalid(field, describe(value), 'must be a user such as 1000, 1000:1000 or app'));
  },
  ports: (reader, behavior, value, field) => {
    behavior.ports = asList(value).map((item, index) => readInteger(reader, item, `${field}[${index}]`, 1, 65_535));
  },
  startError: (reader, behavior, value, field) => {
    if (typeof value === 'string') behavior.startError = value;
    else reader.errors.push(invalid(field, describe(value), 'must be a string'));
  },
};

function readRun(reader: Reader, value: Json, field: string): RunRule {
  if (value === 'forever') return { forMs: null, exitCode: 0, reason: 'Completed', message: '' };
  const item =
    typeof value === 'object' && value !== null
      ? readObject(reader, value, field, ['for', 'exitCode', 'signal', 'oom', 'message'])
      : { for: value };
  const forMs = item['for'] === undefined || item['for'] === 'forever' ? null : readDuration(reader, item['for'], `${field}.for`);
  const signal = item['signal'] === undefined ? undefined : readInteger(reader, item['signal'], `${field}.signal`, 1, 64);
  const isOom = item['oom'] === true;
  const exitCode = isOom
    ? 137
    : signal !== undefined
      ? 128 + signal
      : readInteger(reader, item['exitCode'] ?? 0, `${field}.exitCode`, 0, 255);
  const hasEnd = item['exitCode'] !== undefined || signal !== undefined || isOom;
  return {
    forMs: forMs === null && hasEnd ? 0 : forMs,
    exitCode,
    reason: isOom ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    message: readText(reader, item, 'message', field) ?? '',
  };
}

function readRules<Rule>(
  reader: Reader,
  value: Json,
  field: string,
  names: readonly string[],
  build: (item: JsonObject, at: string, span: Span) => Rule,
): Rule[] {
  return asList(value).map((given, index) => {
    const at = Array.isArray(value) ? `${field}[${index}]` : field;
    const item = readObject(reader, given, at, [...names, 'from', 'until']);
    const span: Span = {
      fromMs: item['from'] === undefined ? 0 : readDuration(reader, item['from'], `${at}.from`),
      untilMs: item['until'] === undefined ? null : readDuration(reader, item['until'], `${at}.until`),
    };
    if (span.untilMs !== null && span.untilMs <= span.fromMs)
      reader.errors.push(invalid(`${at}.until`, describe(item['until']), 'must be later than from'));
    return build(item, at, span);
  });
}

function readUsage(reader: Reader, value: Json, field: string): UsageRule[] {
  return asList(value).map((given, index) => {
    const at = Array.isArray(value) ? `${field}[${index}]` : field;
    if (typeof given === 'string' || typeof given === 'number') return { fromMs: 0, untilMs: null, value: readQuantity(reader, given, at) };
    const item = readObject(reader, given, at, ['value', 'from', 'until']);
    const amount = item['value'];
    if (amount === undefined) reader.errors.push(required(`${at}.value`));
    return {
      fromMs: item['from'] === undefined ? 0 : readDuration(reader, item['from'], `${at}.from`),
      untilMs: item['until'] === undefined ? null : readDuration(reader, item['until'], `${at}.until`),
      value: amount === undefined ? '0' : readQuantity(reader, amount, `${at}.value`),
    };
  });
}

function readQuantity(reader: Reader, value: Json, field: string): string {
  if ((typeof value === 'string' || typeof value === 'number') && parseQuantity(String(value)).ok) return String(value);
  reader.errors.push(invalid(field, describe(value), 'must be a quantity'));
  return '0';
}

function readLog(reader: Reader, value: Json, field: string): LogRule {
  if (typeof value === 'string') return { text: value, atMs: 0, everyMs: null };
  const item = readObject(reader, value, field, ['text', 'at', 'every']);
  const everyMs = item['every'] === undefined ? null : readDuration(reader, item['every'], `${field}.every`);
  if (everyMs === 0) reader.errors.push(invalid(`${field}.every`, describe(item['every']), 'must be greater than 0'));
  return {
    text: readText(reader, item, 'text', field) ?? '',
    atMs: item['at'] === undefined ? 0 : readDuration(reader, item['at'], `${field}.at`),
    everyMs,
  };
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value as Json];
}

/** `names` null: any. */
function readObject(reader: Reader, value: Json | undefined, field: string, names: readonly string[] | null): JsonObject {
  if (!isJsonObject(value)) {
    reader.errors.push(invalid(field, describe(value), 'must be an object'));
    return {};
  }
  for (const name of Object.keys(value)) {
    if (names !== null && !names.includes(name))
      reader.errors.push(invalid(`${field}.${name}`, name, `unknown field; known are ${names.join(', ')}`));
  }
  return value;
}

/** Go durations as strings, or seconds as numbers. */
function readDuration(reader: Reader, value: Json | undefined, field: string): number {
  const ms = typeof value === 'number' ? Math.round(value * 1000) : typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined && ms >= 0 && Number.isSafeInteger(ms)) return ms;
  reader.errors.push(invalid(field, describe(value), 'must be a duration such as "30s", or seconds as a number'));
  return 0;
}

function readOptionalDuration(reader: Reader, item: JsonObject, name: string, field: string): number {
  return item[name] === undefined ? 0 : readDuration(reader, item[name], `${field}.${name}`);
}

function readInteger(reader: Reader, value: Json | undefined, field: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  reader.errors.push(invalid(field, describe(value), `must be an integer between ${min} and ${max}`));
  return min;
}

function readPort(reader: Reader, item: JsonObject, field: string): number | null {
  return item['port'] === undefined ? null : readInteger(reader, item['port'], `${field}.port`, 1, 65_535);
}

function readText(reader: Reader, item: JsonObject, name: string, field: string): string | null {
  const value = item[name];
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  reader.errors.push(invalid(`${field}.${name}`, describe(value), 'must be a string'));
  return null;
}

function readFlag(reader: Reader, value: Json, field: string): boolean {
  if (typeof value === 'boolean') return value;
  reader.errors.push(invalid(field, describe(value), 'must be true or false'));
  return false;
}

function readChoice<Choice extends string>(reader: Reader, value: Json, field: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) reader.errors.push(invalid(field, describe(value), `must be one of ${choices.join(', ')}`));
  return found ?? (choices[0] as Choice);
}

function readCommand(reader: Reader, value: Json | undefined, field: string): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  reader.errors.push(invalid(field, describe(value), 'must be a string or a list of strings'));
  return null;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null').slice(0, 80);
}
