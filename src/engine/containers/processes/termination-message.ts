// What a container leaves behind as its last word. Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (getTerminationMessage) (v1.33).
// Rule: K615. Omits the runtime's own message before it.

import type { ClusterState } from '../../kernel/state.ts';
import { containerConfig } from '../container-config.ts';
import { type ContainerPlace, hasFiles, messagePathOf, openFiles } from '../files/files.ts';
import { logTail } from './logs.ts';

/** K615: of one container, and of all containers of a pod together, bytes. */
const MESSAGE_LENGTH_MAX = 4_096;
const POD_MESSAGES_LENGTH_MAX = 12_288;
/** K615: lines and bytes of the log that stand in for a message. */
const FALLBACK_LINES = 80;
const FALLBACK_LENGTH_MAX = 2_048;

/** The text of the termination message file, or the end of the log where the manifest asks for it; empty when there is neither. */
export function terminationMessage(state: ClusterState, place: ContainerPlace, exitCode: number): string {
  const { container, instance, pod } = place;
  const text = messageFile(state, place);
  const count = pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0);
  const limit = Math.min(MESSAGE_LENGTH_MAX, Math.floor(POD_MESSAGES_LENGTH_MAX / count));
  if (text !== '') return text.slice(0, limit);
  const fallsBack = container['terminationMessagePolicy'] === 'FallbackToLogsOnError' && exitCode !== 0;
  return fallsBack ? logTail(state, instance, FALLBACK_LINES, Math.min(FALLBACK_LENGTH_MAX, limit)) : '';
}

/** What is in the file; a container that wrote nothing and mounts nothing there has none. */
function messageFile(state: ClusterState, place: ContainerPlace): string {
  const { container, instance, pod, worker } = place;
  const path = messagePathOf(container);
  const isMounted = (container.volumeMounts ?? []).some(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));
  if (!isMounted && !hasFiles(state, instance.id)) return '';
  const config = containerConfig(state, worker, pod, container);
  return config.ok ? (openFiles(state, place, config.value, state.nowMs, true).files.read(path) ?? '') : '';
}
