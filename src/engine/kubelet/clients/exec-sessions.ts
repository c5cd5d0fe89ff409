// Commands that clients run in containers, and input they send to a container's own process. Each step is a command of the journal; between two
// steps a session is a row. Output is read beside the journal and changes nothing.
// Upstream of the texts: pkg/registry/core/pod/strategy.go (streamLocation), pkg/kubelet/kubelet_pods.go (GetExec), containerd and runc (v1.33).
// Rules: S3, S6, S19.

import { badRequest, fail, failure, notFound, ok, type Result, type Status } from '../../apimachinery/status.ts';
import { getObject } from '../../apiserver/api.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { EXEC_INPUT_LENGTH_MAX, EXEC_SESSIONS_MAX, WORK_CREDIT_OF_CLIENT } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { ruleAt } from '../../kinds/shared/behavior.ts';
import { containerConfig } from '../../containers/container-config.ts';
import { findContainer } from '../../containers/container-lists.ts';
import { nextCount, podWorkers } from '../model.ts';
import { rearmProbes } from '../probes/probe-worker.ts';
import { behaviorOf } from '../../containers/behaviors/behaviors.ts';
import { catalogueEntry, isKnownImage, longHash } from '../../containers/images/catalogue.ts';
import { noteTurn } from '../../containers/behaviors/consumption.ts';
import { appendOutput, EXEC_TIMER, type ExecChunk, type ExecRow, endRow, execRows } from '../../containers/processes/exec-table.ts';
import type { ContainerPlace } from '../../containers/files/files.ts';
import { openHost, shellEnvironment, workingDirectory } from '../../containers/processes/host.ts';
import { hasShell, programKind } from '../../containers/images/programs.ts';
import { feedMain } from '../../containers/processes/runtime.ts';
import { nextPid, sessions } from '../../containers/processes/session-table.ts';
import { createSession, findClient, hasCommand, nextWakeMs, runSession, type ShellState, typeInto } from '../../shell/index.ts';
import { newestInstance } from '../../containers/model.ts';

/** Which container of which pod; an empty container is the only one. */
export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecRequest extends ContainerName {
  readonly command: readonly string[];
  /** Without it standard input is at its end from the beginning. */
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** A session as its client sees it. */
export interface ExecView {
  /** Output from a position on; `next` is the position behind it. */
  readonly chunks: readonly ExecChunk[];
  readonly next: number;
  readonly exitCode: number | null;
}

/** S3: the container that a streaming request names. Fails: NotFound, BadRequest. */
export function checkContainer(state: ClusterState, { namespace, pod: name, container }: ContainerName): Result<string> {
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined) return fail(notFound(podKind, name));
  const chosen = chooseContainer(pod, container);
  if (!chosen.ok) return chosen;
  if ((pod.spec.nodeName ?? '') === '') return fail(badRequest(`pod ${name} does not have a host assigned`));
  return chosen;
}

/** Whether the container runs. Fails: as `checkContainer`; a kubelet's text. */
export function checkRunning(state: ClusterState, name: ContainerName): Result<string> {
  const pod = getObject(state, podKind, name.namespace, name.pod);
  const worker = pod === undefined ? undefined : podWorkers.get(state, pod.metadata.uid);
  const instance = worker?.runtime.instances.findLast((item) => item.container === name.container);
  return instance?.state === 'running' ? ok(instance.id) : fail(containerNotFound(name.container));
}

/** Whether only one client in the life of a container may give it input, so that nobody else has seen what it says. */
export function isInputOnce(state: ClusterState, { namespace, pod: name, container }: ContainerName): boolean {
  const pod = getObject(state, podKind, namespace, name);
  return pod !== undefined && findContainer(pod, container)?.container['stdinOnce'] === true;
}

/** Starts a command. The value is its session. Fails: as `checkContainer`; InternalError when it cannot be run. */
export function startExec(state: ClusterState, request: ExecRequest): Result<string> {
  const found = findRunning(state, request);
  if (!found.ok) return found;
  if (execRows.rows(state).size >= EXEC_SESSIONS_MAX)
    return fail(
      failure(429, 'TooManyRequests', `there are ${EXEC_SESSIONS_MAX} sessions in containers of this cluster, which is the limit`),
    );
  const place = found.value;
  const error = startError(state, place, request.command);
  if (error !== null) return fail(execFailure(state, place, request.command, error));
  const session = `exec-${nextCount(state, 'exec')}`;
  execRows.put(state, session, createRow(state, place, request));
  step(state, session, place);
  return ok(session);
}

/** Gives a command input; `close` ends its standard input. A session that has ended takes nothing. Fails: RequestEntityTooLarge. */
export function inputExec(state: ClusterState, session: string, data: string, close: boolean): Result<string> {
  const row = execRows.get(state, session);
  if (row === undefined || row.exitCode !== null || row.shell === null) return ok(session);
  if (!hasRoom(row.shell, data)) return fail(TOO_MUCH);
  const place = placeOf(state, row);
  if (place === undefined) return ok(session);
  const edited = execRows.edit(state, session);
  if (edited.shell === null) return ok(session);
  appendOutput(edited, 'stdout', feed(edited.shell, data, close));
  step(state, session, place);
  return ok(session);
}

