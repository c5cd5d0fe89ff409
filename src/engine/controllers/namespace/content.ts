// Deleting what is in a namespace, kind by kind. Upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go (v1.33).
// Rules: C917, C918.

import { compareText } from '../../apimachinery/text.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { deleteObject, listObjects } from '../../apiserver/api.ts';
import { customResources } from '../../apiserver/cluster-kinds.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { KINDS } from '../../kinds/index.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { Namespace } from '../../kinds/namespace/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ContentReport, RemainingContent } from './conditions.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

/** How a pass over the content ended. */
export interface ContentOutcome extends ContentReport {
  /** Seconds after which what remains may be gone; 0 when nothing remains that goes by itself. */
  readonly estimateSeconds: number;
}

/** C918: what finalizers are given. */
const FINALIZER_ESTIMATE_SECONDS = 15;

const PODS = podKind as Kind;

/** Kinds of content: pods first, then by group and resource (`nsKindOrder` in docs/glossary.md). */
const CONTENT_KINDS: readonly Kind[] = KINDS.filter((kind) => kind.namespaced).sort(compareKinds);

/** C917: deletes the pods, and once there are none, everything. While pods remain they are not reported as remaining (C919). */
export function* deleteContent(state: ClusterState, namespace: Namespace): Steps<ContentOutcome> {
  const pods = yield* deleteKind(state, namespace, PODS);
  if (pods.remaining !== undefined) {
    const errors = pods.error === undefined ? [] : [pods.error];
    return { remaining: [], errors, estimateSeconds: pods.estimateSeconds };
  }
  const custom = customResources(state).filter((kind) => kind.namespaced);
  const kinds = custom.length === 0 ? CONTENT_KINDS : [...CONTENT_KINDS, ...custom].sort(compareKinds);
  const outcomes: KindOutcome[] = [];
  for (const kind of kinds) outcomes.push(yield* deleteKind(state, namespace, kind));
  return {
    remaining: outcomes.flatMap(({ remaining }) => remaining ?? []),
    errors: outcomes.flatMap(({ error }) => error ?? []),
    estimateSeconds: Math.max(0, ...outcomes.map((outcome) => outcome.estimateSeconds)),
  };
}

interface KindOutcome {
  readonly remaining?: RemainingContent;
  readonly estimateSeconds: number;
  readonly error?: string;
}

function* deleteKind(state: ClusterState, namespace: Namespace, kind: Kind): Steps<KindOutcome> {
  const { name } = namespace.metadata;
  const graceSeconds = kind === PODS ? remainingGrace(state, namespace) : 0;
  yield;
  for (const object of listObjects(state, kind, name)) {
    deleteObject(state, kind, name, object.metadata.name, { propagationPolicy: 'Background' });
    yield;
  }
  yield;
  const left = listObjects(state, kind, name);
  if (left.length === 0) return { estimateSeconds: 0 };
  const finalizers = new Map<string, number>();
  for (const object of left) for (const item of object.metadata.finalizers ?? []) finalizers.set(item, (finalizers.get(item) ?? 0) + 1);
  const remaining = { plural: kind.plural, group: kind.group, count: left.length, finalizers };
  if (graceSeconds > 0) return { remaining, estimateSeconds: graceSeconds };
  if (finalizers.size > 0) return { remaining, estimateSeconds: FINALIZER_ESTIMATE_SECONDS };
  return { remaining, estimateSeconds: 0, error: unexpectedItems(name, kind) };
}

/** C918: the largest grace period of a pod that still runs, as long as it is not over since the deletion of the namespace. */
function remainingGrace(state: ClusterState, namespace: Namespace): number {
  let grace = 0;
  for (const pod of listObjects<Pod>(state, podKind, namespace.metadata.name)) {
    if (!isPodTerminal(pod)) grace = Math.max(grace, pod.spec.terminationGracePeriodSeconds ?? 0);
  }
  const deletedMs = parseTime(namespace.metadata.deletionTimestamp ?? '') ?? state.nowMs;
  return state.nowMs - deletedMs >= grace * 1000 ? 0 : grace;
}

function unexpectedItems(namespace: string, kind: Kind): string {
  const groupVersion = kind.group === '' ? `/${kind.version}` : apiVersionOf(kind);
  return `unexpected items still remain in namespace: ${namespace} for gvr: ${groupVersion}, Resource=${kind.plural}`;
}

function compareKinds(a: Kind, b: Kind): number {
  if ((a.plural === 'pods') !== (b.plural === 'pods')) return a.plural === 'pods' ? -1 : 1;
  const left = `${a.group}/${a.plural}`;
  const right = `${b.group}/${b.plural}`;
  return compareText(left, right);
}
