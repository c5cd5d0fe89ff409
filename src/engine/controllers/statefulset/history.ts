// The revisions of a StatefulSet: which one its pods have, which one they shall get, and which are forgotten.
// Upstream: pkg/controller/statefulset/stateful_set_control.go getStatefulSetRevisions, truncateHistory (v1.33). Rules: C429, C432.

import type { Selector } from '../../apimachinery/labels.ts';
import { deleteObject } from '../../apiserver/api.ts';
import { controllerRevisionKind } from '../../kinds/controllerrevision/index.ts';
import type { ControllerRevision } from '../../kinds/controllerrevision/types.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { statefulSetKind } from '../../kinds/statefulset/index.ts';
import type { StatefulSet } from '../../kinds/statefulset/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { claimRevisions, createRevision, dataText, patchHash, renumber, templatePatch } from '../shared/revisions.ts';
import { REVISION_LABEL } from './identity.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';
const REVISION_PREFIX_LENGTH_MAX = 223;

export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
  /** All of them before this sync, oldest first. */
  readonly known: readonly ControllerRevision[];
}

/** Finds or makes the revision of the present template. Undefined when every name it could have is taken. */
export function findRevisions(state: ClusterState, set: StatefulSet, selector: Selector): Revisions | undefined {
  const kind = statefulSetKind as Kind;
  const known = claimRevisions(state, kind, set, selector);
  const data = templatePatch(set.spec.template);
  const text = dataText(data);
  const equal = known.filter((revision) => dataText(revision.data) === text).at(-1);
  const next = (known.at(-1)?.revision ?? 0) + 1;
  let collisionCount = set.status.collisionCount ?? 0;
  let update = equal === undefined || equal === known.at(-1) ? equal : renumber(state, equal, next); // a rollback
  for (let attempt = 0; update === undefined && attempt <= known.length; attempt += 1) {
    const hash = patchHash(data, collisionCount);
    update = createRevision(state, kind, set, {
      name: `${set.metadata.name.slice(0, REVISION_PREFIX_LENGTH_MAX)}-${hash}`,
      labels: { ...set.spec.template.metadata.labels, [HASH_LABEL]: hash },
      annotations: set.metadata.annotations,
      data,
      revision: next,
    });
    if (update === undefined) collisionCount += 1;
  }
  if (update === undefined) return undefined;
  const current = known.find((revision) => revision.metadata.name === set.status.currentRevision) ?? update;
  return { current, update, collisionCount, known };
}

/** Deletes the oldest revisions beyond the limit that no pod has. */
export function truncateHistory(state: ClusterState, set: StatefulSet, pods: readonly Pod[], revisions: Revisions): void {
  const live = new Set([revisions.current, revisions.update].map((revision) => revision.metadata.name));
  for (const pod of pods) live.add(pod.metadata.labels?.[REVISION_LABEL] ?? '');
  const unused = revisions.known.filter((revision) => !live.has(revision.metadata.name));
  for (const revision of unused.slice(0, Math.max(0, unused.length - set.spec.revisionHistoryLimit))) {
    deleteObject(state, controllerRevisionKind, revision.metadata.namespace, revision.metadata.name);
  }
}
