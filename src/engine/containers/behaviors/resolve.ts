// What a container runs (docs/contract.md, section 5; first match wins): what the pod's annotation says, the cluster's own catalogue entry, a command that is a
// shell's, a program of the image, the image's default.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Behavior } from '../../kinds/shared/behavior.ts';
import { containerConfig } from '../container-config.ts';
import { agnhostBehavior } from '../images/agnhost.ts';
import { type CatalogueEntry, catalogueEntry, entryBehavior, isKnownImage } from '../images/catalogue.ts';
import { givenBehavior, givenUse } from './given-behavior.ts';
import { entryPointRefusal, knowsPrograms, type ProgramKind, programKind } from '../images/programs.ts';
import { roleOf } from './role.ts';
import { findClient, hasCommand } from '../../shell/index.ts';
import type { PodRuntime } from '../model.ts';
import { busyOf, stressOf } from './stress.ts';

export interface Program {
  readonly behavior: Behavior;
  /** The command is executed by the shell; the behaviour then says only what it listens on. */
  readonly isScript: boolean;
}

/** Virtual milliseconds for which a tool such as an interpreter runs. */
const TOOL_RUN_MS = 1_000;
const TOOL_RUNS: Behavior['runs'] = [{ forMs: TOOL_RUN_MS, exitCode: 0, reason: 'Completed', message: '' }];

/** The command line of a container as its manifest gives it, with `$(VAR)` filled in; empty when it is the image's own. */
export function mainWords(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container): readonly string[] {
  const { entrypoint, defaultArguments } = catalogueEntry(container.image);
  if (container.command === undefined && container.args === undefined)
    return isOpenShell(container) ? ['sh'] : [...entrypoint, ...defaultArguments];
  const config = containerConfig(state, worker, pod, container);
  if (!config.ok) return [];
  const { command, args } = config.value.environment;
  if (command.length > 0) return [...command, ...args];
  return [...entrypoint, ...(args.length > 0 ? args : defaultArguments)];
}

/** The default command of these images is a shell; with standard input open it waits for what is typed. */
function isOpenShell(container: Container): boolean {
  const { main, repository } = catalogueEntry(container.image);
  return container['stdin'] === true && main === 'exit' && /(?:^|\/)(?:busybox|alpine|debian|ubuntu|bash)$/.test(repository);
}

/** Linux does not execute what has too many or too long arguments and variables: the process ends before it begins. */
export function isTooLong(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container): boolean {
  if (container.env === undefined && container.envFrom === undefined && container.command === undefined && container.args === undefined)
    return false;
  const config = containerConfig(state, worker, pod, container);
  return config.ok && config.value.environment.isTooLong;
}

/** What is left of a program that cannot be executed: its runtime's last words. */
export function unexecutable(program: Program, container: Container): Program {
  const text = `exec ${container.command?.[0] ?? 'container process'}: argument list too long`;
  const runs = [{ forMs: 0, exitCode: 255, reason: 'Error' as const, message: '' }];
  return { behavior: { ...program.behavior, runs, logs: [{ text, atMs: 0, everyMs: null }], startError: null }, isScript: false };
}

/** A program that ends with 1 after some words. */
export function refusing(program: Program, text: string): Program {
  const runs = [{ forMs: 0, exitCode: 1, reason: 'Error' as const, message: '' }];
  return { behavior: { ...program.behavior, runs, logs: [{ text, atMs: 0, everyMs: null }], startError: null }, isScript: false };
}

/** What a container will run when it starts now. */
export function resolveProgram(state: ClusterState, pod: Pod, container: Container, words: readonly string[]): Program {
  const program = programOf(state, pod, container, words);
  const use = givenUse(state, pod, container);
  return use === undefined ? program : { ...program, behavior: { ...program.behavior, ...use } };
}

