// What a deployment writes on its ReplicaSets and reads from them: revisions, sizes, and which of them has the present template.
// Upstream: pkg/controller/deployment/util/deployment_util.go (v1.33). Rules: C207, C213, C214.

import { isJsonEqual, type StringMap } from '../../apimachinery/meta.ts';
import { compareObjects } from '../../apiserver/api.ts';
import type { Deployment } from '../../kinds/deployment/types.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import type { PodTemplateSpec } from '../../kinds/shared/types.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';

const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const HISTORY_LENGTH_MAX = 2000;

/** Annotations that stay with the object they are on (C213). */
const OWN_ANNOTATIONS = new Set([LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, ROLLBACK_TO]);

/** Oldest first. */
export function compareSets(a: ReplicaSet, b: ReplicaSet): number {
  return compareObjects(a, b);
}

/** C207: the oldest ReplicaSet with the deployment's template. `sets` are in order of creation. */
export function findNewSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.find((set) => hasSameTemplate(set, deployment.spec.template));
}

/** Whether a ReplicaSet has this template, its hash apart. */
export function hasSameTemplate(set: ReplicaSet, template: PodTemplateSpec): boolean {
  return isJsonEqual(withoutHash(set.spec.template), withoutHash(template));
}

/** A template without the label of its hash. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH_LABEL]: _hash, ...labels } = template.metadata.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** C214: 0 when there is none. */
export function revisionOf(set: ReplicaSet): bigint {
  return readRevision(set.metadata.annotations?.[REVISION]) ?? 0n;
}

export function maxRevision(sets: readonly ReplicaSet[]): bigint {
  return sets.map(revisionOf).reduce((max, revision) => (revision > max ? revision : max), 0n);
}

const REVISION_MAX = 2n ** 63n - 1n;

/** A revision is a whole number of 64 bits: anybody may have written it. */
export function readRevision(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^\d{1,19}$/.test(text)) return undefined;
  const revision = BigInt(text);
  return revision > REVISION_MAX ? undefined : revision;
}

export function desiredReplicasOf(set: ReplicaSet): number | undefined {
  return wholeNumber(set.metadata.annotations?.[DESIRED_REPLICAS]);
}

export function maxReplicasOf(set: ReplicaSet): number | undefined {
  return wholeNumber(set.metadata.annotations?.[MAX_REPLICAS]);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** C213: the annotations of the new ReplicaSet, from the deployment's and those it has. */
export function annotateNewSet(deployment: Deployment, present: StringMap, revision: bigint): StringMap {
  const annotations: Record<string, string> = { ...present, ...shareable(deployment.metadata.annotations) };
  const former = present[REVISION];
  if ((readRevision(former) ?? 0n) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (former !== undefined) annotations[REVISION_HISTORY] = extendHistory(present[REVISION_HISTORY] ?? '', former);
  return annotations;
}

/** The two annotations about sizes. */
export function annotateSizes(present: StringMap, replicas: number, maxReplicas: number): StringMap {
  return { ...present, [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(maxReplicas) };
}

/** Annotations of a deployment that goes back to what a ReplicaSet was made from. */
export function annotationsOfRollback(deployment: Deployment, set: ReplicaSet): StringMap {
  const kept = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => OWN_ANNOTATIONS.has(key));
  return { ...Object.fromEntries(kept), ...shareable(set.metadata.annotations) };
}

function shareable(annotations: StringMap | undefined): StringMap {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !OWN_ANNOTATIONS.has(key)));
}

/** The oldest revisions give way when the list grows too long. */
function extendHistory(history: string, revision: string): string {
  if (history === '') return revision;
  const revisions = [...history.split(','), revision];
  while (revisions.length > 1 && revisions.join(',').length > HISTORY_LENGTH_MAX) revisions.shift();
  return revisions.join(',');
}
