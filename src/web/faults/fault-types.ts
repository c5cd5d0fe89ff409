// What can go wrong, and with what: the faults of the service, their fields, and which of them strike a node, a pod, a container or an image.

import type { Schemas } from '../api/schemas.ts';
import type { Row } from '../timeline/model.ts';
import type { ObjectName } from '../timeline/objects.ts';
import { registryOf } from './registry.ts';

export type FaultType = Schemas['FaultSpec']['type'];
export type FieldName = 'node' | 'namespace' | 'pod' | 'container' | 'image' | 'registry' | 'delay' | 'name';

/** What each strikes, and which of it may be left out. */
export const FIELDS: Readonly<Record<FaultType, readonly FieldName[]>> = {
  'node-down': ['node'],
  'node-partition': ['node'],
  'node-reboot': ['node'],
  'node-pressure': ['node'],
  'container-kill': ['namespace', 'pod', 'container'],
  'container-oom': ['namespace', 'pod', 'container'],
  'container-hang': ['namespace', 'pod', 'container'],
  'probe-fail': ['namespace', 'pod', 'container'],
  'image-pull-fail': ['image'],
  'registry-down': ['registry'],
  'sandbox-fail': ['node', 'namespace', 'pod'],
  'container-create-fail': ['node', 'namespace', 'pod', 'container'],
  'network-delay': ['node', 'namespace', 'pod', 'delay'],
  'dns-fail': ['node', 'namespace', 'pod', 'name'],
};
const OPTIONAL: ReadonlySet<FieldName> = new Set(['namespace', 'container', 'registry', 'name']);
/** Faults of all pods, or of those that fields name. */
const OF_PODS: ReadonlySet<FaultType> = new Set(['sandbox-fail', 'container-create-fail', 'network-delay', 'dns-fail']);

export function isOptional(type: FaultType, field: FieldName): boolean {
  return OPTIONAL.has(field) || (OF_PODS.has(type) && field !== 'delay');
}

/** Something that may be broken, with what fills the fields. */
export interface FaultTarget {
  readonly kind: 'node' | 'pod' | 'container' | 'image';
  readonly values: Readonly<Partial<Record<FieldName, string>>>;
}

/** What strikes each: a pod its containers, too, and where its images come from. */
const STRIKES: Readonly<Record<FaultTarget['kind'], readonly FieldName[]>> = {
  node: ['node'],
  pod: ['pod', 'image', 'registry'],
  container: ['container'],
  image: ['image', 'registry'],
};

export const FAULT_TYPES = Object.keys(FIELDS) as FaultType[];

/** What may happen to a target; without one, everything. */
export function typesOf(target: FaultTarget | undefined): readonly FaultType[] {
  if (target === undefined) return FAULT_TYPES;
  const types = FAULT_TYPES.filter((type) => FIELDS[type].some((field) => STRIKES[target.kind].includes(field)));
  // What people break most comes first.
  return target.kind === 'pod' ? ['probe-fail', ...types.filter((type) => type !== 'probe-fail')] : types;
}

/** Undefined: nothing of it can be broken. */
export function targetOfObject({ resource, namespace, name }: ObjectName): FaultTarget | undefined {
  if (resource === 'nodes') return { kind: 'node', values: { node: name } };
  return resource === 'pods' ? { kind: 'pod', values: { namespace: namespace ?? '', pod: name } } : undefined;
}

/** Undefined: nothing of it can be broken. */
export function targetOfRow({ kind, resource, namespace, name, parent }: Row): FaultTarget | undefined {
  if (kind === 'workload') return undefined;
  if (kind !== 'container') return targetOfObject({ resource: kind === 'node' ? 'nodes' : resource, namespace, name });
  return targetOfContainer({ resource, namespace, name: parent?.split('/').at(-1) ?? '' }, name);
}

export function targetOfContainer({ namespace, name }: ObjectName, container: string): FaultTarget {
  return { kind: 'container', values: { namespace: namespace ?? '', pod: name, container } };
}

export function targetOfImage(image: string): FaultTarget {
  return { kind: 'image', values: { image, registry: registryOf(image) } };
}

/** The pod that a target is, or is in. */
export function podOf({ values: { pod, namespace } }: FaultTarget): ObjectName | undefined {
  return pod === undefined ? undefined : { resource: 'pods', namespace: namespace === '' ? undefined : namespace, name: pod };
}
