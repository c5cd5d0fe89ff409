// What admission does about the runtime class of a new pod: it must be there, and its overhead and its nodes become the pod's.
// Upstream: plugin/pkg/admission/runtimeclass/admission.go, pkg/util/tolerations/tolerations.go (v1.33). Rule: U4.

import { isJsonEqual, type StringMap } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import { type RuntimeClass, runtimeClassKind } from '../../kinds/runtimeclass/index.ts';
import type { Pod, PodSpec, Toleration } from '../../kinds/shared/pod-spec.ts';
import { toleratesAsMuch } from '../../kinds/shared/taints.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored } from '../../kernel/store.ts';
import type { AdmissionPlugin } from './plugin.ts';

const RESOURCE = resourceOf(runtimeClassKind as Kind);
const DIFFERS = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resource: 'pods',
  admit: (state, kind, draft, name) => admitRuntimeClass(state, kind, draft as Draft<Pod>, name),
  complete: (state, draft) => completeRuntimeClass(state, draft as Draft<Pod>),
  judge: (state, kind, object, { previous }) => (previous === undefined ? checkOverhead(state, kind, object as Pod) : undefined),
};

/** The refusal of a new pod, or undefined. */
function admitRuntimeClass(state: ClusterState, kind: Kind, pod: Draft<Pod>, name: string): Status | undefined {
  const spec = pod.spec as PodSpec | undefined;
  if (spec === undefined) return undefined;
  const problem = problemOf(state, spec);
  return problem === undefined ? undefined : forbiddenObject(kind, name, problem);
}

/** Gives a new pod the overhead, the node selector and the tolerations of its class. */
function completeRuntimeClass(state: ClusterState, pod: Draft<Pod>): void {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  const found = spec === undefined ? undefined : classOf(state, spec as PodSpec);
  if (spec === undefined || found === undefined) return;
  const { overhead, scheduling } = found;
  if (overhead?.podFixed !== undefined) spec.overhead = { ...overhead.podFixed };
  if (scheduling === undefined) return;
  if (scheduling.nodeSelector !== undefined) spec.nodeSelector = { ...spec.nodeSelector, ...scheduling.nodeSelector };
  const tolerations = mergeTolerations([...(spec.tolerations ?? []), ...(scheduling.tolerations ?? [])]);
  if (tolerations.length > 0) spec.tolerations = tolerations as Draft<Toleration>[];
}

/** The refusal of a valid new pod whose overhead comes from nowhere, or undefined. */
function checkOverhead(state: ClusterState, kind: Kind, pod: Pod): Status | undefined {
  if (pod.spec.overhead === undefined || classOf(state, pod.spec)?.overhead !== undefined) return undefined;
  const text = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
  return forbiddenObject(kind, pod.metadata.name, text);
}

function problemOf(state: ClusterState, spec: PodSpec): string | undefined {
  const className = spec['runtimeClassName'] as string | undefined;
  if (className === undefined) return undefined;
  const found = classOf(state, spec);
  if (found === undefined) return `pod rejected: RuntimeClass ${JSON.stringify(className)} not found`;
  const { overhead, scheduling } = found;
  const own = spec.overhead ?? {};
  if (overhead !== undefined && Object.keys(own).length > 0 && !areEqualAmounts(own, overhead.podFixed ?? {})) return DIFFERS;
  for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
    const given = spec.nodeSelector?.[key];
    if (given !== undefined && given !== value)
      return `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`;
  }
  return undefined;
}

function classOf(state: ClusterState, spec: PodSpec): RuntimeClass | undefined {
  const name = spec['runtimeClassName'] as string | undefined;
  return name === undefined ? undefined : (getStored(state, RESOURCE, name)?.object as RuntimeClass | undefined);
}

function areEqualAmounts(a: StringMap, b: StringMap): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => b[name] !== undefined && compareQuantities(a[name] ?? '', b[name] ?? '') === 0);
}

/** Without those that another one covers. */
function mergeTolerations(all: readonly Toleration[]): readonly Toleration[] {
  const kept: Toleration[] = [];
  all.forEach((item, index) => {
    const later = all.slice(index + 1);
    if (kept.some((other) => toleratesAsMuch(other, item)) || later.some((other) => covers(other, item))) return;
    kept.push(item);
  });
  return kept;
}

/** Of two equal ones the first stays. */
function covers(other: Toleration, item: Toleration): boolean {
  return !isJsonEqual(other, item) && toleratesAsMuch(other, item);
}
