// A script run by the simulated shell alone: a container's files, no cluster.

import { SESSION_MEMORY_MAX } from '../../src/engine/kernel/limits.ts';
import {
  createBaseTree,
  createFileSystem,
  createSession,
  type FileTree,
  nextWakeMs,
  ROOT_USER,
  runSession,
  type ShellHost,
  type ShellState,
} from '../../src/engine/shell/index.ts';

const START_MS = Date.UTC(2025, 0, 1);

export interface ScriptRun {
  readonly state: ShellState;
  readonly files: FileTree;
  /** What was written; standard error begins with `!`. */
  readonly output: readonly string[];
  readonly exitCode: number | null;
  /** Virtual milliseconds it took, or had gone on for at the limit. */
  readonly tookMs: number;
  /** Work that it was charged with. */
  readonly worked: number;
}

export interface ScriptOptions {
  readonly flavor?: ShellHost['flavor'];
  readonly input?: string;
  /** Virtual milliseconds after which it is left as it is. */
  readonly limitMs?: number;
}

/** Runs a script to its end, at most for a limit of virtual time. */
export function runScript(script: string, { flavor = 'busybox', input, limitMs = 3_600_000 }: ScriptOptions = {}): ScriptRun {
  const files = createBaseTree(START_MS, {});
  const output: string[] = [];
  const state = createSession({
    script,
    name: 'sh',
    environment: { HOME: '/root' },
    cwd: '/',
    isInit: true,
    ...(input === undefined ? {} : { input }),
  });
  let nowMs = START_MS;
  let worked = 0;
  for (;;) {
    runSession(state, hostAt(nowMs, flavor, files, output));
    worked += state.budget.spent;
    const wakeMs = nextWakeMs(state);
    if (state.exitCode !== null || wakeMs === undefined || wakeMs > START_MS + limitMs) break;
    nowMs = Math.max(nowMs, wakeMs);
  }
  return { state, files, output, exitCode: state.exitCode, tookMs: nowMs - START_MS, worked };
}

function hostAt(nowMs: number, flavor: ShellHost['flavor'], files: FileTree, output: string[]): ShellHost {
  return {
    nowMs,
    hostname: 'web-0',
    user: ROOT_USER,
    flavor,
    files: createFileSystem(files, [], nowMs),
    request: () => ({ latencyMs: 5, outcome: 'refused', status: 0, headers: {}, body: '', address: '' }),
    connect: () => ({ latencyMs: 5, outcome: 'refused', status: 0, headers: {}, body: '', address: '' }),
    converse: () => ({ latencyMs: 5, outcome: 'refused', status: 0, headers: {}, body: '', address: '' }),
    resolve: () => undefined,
    askDns: () => ({ kind: 'nxdomain' }),
    random: () => 42,
    write: (stream, text) => void output.push(stream === 'stderr' ? `!${text}` : text),
    programKind: () => undefined,
    noteCommand: () => {},
    otherProcesses: () => [],
    signal: () => false,
    openPorts: () => [],
    isPrivileged: false,
    allowsEscalation: true,
    imageVersion: '',
    processShift: () => 0,
    packages: 'any',
    workLeft: () => Number.POSITIVE_INFINITY,
    memoryMax: () => SESSION_MEMORY_MAX,
  };
}
