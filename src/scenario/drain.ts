// What `kubectl drain --ignore-daemonsets --delete-emptydir-data` does: the node is cordoned, its pods are evicted, and those that a budget keeps are asked for
// again until they go.

import type { Place } from './document.ts';
import type { PASSING } from './passing.ts';
import type { Run } from './run.ts';
import { drainedPods } from './strikes.ts';

/** `kubectl drain` asks again after this long. */
const EVICT_AGAIN_MS = 5_000;

/** Begins to drain a node; what is wrong, when it cannot be cordoned. */
export function beginDrain(run: Run, node: string, deadlineMs: number, place: Place): string | typeof PASSING {
  const request = {
    verb: 'patch',
    resource: 'nodes',
    name: node,
    patchType: 'merge',
    body: { spec: { unschedulable: true } },
    options: {},
  } as const;
  const refused = run.perform({ type: 'request', request });
  if (refused !== undefined) return refused;
  const look = (now: Run): void => {
    const said = evict(now, node);
    const left = drainedPods(now.state, node);
    if (left.length === 0) return;
    if (now.state.nowMs < deadlineMs) {
      now.step -= 1;
      now.pass({ kind: 'to', toMs: Math.min(now.state.nowMs + EVICT_AGAIN_MS, deadlineMs) }, look);
      return;
    }
    const found = said ?? left.map(({ namespace, name }) => `pod ${namespace}/${name} is still there`).join(', ');
    now.fail({
      kind: 'step',
      place,
      expected: `node ${node} is drained`,
      found,
      because: undefined,
      atMs: now.state.nowMs,
      explanation: [],
    });
  };
  return run.pass({ kind: 'to', toMs: run.state.nowMs }, look);
}

/** Evicts what is left on a node; what is said of a pod that stays. */
function evict(run: Run, node: string): string | undefined {
  let refused: string | undefined;
  for (const { namespace, name, isGoing } of drainedPods(run.state, node)) {
    if (isGoing) continue;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
    const request = { verb: 'create', resource: 'pods', namespace, name, subresource: 'eviction', body, options: {} } as const;
    const said = run.perform({ type: 'request', request });
    if (said !== undefined) refused = `pod ${namespace}/${name} stays: ${said}`;
  }
  return refused;
}
