// What containers wrote: lines with their virtual time, per instance, in chunks so that one more line stores one small row. The oldest chunk goes
// when a log is full, as the kubelet's rotation drops old files.
// Upstream: containerd's CRI logger, pkg/kubelet/logs/container_log_manager.go (v1.33). Rule: R3. Deviation: a log keeps 1 MiB, not five files of 10 MiB.

import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { formatDate } from '../../shell/index.ts';
import type { Instance } from '../model.ts';

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  readonly ms: number;
  readonly stream: LogStream;
  readonly text: string;
  /** R3: no end of line was written after it, so none is shown. */
  readonly isPartial?: true;
}

/** Lines as they were written. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map(({ text, isPartial }) => (isPartial === true ? text : `${text}\n`)).join('');
}

interface LogHead {
  first: number;
  last: number;
  /** Lines of the chunks that went. */
  droppedCount: number;
  /** Text of each stream that no end of line has followed yet. */
  open: { stdout: string; stderr: string };
}

interface LogChunk {
  lines: LogLine[];
  size: number;
}

/** Characters of a chunk, and chunks of a log. */
const CHUNK_SIZE = 32_768;
const CHUNKS_MAX = 32;
/** A line longer than this is cut in two, as the CRI format does it. */
const LINE_LENGTH_MAX = 16_384;
/** Lines a behaviour's repeating rule shows at most. */
const RULE_LINES_MAX = 10_000;

const heads = defineTable<LogHead>('kubelet.logs');
const chunks = defineTable<LogChunk>('kubelet.log-chunks');

/** Appends output. Text without an end of line waits for it. */
export function appendLog(state: ClusterState, instanceId: string, stream: LogStream, text: string): void {
  if (text === '') return;
  if (!heads.has(state, instanceId)) heads.put(state, instanceId, { first: 0, last: 0, droppedCount: 0, open: { stdout: '', stderr: '' } });
  const head = heads.edit(state, instanceId);
  const parts = (head.open[stream] + text).split('\n');
  head.open[stream] = parts.pop() ?? '';
  for (const part of parts) appendLine(state, instanceId, head, stream, part);
  while (head.open[stream].length > LINE_LENGTH_MAX) {
    appendLine(state, instanceId, head, stream, head.open[stream].slice(0, LINE_LENGTH_MAX), true);
    head.open[stream] = head.open[stream].slice(LINE_LENGTH_MAX);
  }
}

/** The end of a process: what it had not ended with a line feed becomes the rest of a line. */
export function closeLog(state: ClusterState, instanceId: string): void {
  if (!heads.has(state, instanceId)) return;
  const head = heads.edit(state, instanceId);
  for (const stream of ['stdout', 'stderr'] as const) {
    if (head.open[stream] !== '') appendLine(state, instanceId, head, stream, head.open[stream], true);
    head.open[stream] = '';
  }
}

/** The lines of an instance, oldest first: what it wrote, and what its behaviour says it writes. */
export function readLog(state: ClusterState, instance: Readonly<Instance>): readonly LogLine[] {
  const head = heads.get(state, instance.id);
  const written: LogLine[] = [];
  if (head !== undefined)
    for (let at = head.first; at <= head.last; at += 1) written.push(...(chunks.get(state, chunkKey(instance.id, at))?.lines ?? []));
  const told = linesOfBehavior(state, instance);
  return told.length === 0 ? written : [...written, ...told].sort((a, b) => a.ms - b.ms);
}

/** How many lines a log has lost at its beginning, and the text at its end that is no line yet. */
export function logEdges(
  state: ClusterState,
  instance: Readonly<Instance>,
): { readonly droppedCount: number; readonly open: Readonly<Record<LogStream, string>> } {
  return heads.get(state, instance.id) ?? { droppedCount: 0, open: { stdout: '', stderr: '' } };
}

/** The last lines, up to a size: what a terminated message falls back to. */
export function logTail(state: ClusterState, instance: Readonly<Instance>, linesMax: number, lengthMax: number): string {
  const text = logText(readLog(state, instance).slice(-linesMax));
  return text.length > lengthMax ? text.slice(-lengthMax) : text;
}

/** Forgets the log of an instance that left the node. */
export function removeLog(state: ClusterState, instanceId: string): void {
  const head = heads.get(state, instanceId);
  if (head === undefined) return;
  for (let at = head.first; at <= head.last; at += 1) chunks.remove(state, chunkKey(instanceId, at));
  heads.remove(state, instanceId);
}

function appendLine(state: ClusterState, instanceId: string, head: LogHead, stream: LogStream, text: string, isPartial = false): void {
  const present = chunks.get(state, chunkKey(instanceId, head.last));
  if (present !== undefined && present.size >= CHUNK_SIZE) head.last += 1;
  const key = chunkKey(instanceId, head.last);
  if (!chunks.has(state, key)) chunks.put(state, key, { lines: [], size: 0 });
  const chunk = chunks.edit(state, key);
  chunk.lines.push({ ms: state.nowMs, stream, text, ...(isPartial ? { isPartial } : {}) });
  chunk.size += text.length + 1;
  while (head.last - head.first >= CHUNKS_MAX) {
    head.droppedCount += chunks.get(state, chunkKey(instanceId, head.first))?.lines.length ?? 0;
    chunks.remove(state, chunkKey(instanceId, head.first));
    head.first += 1;
  }
}

function linesOfBehavior(state: ClusterState, instance: Readonly<Instance>): LogLine[] {
  const { startedMs } = instance;
  if (startedMs === null) return [];
  const endMs = instance.finishedMs ?? state.nowMs;
  const lines: LogLine[] = [];
  for (const { text: given, atMs, everyMs, isStamped } of behaviorOf(state, instance).logs) {
    const text = isStamped === true ? stamped(given, startedMs + atMs) : given;
    const firstMs = startedMs + atMs;
    if (firstMs > endMs) continue;
    const count = everyMs === null ? 1 : Math.floor((endMs - firstMs) / everyMs) + 1;
    for (let index = Math.max(0, count - RULE_LINES_MAX); index < count; index += 1)
      for (const part of text.replace(/\n$/, '').split('\n'))
        lines.push({ ms: firstMs + index * (everyMs ?? 0), stream: 'stdout', text: part });
  }
  return lines.sort((a, b) => a.ms - b.ms);
}

/** K927: what a server of the catalogue says has the time in it in its own form. */
function stamped(text: string, ms: number): string {
  return text.replace(/\{(%[^{}]*)\}/g, (_whole, format: string) => formatDate(ms, format));
}

function chunkKey(instanceId: string, at: number): string {
  return `${instanceId}|${at}`;
}
