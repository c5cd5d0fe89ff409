// Finding the containers of a pod, and the names by which events and messages call them.

import type { Container, Pod } from '../kinds/pod/types.ts';

export type ContainerList = 'init' | 'regular' | 'ephemeral';

/** The containers of one list, in spec order. */
export function containersOf(pod: Pod, list: ContainerList): readonly Container[] {
  const { spec } = pod;
  return (list === 'init' ? spec.initContainers : list === 'regular' ? spec.containers : spec.ephemeralContainers) ?? [];
}

/** A container by name, and the list it is in. */
export function findContainer(pod: Pod, name: string): { container: Container; list: ContainerList } | undefined {
  for (const list of ['regular', 'init', 'ephemeral'] as const) {
    const container = containersOf(pod, list).find((item) => item.name === name);
    if (container !== undefined) return { container, list };
  }
  return undefined;
}

const LIST_FIELDS: Readonly<Record<ContainerList, string>> = {
  init: 'initContainers',
  regular: 'containers',
  ephemeral: 'ephemeralContainers',
};

/** `spec.containers{web}` (K235). */
export function fieldPathOf(list: ContainerList, name: string): string {
  return `spec.${LIST_FIELDS[list]}{${name}}`;
}

/** `web_default(8c6f...)`: how messages call a pod. */
export function podLabel(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
}
