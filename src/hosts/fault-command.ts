// `orrery fault`: what a target means depends on what strikes it.

import type { Schemas } from '../client/connection.ts';
import { ConfigError } from './config.ts';
import { numberOf, textOf, type Values } from './flags.ts';

type FaultType = Schemas['ClusterFault']['type'];

/** What the target of each fault names; `text` is the name that is shown. */
const TARGETS: Readonly<Record<FaultType, 'node' | 'pod' | 'image' | 'registry'>> = {
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
};

/** The body of POST …/faults. Fails: ConfigError. */
export function faultBody(type: string, target: string | undefined, values: Values): object {
  const kind = Object.hasOwn(TARGETS, type) ? TARGETS[type as FaultType] : undefined;
  if (kind === undefined) throw new ConfigError(`There is no fault ${JSON.stringify(type)}; known are ${Object.keys(TARGETS).join(', ')}.`);
  if (target === undefined && kind !== 'registry') throw new ConfigError(`${type} strikes ${WORDS[kind]}, which must be named.`);
  const { container, namespace, signal, probe, message, resource, after, for: lasting } = values;
  const exitCode = values['exit-code'];
  const members = {
    // `pods/web` and `pod/web` are how kubectl names it.
    [kind]: kind === 'image' ? target : target?.replace(/^(?:nodes?|pods?)\//, ''),
    container,
    namespace,
    signal,
    probe,
    message,
    resource,
    exitCode: exitCode === undefined ? undefined : numberOf('--exit-code', exitCode),
  };
  return { type, target: members, after: textOf(after), for: textOf(lasting) };
}

const WORDS = { node: 'a node', pod: 'a pod', image: 'an image' } as const;

/** A fault in a line. */
export function faultLine({ id, type, target, startsAt, endsAt, state }: Schemas['ClusterFault']): string {
  const { node, pod, container, image, registry } = target;
  const what = node ?? image ?? registry ?? [pod, container].filter((part) => part !== undefined).join('/');
  return `${[id, type, what].filter((part) => part !== '').join(' ')}: ${state}, from ${startsAt} ${endsAt === null ? 'on' : `to ${endsAt}`}`;
}