function programOf(state: ClusterState, pod: Pod, container: Container, words: readonly string[]): Program {
  const given = givenBehavior(state, pod, container);
  if (given !== undefined) return runs(container, given);
  const entry = catalogueEntry(container.image);
  const base = entryBehavior(entry);
  const [first] = words;
  const role = roleOf({ pod, container }, true, true);
  if (first === undefined) {
    if (container['stdin'] === true) return runs(container, { ...base, runs: [], sigterm: 'ignore' });
    return runs(container, role === 'step' && !isKnownImage(container.image) ? { ...base, runs: TOOL_RUNS } : base);
  }
  const kind = programKind(entry, words, role);
  const use = kind === undefined ? undefined : stressOf(words);
  if (use !== undefined) return runs(container, { ...base, ...use });
  if (kind === 'agnhost' || kind === 'nnp') return { ...runs(container, { ...base, ports: [], runs: [] }), isScript: true };
  const subcommand = entry.repository.endsWith('/agnhost') || entry.repository.endsWith('/liveness') ? agnhostBehavior(words) : undefined;
  if (subcommand !== undefined) return runs(container, { ...base, ...subcommand });
  if (hasCommand(first) || (kind !== undefined && findClient(words) !== undefined))
    return { ...runs(container, { ...base, runs: [], startupMs: 0, ...busyOf(words) }), isScript: true };
  return runs(container, programBehavior(container, entry, base, words, kind));
}

/** A program that is not the shell's: one of the image, one the image does not have, or one of an image nobody knows. */
function programBehavior(
  container: Container,
  entry: CatalogueEntry,
  base: Behavior,
  words: readonly string[],
  kind: ProgramKind | undefined,
): Behavior {
  if (kind === 'server') return { ...base, runs: [] };
  if (kind !== undefined) return { ...base, runs: TOOL_RUNS };
  const [program = ''] = words;
  if (entry.main === 'exit' && isKnownImage(container.image)) return { ...base, startError: startErrorOf(program) };
  // Options are the image's own affair, and so is a script that a volume may hold.
  if (!knowsPrograms(entry) || program.startsWith('-') || isInVolume(container, program)) return { ...base, runs: [] };
  const refusal = container.command === undefined ? entryPointRefusal(entry, program) : undefined;
  if (refusal === undefined) return { ...base, startError: startErrorOf(program) };
  const logs = [{ text: refusal, atMs: 0, everyMs: null }];
  return { ...base, ports: [], logs, runs: [{ forMs: 0, exitCode: 127, reason: 'Error', message: '' }] };
}

function isInVolume({ volumeMounts = [] }: Container, program: string): boolean {
  return volumeMounts.some(({ mountPath }) => program === mountPath || program.startsWith(`${mountPath.replace(/\/$/, '')}/`));
}

/** K234: what containerd says of a program that is not there. */
function startErrorOf(program: string): string {
  const reason = program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH';
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${program}": ${reason}: unknown`;
}

/** A behaviour with the ports that the manifest declares. */
function runs(container: Container, behavior: Behavior): Program {
  const declared = (container.ports ?? []).map((port) => port.containerPort);
  return {
    behavior: { ...behavior, ports: unique([...declared, ...behavior.ports, ...probedPorts(behavior, container)]) },
    isScript: false,
  };
}

/** K918: a server of which nothing is known serves the ports that its own probes and hooks ask for. */
function probedPorts(behavior: Behavior, container: Container): number[] {
  if (behavior.ports.length > 0 || isKnownImage(container.image)) return [];
  const probes = [container.livenessProbe, container.readinessProbe, container.startupProbe];
  const hooks = [container.lifecycle?.postStart, container.lifecycle?.preStop];
  const wanted = [
    ...probes.flatMap((probe) => [probe?.httpGet?.port, probe?.tcpSocket?.port, probe?.grpc?.port]),
    ...hooks.map((hook) => hook?.httpGet?.port),
  ];
  return unique(wanted.map((port) => Number(port)).filter((port) => port > 0));
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
