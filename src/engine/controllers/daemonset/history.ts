// The revisions of a DaemonSet. Upstream: pkg/controller/daemon/update.go constructHistory, snapshot, cleanupHistory (v1.33). Rules: C409.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { deleteObject } from '../../apiserver/api.ts';
import { controllerRevisionKind } from '../../kinds/controllerrevision/index.ts';
import type { ControllerRevision } from '../../kinds/controllerrevision/types.ts';
import { daemonSetKind } from '../../kinds/daemonset/index.ts';
import type { DaemonSet } from '../../kinds/daemonset/types.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { claimRevisions, createRevision, dataText, renumber, templateHash, templatePatch } from '../shared/revisions.ts';
import { HASH_LABEL } from './plan.ts';

export interface History {
  readonly current: ControllerRevision;
  /** Oldest first. */
  readonly old: readonly ControllerRevision[];
}

/** Finds or makes the revision of the present template. The number is the count of collisions when its name is taken. */
export function findHistory(state: ClusterState, set: DaemonSet): History | number {
  const kind = daemonSetKind as Kind;
  const all = claimRevisions(state, kind, set, selectorFromLabelSelector(set.spec.selector));
  const data = templatePatch(set.spec.template);
  const text = dataText(data);
  const equal = all.filter((revision) => dataText(revision.data) === text).at(-1);
  const old = all.filter((revision) => dataText(revision.data) !== text);
  const number = (old.at(-1)?.revision ?? 0) + 1;
  if (equal !== undefined) return { current: equal.revision < number ? renumber(state, equal, number) : equal, old };
  const { collisionCount } = set.status;
  const hash = templateHash(set.spec.template, collisionCount);
  const created = createRevision(state, kind, set, {
    name: `${set.metadata.name}-${hash}`,
    labels: { ...set.spec.template.metadata.labels, [HASH_LABEL]: hash },
    annotations: set.metadata.annotations,
    data,
    revision: number,
  });
  return created === undefined ? (collisionCount ?? 0) + 1 : { current: created, old };
}

/** Deletes the oldest revisions beyond the limit that no pod has. */
export function cleanHistory(state: ClusterState, set: DaemonSet, history: History, pods: readonly Pod[]): void {
  let surplus = history.old.length - set.spec.revisionHistoryLimit;
  if (surplus <= 0) return;
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[HASH_LABEL]));
  for (const revision of history.old) {
    if (surplus <= 0) return;
    if (live.has(revision.metadata.labels?.[HASH_LABEL])) continue;
    deleteObject(state, controllerRevisionKind, revision.metadata.namespace, revision.metadata.name);
    surplus -= 1;
  }
}
