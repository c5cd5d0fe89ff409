// Recordings: a cluster as what it was created from and what was asked of it, in lines of JSON. The first line says what it is, each further one
// is a command with the digest behind it, and the last one how many there were. Before it may stand the state behind the last command, row by row.

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import { isJsonObject } from '../../engine/apimachinery/meta.ts';
import {
  type ClusterConfig,
  type Command,
  ENGINE_VERSION,
  type RecordedBy,
  type SnapshotHeader,
  type StoredRecord,
} from '../../engine/cluster/index.ts';
import { hashToHex } from '../../engine/kernel/hash.ts';
import type { ByteSource } from '../../service/host.ts';
import type { RecordedCommand, RecordedState } from '../../service/ports.ts';
import type { JournalRow } from '../../service/storage.ts';
import { type ProblemItem, refuse } from '../errors.ts';
import { configOf } from './cluster-config.ts';
import { createClusterSchema } from './schemas/cluster.ts';
import { commandSchema } from './schemas/command.ts';

export const RECORDING_TYPE = 'application/x-ndjson';
const FORMAT = 'orrery-recording/1';

/** Commands that are read at a time. */
const PAGE = 50;

const VERSION_LENGTH_MAX = 100;

/** Rows of a state that are written at a time. */
const RECORDS_PAGE = 500;

/** What a recording is written from. */
export interface Recorded {
  /** Commands after a number. */
  readonly page: (after: number, limit: number) => Promise<readonly JournalRow[]>;
  /** The last command. */
  readonly lastNumber: number;
  /** Which version executed the first commands; absent: this one. */
  readonly recorded?: RecordedBy | undefined;
  /** The state behind the last command, when it is to be part of the recording. */
  readonly state?: { readonly header: SnapshotHeader; readonly records: readonly StoredRecord[] } | undefined;
}

/** Writes the recording of a cluster as it is read. */
export class RecordingSource implements ByteSource {
  private readonly lines: AsyncGenerator<object[], void>;

  constructor(recorded: Recorded) {
    this.lines = pagesOf(recorded);
  }

