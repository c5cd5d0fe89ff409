// The containers of a pod with what their status says, in the order in which they start.

import type { Container, ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import { type ContainerList, containersOf, fieldPathOf } from '../../containers/container-lists.ts';
import { type Message, say } from '../words/message.ts';
import { isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';

export interface Seen {
  readonly container: Container;
  readonly status: ContainerStatus;
  readonly list: ContainerList;
}

const STATUSES = { init: 'initContainerStatuses', regular: 'containerStatuses', ephemeral: 'ephemeralContainerStatuses' } as const;

/** Containers of which the kubelet has said something. */
export function seenContainers(pod: Pod): readonly Seen[] {
  return (['init', 'regular'] as const).flatMap((list) =>
    containersOf(pod, list).flatMap((container) => {
      const status = pod.status[STATUSES[list]]?.find(({ name }) => name === container.name);
      return status === undefined ? [] : [{ container, status, list }];
    }),
  );
}

/** Where a container's status stands: `status.containerStatuses{web}.state`. */
export function statusField(list: ContainerList, name: string, field: string): string {
  return `status.${STATUSES[list]}{${name}}.${field}`;
}

/** Where a container's own field stands: `spec.containers{web}.image`. */
export function specField(list: ContainerList, name: string, field: string): string {
  return `${fieldPathOf(list, name)}.${field}`;
}

/** `container "web"`, `init container "setup"`, `sidecar "proxy"`. */
export function called({ container, list }: Pick<Seen, 'container' | 'list'>): Message {
  return say(list === 'init' ? (isRestartableInitContainer(container) ? 'sidecar' : 'initContainer') : 'container', {
    name: container.name,
  });
}