/** Forgets a session: its client has gone, and the command with it. */
export function closeExec(state: ClusterState, session: string): void {
  clearTimer(state, EXEC_TIMER, session);
  execRows.remove(state, session);
}

/** The sessions that are open. */
export function openExecs(state: ClusterState): readonly string[] {
  return [...execRows.rows(state).keys()];
}

/** What a session has written from a position on; undefined when there is none, or when what stood at the position was dropped. */
export function readExec(state: ClusterState, session: string, position: number): ExecView | undefined {
  const row = execRows.get(state, session);
  if (row === undefined || position < row.droppedCount) return undefined;
  return {
    chunks: row.output.slice(position - row.droppedCount),
    next: row.droppedCount + row.output.length,
    exitCode: row.exitCode,
  };
}

/** The timer of a session: its command goes on, or ends. */
export function fireExec(state: ClusterState, session: string): void {
  const row = execRows.get(state, session);
  if (row === undefined || row.exitCode !== null) return;
  const place = placeOf(state, row);
  if (place === undefined) return endRow(state, session, 137);
  step(state, session, place);
}

/** S19: input for a container's own process. Fails: as `checkContainer`; RequestEntityTooLarge. */
export function inputMain(state: ClusterState, name: ContainerName, data: string, close: boolean): Result<string> {
  const found = findRunning(state, name);
  if (!found.ok) return found;
  const { container, worker, pod, instance } = found.value;
  if (container['stdin'] !== true) return ok('');
  const main = sessions.get(state, instance.id)?.shell;
  if (main !== undefined && !hasRoom(main, data)) return fail(TOO_MUCH);
  const hasWritten = feedMain(state, found.value, (shell) => feed(shell, data, close && container['stdinOnce'] === true));
  if (hasWritten) rearmProbes(state, worker, pod);
  return ok(instance.id);
}

/** Whether standard input takes so much; what a command has read does not count. */
function hasRoom(shell: Readonly<ShellState>, data: string): boolean {
  return shell.input.length + (shell.terminal?.line.length ?? 0) + data.length <= EXEC_INPUT_LENGTH_MAX;
}

const TOO_MUCH = failure(
  413,
  'RequestEntityTooLarge',
  `standard input holds more than ${EXEC_INPUT_LENGTH_MAX} characters that the command does not read`,
);

function feed(shell: ShellState, data: string, close: boolean): string {
  const shown = shell.terminal === undefined ? '' : typeInto(shell, data);
  if (shell.terminal === undefined) shell.input += data;
  if (close) shell.inputClosed = true;
  return shown;
}