  async next(): Promise<Uint8Array | undefined> {
    const { value: lines } = await this.lines.next();
    return lines === undefined ? undefined : new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  close(): void {
    void this.lines.return();
  }
}

async function* pagesOf({ page, lastNumber, recorded, state }: Recorded): AsyncGenerator<object[], void> {
  const isTimed = state !== undefined;
  for (let last = 0; last < lastNumber; ) {
    const rows = (await page(last, PAGE)).filter(({ number }) => number <= lastNumber);
    yield rows.map(({ command, ...row }) =>
      command.type === 'genesis' ? headOf(command.config, row, { recorded, isTimed }) : lineOf(command, row, isTimed),
    );
    last = rows.at(-1)?.number ?? lastNumber;
  }
  if (state !== undefined) {
    const { seed, startMs, nowMs, revision, digest: digestWords } = state.header;
    yield [{ state: { seed, startMs, nowMs, revision, digest: digestWords } }];
    for (let from = 0; from < state.records.length; from += RECORDS_PAGE)
      yield state.records.slice(from, from + RECORDS_PAGE).map(({ table, key, json }) => ({ record: [table, key, json] }));
  }
  yield [{ end: lastNumber }];
}

/** The recording of what was done elsewhere, such as by a scenario. */
export function recordingText(
  config: ClusterConfig,
  { genesisDigest, commands }: { readonly genesisDigest: string; readonly commands: readonly RecordedCommand[] },
): string {
  const lines = [
    headOf(config, { digest: genesisDigest, revision: 0 }),
    ...commands.map(({ command, digest }, index) => ({ number: index + 2, command, digest })),
    { end: commands.length + 1 },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

interface HeadOptions {
  readonly recorded?: RecordedBy | undefined;
  readonly isTimed?: boolean;
}

function headOf(
  { startMs, ...config }: ClusterConfig,
  { digest, revision, wallMs }: Pick<JournalRow, 'digest' | 'revision' | 'wallMs'>,
  { recorded, isTimed = false }: HeadOptions = {},
): object {
  const head = { format: FORMAT, engine: ENGINE_VERSION, ...(recorded === undefined ? {} : { recorded }) };
  const cluster = { ...config, startTime: formatInstant(startMs) };
  return { ...head, cluster, digest, ...(isTimed ? timesOf({ revision, nowMs: startMs, wallMs }) : {}) };
}

function lineOf(command: Command, { number, digest, client, ...times }: Omit<JournalRow, 'command'>, isTimed: boolean): object {
  return { number, ...(client === undefined ? {} : { client }), command, digest, ...(isTimed ? timesOf(times) : {}) };
}

/** What is needed to look back without executing anything. */
function timesOf({ revision, nowMs, wallMs }: { revision: number; nowMs?: number | undefined; wallMs?: number | undefined }): object {
  return { revision, ...(nowMs === undefined ? {} : { nowMs }), ...(wallMs === undefined ? {} : { wallMs }) };
}

export interface Recording {
  /** Version of the engine that it was exported from; absent: one from before they were noted. */
  readonly engine: string | undefined;
  readonly config: ClusterConfig;
  readonly genesisDigest: string;
  readonly commands: readonly RecordedCommand[];
  readonly state?: RecordedState;
}

/** Reads a recording. Fails: malformed-body, invalid-request, with the line. */
export function readRecording(text: string): Recording {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first, ...rest] = lines.map(parseLine);
  const head = check(headSchema, first, 1);
  const last = check(endSchema, rest.pop(), lines.length);
  const stateIndex = rest.findIndex((line) => isJsonObject(line) && 'state' in line);
  const commandCount = stateIndex < 0 ? rest.length : stateIndex;
  const commands = rest.slice(0, commandCount).map((line, index) => check(lineSchema, line, index + 2));
  const wrong = commands.findIndex(({ number }, index) => number !== index + 2);
  if (wrong >= 0) return refuseLine(wrong + 2, `number must be ${wrong + 2}`);
  if (last.end !== commands.length + 1)
    return refuseLine(lines.length, `there are ${commands.length + 1} commands, and it says ${last.end}`);
  return {
    engine: head.engine,
    config: configOf(head.cluster.name ?? '', head.cluster),
    genesisDigest: head.digest,
    commands: commands.map(recordedOf),
    ...(stateIndex < 0 ? {} : { state: readState(rest, stateIndex, head, commands.at(-1) ?? head) }),
  };
}

type Head = z.output<typeof headSchema>;

function recordedOf(line: z.output<typeof lineSchema>): RecordedCommand {
  const { number: _, ...recorded } = line;
  return recorded as RecordedCommand;
}

/** The state begins at an index of the lines behind the head, and is that of the last command. */
function readState(
  lines: readonly unknown[],
  index: number,
  head: Head,
  last: { digest: string; revision?: number | undefined },
): RecordedState {
  const { state } = check(stateSchema, lines[index], index + 2);
  const digestWords = state.digest as SnapshotHeader['digest'];
  if (hashToHex(digestWords) !== last.digest || state.revision !== last.revision)
    return refuseLine(index + 2, 'the state is not that of the last command');
  const records = lines.slice(index + 1).map((line, offset) => readRecord(line, index + offset + 3));
  const { engine, recorded, revision = 0, wallMs } = head;
  const header = {
    ...state,
    digest: digestWords,
    ...(engine === undefined ? {} : { engine }),
    ...(recorded === undefined ? {} : { recorded }),
  };
  return { header, records, genesis: { revision, ...(wallMs === undefined ? {} : { wallMs }) } };
}

function readRecord(line: unknown, number: number): StoredRecord {
  const [table, key, json] = check(recordSchema, line, number).record;
  const value = parseLine(json, number - 1);
  if (table.startsWith('objects/')) check(objectSchema, value, number);
  return { table, key, json };
}

function parseLine(line: string, index: number): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    return refuseLine(index + 1, `is not JSON: ${(error as Error).message}`);
  }
}

function check<S extends z.ZodType>(schema: S, value: unknown, line: number): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return refuseLine(line, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not what it should be'}`.replace(/^: /, ''));
}

function refuseLine(line: number, message: string): never {
  const errors: ProblemItem[] = [{ in: 'body', line, message }];
  return refuse('malformed-body', `The recording cannot be read: line ${line}: ${message}`, errors);
}

const digest = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits');
const count = z.int().min(0);
const times = { revision: count.optional(), nowMs: count.optional(), wallMs: count.optional() };
const headSchema = z.strictObject({
  format: z.literal(FORMAT, { error: `must be ${FORMAT}` }),
  engine: z.string().max(VERSION_LENGTH_MAX).optional(),
  recorded: z.strictObject({ engine: z.string().max(VERSION_LENGTH_MAX), number: count }).optional(),
  cluster: createClusterSchema,
  digest,
  ...times,
});
const lineSchema = z.strictObject({ number: z.int(), client: z.string().optional(), command: commandSchema, digest, ...times });
const word = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 32 - 1);
const stateSchema = z.strictObject({
  state: z.strictObject({ seed: count, startMs: count, nowMs: count, revision: count, digest: z.tuple([word, word, word, word]) }),
});
const recordSchema = z.strictObject({ record: z.tuple([z.string().min(1), z.string(), z.string()]) });
const objectSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const endSchema = z.strictObject({ end: z.int({ error: 'the recording is cut off' }) }, { error: 'the recording is cut off' });
