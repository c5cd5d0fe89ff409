// What every part of a cluster asks of a pod. Upstream: pkg/api/v1/pod/util.go IsPodTerminal, IsPodPhaseTerminal, IsRestartableInitContainer (v1.33).

import type { Container } from './pod-spec.ts';

/** Whether a phase is the last one of a pod: Succeeded or Failed. */
export function isPodPhaseTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether a pod is in its last phase. One that nobody has given a status is not. */
export function isPodTerminal({ status }: { readonly status?: { readonly phase?: string } }): boolean {
  return isPodPhaseTerminal(status?.phase);
}

/** Whether an init container is a sidecar: it starts before the regular containers and runs beside them (K640). */
export function isRestartableInitContainer({ restartPolicy }: { readonly restartPolicy?: string | undefined }): boolean {
  return restartPolicy === 'Always';
}

/** The sidecars of a pod, in order of its specification. */
export function sidecarsOf({ initContainers = [] }: { readonly initContainers?: readonly Container[] }): readonly Container[] {
  return initContainers.filter(isRestartableInitContainer);
}