function chooseContainer(pod: Pod, container: string): Result<string> {
  const { name } = pod.metadata;
  if (container !== '')
    return findContainer(pod, container) === undefined
      ? fail(badRequest(`container ${container} is not valid for pod ${name}`))
      : ok(container);
  const names = pod.spec.containers.map((item) => item.name);
  if (names.length === 1) return ok(names[0] ?? '');
  const inits = (pod.spec.initContainers ?? []).map((item) => item.name);
  const orInit = inits.length === 0 ? '' : ` or one of the init containers: [${inits.join(' ')}]`;
  return fail(badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${orInit}`));
}

/** The running instance of a container, as the runtime of its node finds it. */
function findRunning(state: ClusterState, name: ContainerName): Result<ContainerPlace> {
  const checked = checkContainer(state, name);
  if (!checked.ok) return checked;
  const missing = fail(containerNotFound(checked.value));
  const pod = getObject(state, podKind, name.namespace, name.pod);
  if (pod === undefined || !podWorkers.has(state, pod.metadata.uid)) return missing;
  const worker = podWorkers.edit(state, pod.metadata.uid);
  const instance = newestInstance(worker.runtime, checked.value);
  const container = findContainer(pod, checked.value)?.container;
  if (instance === undefined || instance.state !== 'running' || container === undefined) return missing;
  return ok({ worker, pod, container, instance });
}

/** What a kubelet says of a container that does not run; it is no Status, only text. */
function containerNotFound(container: string): Status {
  return failure(500, 'KubeletText', `container not found ("${container}")`);
}

function placeOf(state: ClusterState, row: Readonly<ExecRow>): ContainerPlace | undefined {
  if (!podWorkers.has(state, row.podUid)) return undefined;
  const worker = podWorkers.edit(state, row.podUid);
  const pod = getObject(state, podKind, worker.namespace, worker.name) ?? worker.orphan ?? undefined;
  const instance = worker.runtime.instances.find((item) => item.id === row.instanceId);
  if (pod === undefined || instance === undefined || instance.state !== 'running') return undefined;
  const container = findContainer(pod, row.container)?.container;
  return container === undefined ? undefined : { worker, pod, container, instance };
}

/** Why runc cannot start a command, or null. */
function startError(state: ClusterState, place: ContainerPlace, command: readonly string[]): string | null {
  const { instance, container } = place;
  const name = command[0] ?? '';
  const config = containerConfig(state, place.worker, place.pod, container);
  if (!config.ok) return config.error;
  const isMeant = (item: { readonly command: string | null }): boolean => item.command === null || command.join(' ').includes(item.command);
  if (behaviorOf(state, instance).exec.some(isMeant)) return null;
  const entry = catalogueEntry(container.image);
  const isOwn = !isKnownImage(container.image) || programKind(entry, command, 'beside') !== undefined;
  if (isOwn || (hasCommand(name) && hasShell(entry))) return null;
  if (!name.includes('/')) return `exec: "${name}": executable file not found in $PATH`;
  const { files } = openHost(state, place, config.value, { nowMs: state.nowMs, isLook: true, isMain: false, write: () => {} });
  const info = files.files.stat(name);
  files.close();
  if (info === undefined) return `exec: "${name}": stat ${name}: no such file or directory`;
  if (info.kind === 'directory') return `exec: "${name}": is a directory`;
  return (info.mode & 0o111) === 0 ? `exec: "${name}": permission denied` : null;
}

/** S6: a command that did not start. */
function execFailure(state: ClusterState, { instance }: ContainerPlace, command: readonly string[], error: string): Status {
  const id = longHash(`${state.seed}|${instance.id}|${state.nowMs}|${command.join(' ')}`);
  const text = `error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${error}: unknown`;
  return failure(500, 'InternalError', `Internal error occurred: ${text}`, { causes: [{ message: text }] });
}

function createRow(state: ClusterState, place: ContainerPlace, { command, stdin, tty }: ExecRequest): ExecRow {
  const { worker, instance, container, pod } = place;
  const row: ExecRow = {
    podUid: worker.uid,
    instanceId: instance.id,
    container: container.name,
    shell: null,
    output: [],
    outputLength: 0,
    droppedCount: 0,
    exitCode: null,
    endCode: 0,
    endsMs: state.nowMs,
  };
  const rule = execRule(state, place, command);
  const config = containerConfig(state, worker, pod, container);
  if (rule !== undefined) {
    appendOutput(row, 'stdout', rule.output);
    return { ...row, endCode: rule.exitCode, endsMs: state.nowMs + rule.latencyMs };
  }
  // A program of the image, or of an image nobody knows, says nothing and succeeds.
  const isShells =
    hasCommand(command[0] ?? '') ||
    (command[0] ?? '').startsWith('/') ||
    findClient(command) !== undefined ||
    programKind(catalogueEntry(container.image), command, 'beside') === 'agnhost';
  if (!config.ok || !isShells) return row;
  const environment = { ...shellEnvironment(config.value.environment.variables), ...(tty ? { TERM: 'xterm' } : {}) };
  const shell = createSession({
    words: command,
    name: command[0] ?? '',
    environment,
    cwd: workingDirectory(container),
    isInit: false,
    pid: nextPid(state, instance),
    keepInputOpen: stdin,
    hasTerminal: tty,
    credit: WORK_CREDIT_OF_CLIENT,
  });
  return { ...row, shell, endsMs: null };
}

/** The behaviour's rule for a command, if there is one for this moment; one for another moment means success. */
function execRule(state: ClusterState, { instance }: ContainerPlace, command: readonly string[]) {
  const { exec } = behaviorOf(state, instance);
  const text = command.join(' ');
  const isMeant = (item: { readonly command: string | null }): boolean => item.command === null || text.includes(item.command);
  if (!exec.some(isMeant)) return undefined;
  const { rule } = ruleAt(exec, state.nowMs - (instance.startedMs ?? state.nowMs), isMeant);
  return rule ?? { exitCode: 0, output: '', latencyMs: 0 };
}

/** Lets a command go on as far as it goes at this instant. */
function step(state: ClusterState, session: string, place: ContainerPlace): void {
  const row = execRows.edit(state, session);
  const { shell } = row;
  if (shell === null) {
    if (row.endsMs !== null && row.endsMs <= state.nowMs) endRow(state, session, row.endCode);
    else if (row.endsMs !== null) arm(state, session, place, row.endsMs);
    return;
  }
  const config = containerConfig(state, place.worker, place.pod, place.container);
  if (!config.ok) return endRow(state, session, 137);
  const write = (stream: 'stdout' | 'stderr', text: string): void => appendOutput(row, stream, text);
  const { host, files } = openHost(state, place, config.value, { nowMs: state.nowMs, isLook: false, isMain: false, write });
  runSession(shell, host);
  files.close();
  noteTurn(state, shell);
  if (shell.exitCode !== null) endRow(state, session, shell.exitCode);
  else {
    const wakeMs = nextWakeMs(shell);
    if (wakeMs === undefined) clearTimer(state, EXEC_TIMER, session);
    else arm(state, session, place, Math.max(wakeMs, state.nowMs + 1));
  }
  // What a probe's command finds may be another thing now.
  if (files.hasWritten()) rearmProbes(state, place.worker, place.pod);
}

function arm(state: ClusterState, session: string, { worker }: ContainerPlace, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.process, order: worker.ordinal, owner: EXEC_TIMER, key: session });
}
