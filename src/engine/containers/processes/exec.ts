// Commands that run beside a container's process: exec probes, hooks. A command runs to its end ahead of the clock: its duration is known when it
// begins, and what it writes is there from the beginning (Deviation: a real one writes as it goes).
// Upstream of the texts: containerd and runc through the CRI. Rules: K430-K435, K645, K646.

import { WORK_CREDIT_OF_EXEC } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { ruleAt } from '../../kinds/shared/behavior.ts';
import { containerConfig } from '../container-config.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { catalogueEntry, isKnownImage } from '../images/catalogue.ts';
import { type ContainerPlace, WriteRefused } from '../files/files.ts';
import { openHost, shellEnvironment, workingDirectory } from './host.ts';
import { programKind } from '../images/programs.ts';
import { nextPid } from './session-table.ts';
import { createSession, findClient, hasCommand, nextWakeMs, runSession, type ShellState } from '../../shell/index.ts';

export interface ExecOutcome {
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly durationMs: number;
  /** The runtime could not run the command at all; its text. */
  readonly error: string | null;
  /** The instant before which the command gives the same answer as long as no file changes; null: for ever. */
  readonly constantUntilMs: number | null;
}

export interface ExecOptions {
  /** The command is given up after this; undefined: never. */
  readonly timeoutMs?: number | undefined;
  /** Leave no trace: what would leave one, or depends on the moment, is answered as constant for no time. */
  readonly isLook?: boolean;
}

/** Output kept, as the kubelet limits it. */
const OUTPUT_LENGTH_MAX = 10_240;
/** A command without a timeout that does not end is taken to last this long. */
const ENDLESS_MS = 24 * 3_600_000;
/** Times a command may wake before it counts as endless. */
const WAKES_MAX = 3_600;

/** Runs a command in a running container: by its behaviour's rules, else in its shell. */
export function runExec(state: ClusterState, place: ContainerPlace, command: readonly string[], options: ExecOptions = {}): ExecOutcome {
  const { instance, container } = place;
  const startedMs = instance.startedMs ?? state.nowMs;
  const text = command.join(' ');
  const behavior = behaviorOf(state, instance);
  const isMeant = (item: { readonly command: string | null }): boolean => item.command === null || text.includes(item.command);
  const { rule, untilMs } = ruleAt(behavior.exec, state.nowMs - startedMs, isMeant);
  const constantUntilMs = untilMs === null ? null : startedMs + untilMs;
  if (rule !== undefined) return { exitCode: rule.exitCode, output: rule.output, durationMs: rule.latencyMs, error: null, constantUntilMs };
  // A command that has rules for other times succeeds outside of them.
  if (behavior.exec.some(isMeant)) return { ...ended(0, '', 0), constantUntilMs };
  const kind = programKind(catalogueEntry(container.image), command, 'beside');
  const [name = ''] = command;
  if (kind === undefined && isKnownImage(container.image) && !hasCommand(name) && !name.startsWith('/'))
    return { ...ended(0, '', 0), error: notFound(name), constantUntilMs };
  // A program of the image, or of an image nobody knows, succeeds once the container is up.
  const upMs = startedMs + behavior.startupMs;
  const untilUpMs = state.nowMs < upMs ? Math.min(upMs, constantUntilMs ?? upMs) : constantUntilMs;
  if (hasCommand(name) || kind === 'agnhost' || kind === 'nnp' || name.includes('/') || findClient(command) !== undefined)
    return withLimit(runInShell(state, place, command, options), untilUpMs);
  return { ...ended(state.nowMs < upMs ? 1 : 0, '', 0), constantUntilMs: untilUpMs };
}

function withLimit(outcome: ExecOutcome, untilMs: number | null): ExecOutcome {
  if (untilMs === null || (outcome.constantUntilMs !== null && outcome.constantUntilMs <= untilMs)) return outcome;
  return { ...outcome, constantUntilMs: untilMs };
}

function ended(exitCode: number, output: string, durationMs: number): ExecOutcome {
  return { exitCode, output, durationMs, error: null, constantUntilMs: null };
}

function notFound(program: string): string {
  return `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
}

function runInShell(state: ClusterState, place: ContainerPlace, command: readonly string[], options: ExecOptions): ExecOutcome {
  const { worker, pod, container } = place;
  const config = containerConfig(state, worker, pod, container);
  if (!config.ok) return { ...ended(1, '', 0), error: config.error };
  const session = createSession({
    words: command,
    name: command[0] ?? '',
    environment: shellEnvironment(config.value.environment.variables),
    cwd: workingDirectory(container),
    isInit: false,
    pid: nextPid(state, place.instance),
    credit: WORK_CREDIT_OF_EXEC,
  });
  const isLook = options.isLook === true;
  try {
    return runAhead(state, place, session, config.value, isLook, options.timeoutMs);
  } catch (error) {
    if (error instanceof WriteRefused) return { ...ended(0, '', 0), constantUntilMs: state.nowMs };
    throw error;
  }
}

function runAhead(
  state: ClusterState,
  place: ContainerPlace,
  session: ShellState,
  config: Parameters<typeof openHost>[2],
  isLook: boolean,
  timeoutMs: number | undefined,
): ExecOutcome {
  const limitMs = timeoutMs ?? ENDLESS_MS;
  let output = '';
  const write = (_stream: string, text: string): void => {
    if (output.length < OUTPUT_LENGTH_MAX) output = (output + text).slice(0, OUTPUT_LENGTH_MAX);
  };
  let nowMs = state.nowMs;
  for (let wakes = 0; wakes < WAKES_MAX; wakes += 1) {
    const { host, files } = openHost(state, place, config, { nowMs, isLook, isMain: false, write });
    runSession(session, host);
    if (!isLook) state.workCount += session.budget.spent;
    files.close();
    if (session.exitCode !== null) return ended(session.exitCode, output, nowMs - state.nowMs);
    const wakeMs = nextWakeMs(session);
    if (wakeMs === undefined || wakeMs - state.nowMs >= limitMs) break;
    nowMs = wakeMs;
  }
  return ended(137, output, limitMs);
}
