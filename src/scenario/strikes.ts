// What can strike a cluster at an instant: every fault of the wanted types at every target that there is.

import { listObjects } from '../engine/apiserver/api.ts';
import type { Fault } from '../engine/cluster/index.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { nodeKind } from '../engine/kinds/node/index.ts';
import { podKind } from '../engine/kinds/pod/index.ts';
import { MIRROR_ANNOTATION } from '../engine/kinds/shared/pod-annotations.ts';
import { controllerOf } from '../engine/apimachinery/meta.ts';
import type { FAULT_TYPES } from './schema.ts';
import { isPodPhaseTerminal } from '../engine/kinds/shared/pod-state.ts';

export type StrikeType = (typeof FAULT_TYPES)[number];

/** What strikes what. A drain is no fault but what an operator does; it is explored like one. */
export type Strike = { readonly type: 'fault'; readonly fault: Fault } | { readonly type: 'drain'; readonly node: string };

const NODE_FAULTS: ReadonlySet<StrikeType> = new Set(['node-down', 'node-partition', 'node-reboot']);
const SIGKILL = 137;

/** All strikes of some types, in a fixed order. */
export function strikesOf(state: ClusterState, types: readonly StrikeType[]): Strike[] {
  return types.flatMap((type): Strike[] => {
    if (type === 'drain') return nodesOf(state).map((node) => ({ type, node }));
    if (NODE_FAULTS.has(type)) return nodesOf(state).map((node) => fault({ type: type as 'node-down', node }));
    return runningContainers(state).map((target) =>
      type === 'container-kill' ? fault({ type, ...target, exitCode: SIGKILL }) : fault({ type: type as 'container-oom', ...target }),
    );
  });
}

function fault(made: Fault): Strike {
  return { type: 'fault', fault: made };
}

function nodesOf(state: ClusterState): string[] {
  return listObjects(state, nodeKind).map(({ metadata }) => metadata.name);
}

function runningContainers(state: ClusterState): { namespace: string; pod: string; container: string }[] {
  return listObjects(state, podKind).flatMap(({ metadata, status }) =>
    (status.containerStatuses ?? []).flatMap(({ name, state: now }) =>
      now.running === undefined ? [] : [{ namespace: metadata.namespace ?? '', pod: metadata.name, container: name }],
    ),
  );
}

/** How long a strike lasts, milliseconds; null: to the end, or no time at all. */
export function lastingMs(strike: Strike, lastsMs: number | null): number | null {
  return strike.type === 'fault' && 'node' in strike.fault ? lastsMs : null;
}

/** `node-down node-2`, `container-kill default/web-0 (app)`, `drain node-1`. */
export function strikeText(strike: Strike): string {
  if (strike.type === 'drain') return `drain ${strike.node}`;
  const { fault: made } = strike;
  if ('node' in made) return `${made.type} ${made.node}`;
  return 'pod' in made ? `${made.type} ${made.namespace}/${made.pod} (${made.container ?? 'all containers'})` : made.type;
}

/** Pods that a drain evicts from a node: all but those that belong to the node. */
export function drainedPods(state: ClusterState, node: string): { namespace: string; name: string; isGoing: boolean }[] {
  return listObjects(state, podKind).flatMap((pod) => {
    const { metadata, spec, status } = pod;
    const isOver = isPodPhaseTerminal(status.phase);
    const stays = controllerOf(pod)?.kind === 'DaemonSet' || metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
    return spec.nodeName === node && !isOver && !stays
      ? [{ namespace: metadata.namespace ?? '', name: metadata.name, isGoing: metadata.deletionTimestamp !== undefined }]
      : [];
  });
}
