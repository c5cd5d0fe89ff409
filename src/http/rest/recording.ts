// Recordings: a cluster as what it was created from and what was asked of it, in lines of JSON. The first line says what it is, each further one
// is a command with the digest behind it, and the last one how many there were.

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { ClusterConfig, Command } from '../../engine/cluster/index.ts';
import type { ByteSource } from '../../service/host.ts';
import type { RecordedCommand } from '../../service/ports.ts';
import type { JournalRow } from '../../service/storage.ts';
import { type ProblemItem, refuse } from '../errors.ts';
import { configOf } from './cluster-config.ts';
import { createClusterSchema } from './schemas/cluster.ts';
import { commandSchema } from './schemas/command.ts';

export const RECORDING_TYPE = 'application/x-ndjson';
const FORMAT = 'orrery-recording/1';

/** Commands that are read at a time. */
const PAGE = 50;

/** Writes the recording of a cluster as it is read; `page` gives the commands after a number. */
export class RecordingSource implements ByteSource {
  private readonly page: (after: number, limit: number) => Promise<readonly JournalRow[]>;
  private last = 0;
  private hasEnded = false;

  constructor(page: (after: number, limit: number) => Promise<readonly JournalRow[]>) {
    this.page = page;
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.hasEnded) return undefined;
    const rows = await this.page(this.last, PAGE);
    const lines = rows.map(({ command, ...row }) =>
      command.type === 'genesis' ? headOf(command.config, row.digest) : lineOf(command, row),
    );
    this.last = rows.at(-1)?.number ?? this.last;
    if (rows.length < PAGE) {
      this.hasEnded = true;
      lines.push({ end: this.last });
    }
    return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  close(): void {
    this.hasEnded = true;
  }
}

/** The recording of what was done elsewhere, such as by a scenario. */
export function recordingText(
  config: ClusterConfig,
  { genesisDigest, commands }: { readonly genesisDigest: string; readonly commands: readonly RecordedCommand[] },
): string {
  const lines = [
    headOf(config, genesisDigest),
    ...commands.map(({ command, digest }, index) => ({ number: index + 2, command, digest })),
    { end: commands.length + 1 },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function headOf({ startMs, ...config }: ClusterConfig, digest: string): object {
  return { format: FORMAT, cluster: { ...config, startTime: formatInstant(startMs) }, digest };
}

function lineOf(command: Command, { number, digest, client }: Omit<JournalRow, 'command'>): object {
  return { number, ...(client === undefined ? {} : { client }), command, digest };
}

export interface Recording {
  readonly config: ClusterConfig;
  readonly genesisDigest: string;
  readonly commands: readonly RecordedCommand[];
}

/** Reads a recording. Fails: malformed-body, invalid-request, with the line. */
export function readRecording(text: string): Recording {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first, ...rest] = lines.map(parseLine);
  const head = check(headSchema, first, 1);
  const last = check(endSchema, rest.pop(), lines.length);
  const commands = rest.map((line, index) => check(lineSchema, line, index + 2));
  const wrong = commands.findIndex(({ number }, index) => number !== index + 2);
  if (wrong >= 0) return refuseLine(wrong + 2, `number must be ${wrong + 2}`);
  if (last.end !== commands.length + 1)
    return refuseLine(lines.length, `there are ${commands.length + 1} commands, and it says ${last.end}`);
  return {
    config: configOf(head.cluster.name ?? '', head.cluster),
    genesisDigest: head.digest,
    commands: commands.map(({ command, digest, client }) => ({
      command: command as Command,
      digest,
      ...(client === undefined ? {} : { client }),
    })),
  };
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
const headSchema = z.strictObject({
  format: z.literal(FORMAT, { error: `must be ${FORMAT}` }),
  cluster: createClusterSchema,
  digest,
});
const lineSchema = z.strictObject({ number: z.int(), client: z.string().optional(), command: commandSchema, digest });
const endSchema = z.strictObject({ end: z.int({ error: 'the recording is cut off' }) }, { error: 'the recording is cut off' });
