// What the node monitor knows and decides of a node's health and of its zone, as plain values.
// Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.33). Rules: C702-C704, C706, C713, C714.

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Node } from '../../kinds/node/types.ts';

/** C702: how often the monitor looks. */
export const MONITOR_PERIOD_MS = 5_000;
/** How long a silent node still counts as heard of (C703). */
export const GRACE_MS = 50_000;
/** C706: of a node that has never said whether it is ready. */
export const STARTUP_GRACE_MS = 60_000;

/** Conditions that a silent node no longer vouches for, in the order in which the monitor goes through them. */
const VOUCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export type ReadyStatus = 'True' | 'False' | 'Unknown';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** The Ready condition's status; Unknown when nothing was ever reported. */
export function readyStatusOf(node: Node): ReadyStatus {
  const status = node.status.conditions?.find(({ type }) => type === 'Ready')?.status;
  return status === 'True' || status === 'False' ? status : 'Unknown';
}

export function hasReadyCondition(node: Node): boolean {
  return (node.status.conditions ?? []).some(({ type }) => type === 'Ready');
}

/** The pass that notices what happened at an instant (C702). */
export function noticedMs(startMs: number, atMs: number): number {
  return startMs + Math.ceil((atMs - startMs) / MONITOR_PERIOD_MS) * MONITOR_PERIOD_MS;
}

/** The next pass after an instant. */
export function nextPassMs(startMs: number, nowMs: number): number {
  return startMs + (Math.floor((nowMs - startMs) / MONITOR_PERIOD_MS) + 1) * MONITOR_PERIOD_MS;
}

/** C704: the conditions of a node that has fallen silent. */
export function unknownConditions(node: Node, nowMs: number): readonly Condition[] {
  const now = formatTime(nowMs);
  const present = node.status.conditions ?? [];
  const turned = present.map((condition): Condition => {
    if (!VOUCHED.includes(condition.type) || condition.status === 'Unknown') return condition;
    return {
      ...condition,
      status: 'Unknown',
      lastTransitionTime: now,
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    };
  });
  const missing = VOUCHED.filter((type) => !present.some((condition) => condition.type === type)).map(
    (type): Condition => ({
      type,
      status: 'Unknown',
      lastHeartbeatTime: node.metadata.creationTimestamp ?? now,
      lastTransitionTime: now,
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    }),
  );
  return [...turned, ...missing];
}

/** C714: region and zone, as one word. */
export function zoneOf(node: Node): string {
  const { labels = {} } = node.metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** C714: how a zone is, by how many of its nodes are ready and not. */
export function zoneStateOf(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / (ready + notReady) >= 0.55 ? 'PartialDisruption' : 'Normal';
}

const LARGE_ZONE = 50;
const INTERVAL_MS = 10_000;
const LARGE_ZONE_INTERVAL_MS = 100_000;

/** C713, C714: milliseconds between two nodes of a zone that get the NoExecute taint; undefined: none gets it. */
export function taintIntervalMs(zone: ZoneState, nodeCount: number): number | undefined {
  if (zone !== 'PartialDisruption') return INTERVAL_MS;
  return nodeCount > LARGE_ZONE ? LARGE_ZONE_INTERVAL_MS : undefined;
}
