// Creating and deleting the pods of an owner, with the events that tell of it.
// Upstream: pkg/controller/controller_utils.go RealPodControl, GetPodFromTemplate, slowStartBatch (v1.33). Rules: C123, C127, C128, C140, C143.

import { cloneJson, type KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import { createObject, type CreateOptions, deleteObject } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { PodTemplateSpec } from '../../kinds/shared/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { controllerReference } from './ownership.ts';

/** Who creates and deletes: the kind of the owner, and the name that its events carry (C021). */
export interface PodControl {
  readonly eventComponent: string;
  readonly kind: Kind;
}

const POD_NAME_LENGTH_MAX = 253;

/** C140: a pod of the template, owned by `owner`. `generateName` is `<owner>-`, or the bare name when that would be too long. */
export function podFromTemplate(control: PodControl, owner: KubeObject, template: PodTemplateSpec, generateName?: string): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata;
  const { name, namespace } = owner.metadata;
  const draft = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: generateName ?? (name.length < POD_NAME_LENGTH_MAX ? `${name}-` : name),
      namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(control.kind, owner)],
    },
    spec: cloneJson(template.spec),
    status: {},
  };
  return draft as Draft<Pod>;
}

/** Creates a pod and tells of it (C143). Returns the API's text of a failure; a namespace on its way out is none (C127). */
export function createPod(
  state: ClusterState,
  control: PodControl,
  owner: KubeObject,
  draft: Draft<Pod>,
  options?: CreateOptions,
): string | undefined {
  const result = createObject(state, podKind, draft, options);
  if (result.ok) {
    recordOn(state, control, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${result.value.metadata.name}`);
    return undefined;
  }
  if (isNamespaceTerminating(result.status)) return undefined; // A namespace on its way out is no failure (C127).
  const message = result.status.message ?? '';
  recordOn(state, control, owner, 'Warning', 'FailedCreate', `Error creating: ${message}`);
  return message;
}

/** Deletes a pod without options (C128) and tells of it; no word about one that is gone (C143). */
export function deletePod(state: ClusterState, control: PodControl, owner: KubeObject, pod: Pod): Status | undefined {
  const { namespace, name } = pod.metadata;
  const result = deleteObject(state, podKind, namespace, name);
  if (result.ok) {
    recordOn(state, control, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  }
  if (result.status.reason !== 'NotFound')
    recordOn(state, control, owner, 'Warning', 'FailedDelete', `Error deleting: ${result.status.message ?? ''}`);
  return result.status;
}

/** An Event on the owner. */
export function recordOn(
  state: ClusterState,
  control: PodControl,
  owner: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recordEvent(state, { source: { component: control.eventComponent }, regarding: owner, type, reason, message });
}

/** What became of a series of calls. */
export interface SlowStart {
  readonly failure: string | undefined;
  readonly failedCount: number;
  /** Calls that were never made, because a batch before them failed. */
  readonly skippedCount: number;
}

/** C123: calls in batches of 1, 2, 4, ...; a batch with a failure is the last one. A call a step. */
export function* slowStartBatch(count: number, call: (index: number) => string | undefined): Steps<SlowStart> {
  let failure: string | undefined;
  let failedCount = 0;
  let attempted = 0;
  for (const batch of slowStartBatches(count)) {
    for (let i = 0; i < batch; i += 1) {
      const error = call(attempted);
      attempted += 1;
      yield;
      if (error === undefined) continue;
      failure ??= error;
      failedCount += 1;
    }
    if (failure !== undefined) break;
  }
  return { failure, failedCount, skippedCount: count - attempted };
}

/** C123: batch sizes 1, 2, 4, ... that add up to `count`. */
export function slowStartBatches(count: number): number[] {
  const batches: number[] = [];
  for (let rest = count, size = 1; rest > 0; size *= 2) {
    const batch = Math.min(size, rest);
    batches.push(batch);
    rest -= batch;
  }
  return batches;
}

export function isNamespaceTerminating(status: Status): boolean {
  return status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}

/** Namespace and name of a key. */
export function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
