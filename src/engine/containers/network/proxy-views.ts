// What kube-proxies have not heard of yet: after a change of an Endpoints object they route as before for some time, since slices are written and rules are
// rewritten after one another. A pod that stops at once is still sent requests in that time, and one that waits in a preStop hook loses none.
// Upstream: pkg/proxy/iptables/proxier.go (minSyncPeriod), pkg/proxy/endpointslicecache.go (v1.33). Rule: C533.
// Deviation: all nodes hear of a change at the same instant, `timing.endpointPropagation` after it; names of headless services follow at once.

import type { Endpoints } from '../../kinds/endpoints/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { defineTable } from '../../kernel/state.ts';
import { type Change, objectKey } from '../../kernel/store.ts';
import { timingOf } from '../timing.ts';

type Subsets = Endpoints['subsets'];

/** Endpoints that were replaced, the oldest first; each counts until its instant. */
interface OldView {
  readonly untilMs: number;
  readonly subsets: Subsets;
}

const views = defineTable<readonly OldView[]>('kube-proxy.views');

/** Keeps what the proxies still believe after a change. */
export function noticeEndpoints(state: ClusterState, change: Change): void {
  const { namespace, name } = change.object.metadata;
  const key = objectKey(namespace, name);
  const untilMs = state.nowMs + timingOf(state).endpointPropagationMs;
  const known = (views.get(state, key) ?? []).filter((view) => view.untilMs > state.nowMs);
  // A service that is gone has no address that could be asked.
  if (change.type === 'DELETED' || untilMs === state.nowMs) views.remove(state, key);
  // Of several changes of an instant the proxies see the last.
  else if (known.at(-1)?.untilMs !== untilMs)
    views.put(state, key, [...known, { untilMs, subsets: (change.previous as Endpoints | undefined)?.subsets ?? [] }]);
}

/** The endpoints by which the proxies route. */
export function routedSubsets(state: ClusterState, endpoints: Endpoints | undefined): Subsets {
  if (endpoints === undefined) return undefined;
  const key = objectKey(endpoints.metadata.namespace, endpoints.metadata.name);
  const old = views.get(state, key)?.find((view) => view.untilMs > state.nowMs);
  return old === undefined ? endpoints.subsets : old.subsets;
}
