// Which behaviour a container has (contract, section 5; first match wins): the pod's annotation, the cluster's image catalogue, a command that
// is understood, the image's default.

import { parse as parseYaml } from 'yaml';
import type { FieldError } from '../../apimachinery/field-errors.ts';
import { invalid } from '../../apimachinery/field-errors.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Behavior, BEHAVIOR_DEFAULT, type ParsedBehavior, parseBehavior, type RunRule } from './behavior.ts';
import { catalogueEntry, entryBehavior, isKnownImage, ownBehavior } from './catalogue.ts';
import { parseSleep } from './shell/commands/system.ts';

export const BEHAVIOR_ANNOTATION_PREFIX = 'orrery.sim/behavior.';

/** The behaviour of a container at its start. */
export function resolveBehavior(state: ClusterState, pod: Pod, container: Container): Behavior {
  const annotation = pod.metadata.annotations?.[`${BEHAVIOR_ANNOTATION_PREFIX}${container.name}`];
  const ports = (container.ports ?? []).map((port) => port.containerPort);
  const withPorts = (behavior: Behavior): Behavior => (ports.length === 0 ? { ...behavior, ports: servedPorts(behavior, container) } : { ...behavior, ports: unique([...ports, ...behavior.ports]) });
  if (annotation !== undefined) {
    const parsed = parseAnnotation(annotation, container.name);
    if (parsed.ok) return withPorts(parsed.behavior);
  }
  const own = ownBehavior(state, container.image);
  if (own !== undefined) return withPorts(own);
  const command = commandBehavior(container);
  if (command !== undefined) return withPorts(command);
  const base = entryBehavior(catalogueEntry(container.image));
  // Arguments without a command are the image's own affair: it serves as it does without them.
  return withPorts((container.args?.length ?? 0) > 0 ? { ...base, runs: [] } : base);
}

/** Reads a behaviour annotation, YAML or JSON. */
export function parseAnnotation(text: string, container: string): ParsedBehavior {
  const field = `metadata.annotations[${BEHAVIOR_ANNOTATION_PREFIX}${container}]`;
  const value = readYaml(text);
  return value === undefined ? { ok: false, errors: [invalid(field, text.slice(0, 80), 'must be YAML or JSON')] } : parseBehavior(value, field);
}

/** Errors of a pod's behaviour annotations, so that wrong ones are refused where they enter. */
export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  return Object.entries(annotations ?? {}).flatMap(([key, text]) => {
    if (!key.startsWith(BEHAVIOR_ANNOTATION_PREFIX)) return [];
    const parsed = parseAnnotation(text, key.slice(BEHAVIOR_ANNOTATION_PREFIX.length));
    return parsed.ok ? [] : parsed.errors;
  });
}

function readYaml(text: string): unknown {
  // The parser reports by throwing; an unreadable text is the client's mistake and becomes a value here.
  try {
    return parseYaml(text, { maxAliasCount: 10 }) as unknown;
  } catch {
    return undefined;
  }
}

/** Ports a container without declared ports serves: those of its image, else those its own probes ask for. */
function servedPorts(behavior: Behavior, container: Container): number[] {
  if (behavior.ports.length > 0) return behavior.ports;
  const probes = [container.livenessProbe, container.readinessProbe, container.startupProbe];
  const wanted = probes.flatMap((probe) => [probe?.httpGet?.port, probe?.tcpSocket?.port, probe?.grpc?.port]);
  return isKnownImage(container.image) ? [] : unique(wanted.filter((port): port is number => typeof port === 'number'));
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}

const FOREVER_IGNORING: Behavior = { ...BEHAVIOR_DEFAULT, sigterm: 'ignore' };

/** Simple commands whose behaviour is known without running them. PID 1 ignores signals it does not handle (K509). */
function commandBehavior(container: Container): Behavior | undefined {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  if (container.command === undefined && !/^(?:sh|bash|ash|\/bin\/(?:sh|bash|ash)|sleep|true|false)$/.test(words[0] ?? '')) return undefined;
  const plain = /^(?:\/bin\/|\/usr\/bin\/)?(sh|bash|ash|dash)$/.test(words[0] ?? '') && words[1] === '-c' ? (words[2] ?? '').trim().split(/\s+/) : words;
  const name = (plain[0] ?? '').replace(/^(?:\/usr)?\/bin\//, '');
  if (name === 'exec') return sleepBehavior(plain.slice(1));
  return sleepBehavior([name, ...plain.slice(1)]);
}

function sleepBehavior(words: readonly string[]): Behavior | undefined {
  const [name, argument] = words;
  const end = (forMs: number, exitCode: number): Behavior => ({ ...FOREVER_IGNORING, runs: [endRule(forMs, exitCode)] });
  if (name === 'true' && words.length === 1) return end(0, 0);
  if (name === 'false' && words.length === 1) return end(0, 1);
  if (name === 'exit' && words.length <= 2 && /^\d*$/.test(argument ?? '')) return end(0, Number(argument ?? 0) & 255);
  if (name === 'tail' && argument === '-f' && words.length === 3) return FOREVER_IGNORING;
  if (name !== 'sleep' || words.length !== 2) return undefined;
  const ms = parseSleep(argument ?? '');
  if (ms === undefined) return undefined;
  return Number.isSafeInteger(ms) ? end(ms, 0) : FOREVER_IGNORING;
}

function endRule(forMs: number, exitCode: number): RunRule {
  return { forMs, exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', message: '' };
}
