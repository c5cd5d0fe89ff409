// Going back to an earlier revision on the word of an annotation that old clients write; newer ones patch the template themselves (C250).
// Upstream: pkg/controller/deployment/rollback.go (v1.33). Rules: C205, C250, C251.

import { writeObject } from '../../apiserver/api.ts';
import { deploymentKind } from '../../kinds/deployment/index.ts';
import type { Deployment } from '../../kinds/deployment/types.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { recordOn } from '../shared/pod-control.ts';
import { CONTROL, syncNewSet, type SyncResult, withAnnotations } from './new-set.ts';
import { annotationsOfRollback, hasSameTemplate, maxRevision, readRevision, revisionOf, ROLLBACK_TO, withoutHash } from './sets.ts';

export function hasRollback(deployment: Deployment): boolean {
  return readRevision(deployment.metadata.annotations?.[ROLLBACK_TO]) !== undefined;
}

/** Restores the template of the wanted revision; 0 means the one before the present. The annotation goes in any case. */
export function rollBack(state: ClusterState, present: Deployment, sets: readonly ReplicaSet[]): SyncResult<undefined> {
  const synced = syncNewSet(state, present, sets, true);
  if (!synced.ok) return synced;
  const { deployment, newSet, oldSets } = synced.value;
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  const wanted = readRevision(deployment.metadata.annotations?.[ROLLBACK_TO]) ?? 0n;
  const revision = wanted === 0n ? revisionBefore(all) : wanted;
  const target = revision === 0n ? undefined : all.find((set) => revisionOf(set) === revision);
  if (target === undefined) {
    const text = wanted === 0n ? 'Unable to find last revision.' : 'Unable to find the revision to rollback to.';
    recordOn(state, CONTROL, deployment, 'Warning', 'DeploymentRollbackRevisionNotFound', text);
    clearWish(state, deployment);
  } else if (hasSameTemplate(target, deployment.spec.template)) {
    const text = `The rollback revision contains the same template as current deployment ${JSON.stringify(deployment.metadata.name)}`;
    recordOn(state, CONTROL, deployment, 'Warning', 'DeploymentRollbackTemplateUnchanged', text);
    clearWish(state, deployment);
  } else {
    const spec = { ...deployment.spec, template: withoutHash(target.spec.template) };
    clearWish(state, { ...withAnnotations(deployment, annotationsOfRollback(deployment, target)), spec });
    const text = `Rolled back deployment ${JSON.stringify(deployment.metadata.name)} to revision ${revision}`;
    recordOn(state, CONTROL, deployment, 'Normal', 'DeploymentRollback', text);
  }
  return { ok: true, value: undefined };
}

/** The second highest revision; 0 when there is none. */
function revisionBefore(sets: readonly ReplicaSet[]): bigint {
  const newest = maxRevision(sets);
  return maxRevision(sets.filter((set) => revisionOf(set) < newest));
}

function clearWish(state: ClusterState, deployment: Deployment): void {
  const { [ROLLBACK_TO]: _wish, ...annotations } = deployment.metadata.annotations ?? {};
  writeObject(state, deploymentKind, withAnnotations(deployment, annotations));
}
