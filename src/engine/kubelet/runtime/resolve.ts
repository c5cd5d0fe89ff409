// Which behaviour a container has (contract, section 5; first match wins): the pod's annotation, the cluster's image catalogue, a command that
// is understood, the image's default.

import { memoize } from '../../apimachinery/memoize.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import {
  type Behavior,
  BEHAVIOR_ANNOTATION_PREFIX,
  BEHAVIOR_DEFAULT,
  type ParsedBehavior,
  parseAnnotationText,
  type RunRule,
} from '../../kinds/shared/behavior.ts';
import { catalogueEntry, entryBehavior, isKnownImage, ownBehavior } from './catalogue.ts';
import { parseSleep } from './shell/commands/system.ts';

/** The behaviour of a container at its start. */
export function resolveBehavior(state: ClusterState, pod: Pod, container: Container): Behavior {
  const annotation = pod.metadata.annotations?.[`${BEHAVIOR_ANNOTATION_PREFIX}${container.name}`];
  const ports = (container.ports ?? []).map((port) => port.containerPort);
  const withPorts = (behavior: Behavior): Behavior =>
    ports.length === 0
      ? { ...behavior, ports: servedPorts(behavior, container) }
      : { ...behavior, ports: unique([...ports, ...behavior.ports]) };
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

/** Reads the behaviour annotation of a container. */
export function parseAnnotation(text: string, container: string): ParsedBehavior {
  return parseKeyed(`${container}\n${text}`);
}

const parseKeyed = memoize((keyed): ParsedBehavior => {
  const at = keyed.indexOf('\n');
  return parseAnnotationText(keyed.slice(at + 1), `metadata.annotations[${BEHAVIOR_ANNOTATION_PREFIX}${keyed.slice(0, at)}]`);
});

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
  if (container.command === undefined && !/^(?:sh|bash|ash|\/bin\/(?:sh|bash|ash)|sleep|true|false)$/.test(words[0] ?? ''))
    return undefined;
  const plain =
    /^(?:\/bin\/|\/usr\/bin\/)?(sh|bash|ash|dash)$/.test(words[0] ?? '') && words[1] === '-c'
      ? (words[2] ?? '').trim().split(/\s+/)
      : words;
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
