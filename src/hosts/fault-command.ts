// `orrery fault`: what a target means depends on what strikes it.

import type { Schemas } from '../client/connection.ts';
import { ConfigError } from './config.ts';
import { numberOf, textOf, type Values } from './flags.ts';

type FaultType = Schemas['ClusterFault']['type'];

/** What the target of each fault names; one of `pods` needs none, and may be that of a node or a namespace. */
const TARGETS: Readonly<Record<FaultType, 'node' | 'pod' | 'pods' | 'image' | 'registry'>> = {
  'node-down': 'node',
  'node-partition': 'node',
  'node-reboot': 'node',
  'node-pressure': 'node',
  'container-kill': 'pod',
  'container-oom': 'pod',
  'container-hang': 'pod',
  'probe-fail': 'pod',
  'image-pull-fail': 'image',
  'registry-down': 'registry',
  'sandbox-fail': 'pods',
  'container-create-fail': 'pods',
  'network-delay': 'pods',
  'dns-fail': 'pods',
};

/** The body of POST …/faults. Fails: ConfigError. */
export function faultBody(type: string, target: string | undefined, values: Values): object {
  const kind = Object.hasOwn(TARGETS, type) ? TARGETS[type as FaultType] : undefined;
  if (kind === undefined) throw new ConfigError(`There is no fault ${JSON.stringify(type)}; known are ${Object.keys(TARGETS).join(', ')}.`);
  const { container, namespace, signal, probe, message, resource, delay, name, answer, after, for: lasting } = values;
  const exitCode = values['exit-code'];
  const members = {
    container,
    namespace,
    ...named(type, kind, target),
    signal,
    probe,
    message,
    resource,
    delay,
    name,
    answer,
    exitCode: exitCode === undefined ? undefined : numberOf('--exit-code', exitCode),
  };
  return { type, target: members, after: textOf(after), for: textOf(lasting) };
}

/** The member that the target is; `pods/web` and `pod/web` are how kubectl names it. Fails: ConfigError. */
function named(type: string, kind: (typeof TARGETS)[FaultType], target: string | undefined): Readonly<Record<string, string>> {
  if (target === undefined) {
    if (kind === 'registry' || kind === 'pods') return {};
    throw new ConfigError(`${type} strikes ${WORDS[kind]}, which must be named.`);
  }
  if (kind === 'image' || kind === 'registry') return { [kind]: target };
  const [, resource, name] = /^(node|pod|namespace)s?\/(.*)$/.exec(target) ?? [undefined, kind === 'node' ? 'node' : 'pod', target];
  if (kind !== 'pods' && resource !== kind) throw new ConfigError(`${type} strikes ${WORDS[kind]}, not ${target}.`);
  return { [resource as string]: name as string };
}

const WORDS = { node: 'a node', pod: 'a pod', image: 'an image' } as const;

/** A fault in a line. */
export function faultLine({ id, type, target, startsAt, endsAt, state }: Schemas['ClusterFault']): string {
  const { node, namespace, pod, container, image, registry } = target;
  const what =
    pod === undefined ? (node ?? image ?? registry ?? namespace ?? '') : [pod, container].filter((part) => part !== undefined).join('/');
  return `${[id, type, what].filter((part) => part !== '').join(' ')}: ${state}, from ${startsAt} ${endsAt === null ? 'on' : `to ${endsAt}`}`;
}
