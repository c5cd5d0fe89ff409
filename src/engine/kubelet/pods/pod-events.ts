// Events of the kubelet about pods and their containers (K235, appendix B of the rules).

import type { Pod } from '../../kinds/pod/types.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { fieldPathOf, findContainer, podLabel } from '../../containers/container-lists.ts';
import { isSilent } from '../model.ts';

/** Records an event about a pod. */
export function recordPodEvent(
  state: ClusterState,
  node: string,
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  if (isSilent(state, node)) return;
  recordEvent(state, { source: { component: 'kubelet', host: node }, regarding: pod, type, reason, message });
}

/** Records an event about a container of a pod. */
export function recordContainerEvent(
  state: ClusterState,
  node: string,
  pod: Pod,
  container: string,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  if (isSilent(state, node)) return;
  const list = findContainer(pod, container)?.list ?? 'regular';
  const fieldPath = fieldPathOf(list, container);
  recordEvent(state, { source: { component: 'kubelet', host: node }, regarding: pod, fieldPath, type, reason, message });
}

/** K315: the event comes with every sync that finds the container in back-off. */
export function recordBackOff(state: ClusterState, node: string, pod: Pod, container: string): void {
  const text = `Back-off restarting failed container ${container} in pod ${podLabel(pod)}`;
  recordContainerEvent(state, node, pod, container, 'Warning', 'BackOff', text);
}
