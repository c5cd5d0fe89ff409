// The taints that the node lifecycle controller keeps. Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.33).
// Rules: C710, C712, C716.

import { formatTime } from '../../apimachinery/time.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import { UNSCHEDULABLE_TAINT } from '../../kinds/shared/taints.ts';
import type { ReadyStatus } from './health.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** C710: the taint of a condition's status. */
const OF_CONDITIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const MIRRORED = new Set([UNSCHEDULABLE_TAINT.key, ...Object.values(OF_CONDITIONS).flatMap((keys) => Object.values(keys))]);

/** C710: the taints of a node after its NoSchedule taints have followed its conditions; undefined when they do already. */
export function mirroredTaints(node: Node, nowMs: number): readonly Taint[] | undefined {
  const wanted = (node.status.conditions ?? []).flatMap(({ type, status }) => OF_CONDITIONS[type]?.[status] ?? []);
  if (node.spec.unschedulable === true) wanted.push(UNSCHEDULABLE_TAINT.key);
  const present = node.spec.taints ?? [];
  const isMirrored = ({ key, effect }: Taint): boolean => effect === 'NoSchedule' && MIRRORED.has(key);
  const kept = present.filter((taint) => !isMirrored(taint) || wanted.includes(taint.key));
  const missing = wanted.filter((key) => !kept.some((taint) => taint.key === key && taint.effect === 'NoSchedule'));
  if (kept.length === present.length && missing.length === 0) return undefined;
  const timeAdded = formatTime(nowMs);
  return [...kept, ...missing.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded }))];
}

/** C712, C716: the taints with the one NoExecute taint that a status asks for; undefined when they are so already. */
export function executingTaints(node: Node, status: ReadyStatus, nowMs: number): readonly Taint[] | undefined {
  const wanted = status === 'True' ? undefined : status === 'False' ? NOT_READY : UNREACHABLE;
  const present = node.spec.taints ?? [];
  const kept = present.filter(({ key, effect }) => effect !== 'NoExecute' || (key !== NOT_READY && key !== UNREACHABLE) || key === wanted);
  const isThere = wanted === undefined || kept.some(({ key, effect }) => key === wanted && effect === 'NoExecute');
  if (isThere) return kept.length === present.length ? undefined : kept;
  return [...kept, { key: wanted, effect: 'NoExecute', timeAdded: formatTime(nowMs) }];
}

/** The NoExecute taint of this controller that a node carries. */
export function executingTaintOf(node: Node): string | undefined {
  return node.spec.taints?.find(({ key, effect }) => effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE))?.key;
}
