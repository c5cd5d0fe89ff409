// The ReplicaSet of the present template: found, brought up to date or created, and the revision that the deployment takes from it.
// Upstream: pkg/controller/deployment/sync.go getNewReplicaSet (v1.33). Rules: C207-C215, C223, C240.

import { cloneJson, type Condition, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { createObject, getObject, writeObject } from '../../apiserver/api.ts';
import { deploymentKind } from '../../kinds/deployment/index.ts';
import type { Deployment, DeploymentStatus } from '../../kinds/deployment/types.ts';
import type { Kind, NewObject } from '../../kinds/kind.ts';
import { replicaSetKind } from '../../kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { controllerReference } from '../shared/ownership.ts';
import { isNamespaceTerminating, type PodControl, recordOn } from '../shared/pod-control.ts';
import { templateHash } from '../shared/revisions.ts';
import { allowedTotal, planNewSize, totalSize } from './plan.ts';
import {
  annotateNewSet,
  annotateSizes,
  findNewSet,
  HASH_LABEL,
  hasSameTemplate,
  maxRevision,
  REVISION,
  revisionOf,
  withoutHash,
} from './sets.ts';
import { hasDeadline, newCondition, progressingOf, REASONS, setCondition, type SetsOf } from './status.ts';

/** Who speaks in events and owns the ReplicaSets (C021). */
export const CONTROL: PodControl = { eventComponent: 'deployment-controller', kind: deploymentKind as Kind };

/** The deployment as written last, and its ReplicaSets. */
export interface Synced extends SetsOf {
  readonly deployment: Deployment;
}

/** A sync that failed carries the API's text. */
export type SyncResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** Finds the new ReplicaSet among `sets`, which are in order of creation; creates it when it is missing and `creates` says so. */
export function syncNewSet(state: ClusterState, deployment: Deployment, sets: readonly ReplicaSet[], creates: boolean): SyncResult<Synced> {
  const found = findNewSet(deployment, sets);
  const oldSets = sets.filter((set) => set !== found);
  const revision = maxRevision(oldSets) + 1n; // One more than all before (C214).
  if (found !== undefined) return { ok: true, value: { ...updateNewSet(state, deployment, found, revision), oldSets } };
  if (!creates) return { ok: true, value: { deployment, newSet: undefined, oldSets } };
  return createNewSet(state, deployment, oldSets, revision);
}

/** C208, C213: annotations and minReadySeconds follow the deployment; only a ReplicaSet that has them already gives its revision. */
function updateNewSet(
  state: ClusterState,
  deployment: Deployment,
  set: ReplicaSet,
  revision: bigint,
): { readonly deployment: Deployment; readonly newSet: ReplicaSet } {
  const annotations = annotateNewSet(deployment, set.metadata.annotations ?? {}, revision);
  const spec = withMinReadySeconds(set.spec, deployment.spec.minReadySeconds ?? 0);
  const newSet = writeObject(state, replicaSetKind, { ...withAnnotations(set, annotations), spec });
  const hasCondition = progressingOf(deployment.status) !== undefined;
  const text = `Found new replica set ${JSON.stringify(set.metadata.name)}`;
  const condition = newCondition('Progressing', 'True', REASONS.found, text, state.nowMs);
  const conditions = hasDeadline(deployment) && !hasCondition ? [condition] : [];
  return { deployment: noteRevision(state, deployment, revisionOf(newSet), conditions), newSet };
}

function withMinReadySeconds(spec: ReplicaSet['spec'], minReadySeconds: number): ReplicaSet['spec'] {
  const { minReadySeconds: present = 0, ...rest } = spec;
  if (present === minReadySeconds) return spec;
  return minReadySeconds === 0 ? rest : { ...rest, minReadySeconds };
}

function createNewSet(state: ClusterState, deployment: Deployment, oldSets: readonly ReplicaSet[], revision: bigint): SyncResult<Synced> {
  const size = planNewSize(deployment, 0, totalSize(oldSets)); // As many as there is room for (C217).
  const draft = draftNewSet(deployment, size, revision);
  const { name } = draft.metadata as { name: string };
  const created = createObject(state, replicaSetKind, draft);
  if (created.ok) {
    if (size > 0) recordOn(state, CONTROL, deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
    const text = `Created new replica set ${JSON.stringify(name)}`;
    const condition = newCondition('Progressing', 'True', REASONS.created, text, state.nowMs);
    const conditions = hasDeadline(deployment) ? [condition] : [];
    return { ok: true, value: { deployment: noteRevision(state, deployment, revision, conditions), newSet: created.value, oldSets } };
  }
  const error = created.status.message ?? '';
  if (created.status.reason === 'AlreadyExists') return resolveCollision(state, deployment, oldSets, name, error);
  if (!isNamespaceTerminating(created.status)) {
    const message = `Failed to create new replica set ${JSON.stringify(name)}: ${error}`;
    const condition = newCondition('Progressing', 'False', REASONS.createError, message, state.nowMs);
    if (hasDeadline(deployment)) writeDeploymentStatus(state, deployment, withConditions(deployment.status, [condition]));
    recordOn(state, CONTROL, deployment, 'Warning', REASONS.createError, message); // That it cannot be made is told of (C215).
  }
  return { ok: false, error };
}

/** C212: the name is taken by the deployment's own ReplicaSet of this template, or the next try gets another hash. */
function resolveCollision(
  state: ClusterState,
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  name: string,
  error: string,
): SyncResult<Synced> {
  const set = getObject(state, replicaSetKind, deployment.metadata.namespace, name);
  const isOwn = set?.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === deployment.metadata.uid);
  if (set !== undefined && isOwn === true && hasSameTemplate(set, deployment.spec.template)) {
    return { ok: true, value: { deployment, newSet: set, oldSets } };
  }
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  writeDeploymentStatus(state, deployment, { ...deployment.status, collisionCount });
  return { ok: false, error };
}

/** The set of a template: name, labels, selector, annotations and size (C209). */
function draftNewSet(deployment: Deployment, size: number, revision: bigint): NewObject<ReplicaSet> {
  const { selector, minReadySeconds, replicas } = deployment.spec;
  const template = withoutHash(deployment.spec.template);
  const hash = templateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata.labels, [HASH_LABEL]: hash };
  const annotations = annotateSizes(annotateNewSet(deployment, {}, revision), replicas, allowedTotal(deployment));
  const draft: NewObject<ReplicaSet> = {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels: { ...labels },
      annotations,
      ownerReferences: [controllerReference(CONTROL.kind, deployment)],
    },
    spec: {
      replicas: size,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
  return cloneJson(draft);
}

/** One write of the deployment: its revision and what is new of its conditions. No spec changes, so the generation stays (C203). */
function noteRevision(state: ClusterState, deployment: Deployment, revision: bigint, conditions: readonly Condition[]): Deployment {
  const annotations = { ...deployment.metadata.annotations, [REVISION]: String(revision) };
  const status = withConditions(deployment.status, conditions);
  return writeObject(state, deploymentKind, { ...withAnnotations(deployment, annotations), status }, { keepsGeneration: true });
}

function withConditions(status: DeploymentStatus, added: readonly Condition[]): DeploymentStatus {
  if (added.length === 0) return status;
  return { ...status, conditions: added.reduce((conditions, condition) => setCondition(conditions, condition), status.conditions ?? []) };
}

/** Writes the status alone. */
export function writeDeploymentStatus(state: ClusterState, deployment: Deployment, status: DeploymentStatus): Deployment {
  return writeObject(state, deploymentKind, { ...deployment, status }, { keepsGeneration: true });
}

/** The object with these annotations, in their usual place. */
export function withAnnotations<T extends KubeObject>(object: T, annotations: StringMap): T {
  const { annotations: _before, ownerReferences, finalizers, managedFields, ...head } = object.metadata;
  return {
    ...object,
    metadata: {
      ...head,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
  };
}
