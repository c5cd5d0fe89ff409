// The ResourceQuota controller: writes the status of quotas when they change, when something that they count goes away, and every five minutes.
// Creations need no count: admission has charged them (apiserver/admission/quota.ts).
// Upstream: pkg/controller/resourcequota/resource_quota_controller.go, resource_quota_monitor.go, pkg/quota/v1/install/update_filter.go (v1.33).

import { isJsonEqual, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { getObject, writeStatus } from '../../apiserver/api.ts';
import { kindByResource } from '../../kinds/index.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import { resourceQuotaKind } from '../../kinds/resourcequota/index.ts';
import type { ResourceQuota } from '../../kinds/resourcequota/types.ts';
import { resourcesFor } from '../../kinds/shared/quota-usage.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { type Change, keyOf, keysInNamespace } from '../../kernel/store.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';
import { COUNTED_KINDS, isTracked, shiftUse, track, untrack, usedOf } from './usage.ts';

const QUEUE = 'resourcequota';
const QUOTAS = resourceOf(resourceQuotaKind);
const RESYNC_MS = 300_000;
/** A key that is only compared with the count, not written. */
const COMPARE = '?';

export const resourceQuotaController: Component = {
  name: QUEUE,
  watches: Object.fromEntries(COUNTED_KINDS.map((kind) => [resourceOf(kind), receive])),
  reconcile,
  timers: {},
};

function receive(state: ClusterState, change: Change): void {
  const namespace = change.object.metadata.namespace ?? '';
  if (change.resource === QUOTAS) receiveQuota(state, change);
  if (!isTracked(state, namespace)) return;
  const kind = kindByResource(change.resource) as Kind;
  const before = change.previous as KubeObject | undefined;
  const after = change.type === 'DELETED' ? undefined : (change.object as KubeObject);
  if (!shiftUse(state, namespace, kind, before, after) || before === undefined) return;
  for (const key of keysInNamespace(state, QUOTAS, namespace)) {
    const [, name] = splitKey(key);
    const hard = getObject(state, resourceQuotaKind, namespace, name)?.status.hard ?? {};
    if (resourcesFor(kind, Object.keys(hard)).length > 0) enqueue(state, QUEUE, key);
  }
}

function receiveQuota(state: ClusterState, change: Change): void {
  const key = keyOf(change.object);
  const quota = change.object as ResourceQuota;
  const previous = change.previous as ResourceQuota | undefined;
  const { namespace = '' } = quota.metadata;
  if (change.type === 'DELETED') {
    clearTimer(state, QUEUE, key);
    if (keysInNamespace(state, QUOTAS, namespace).size === 0) untrack(state, namespace);
  } else if (previous === undefined || !isJsonEqual(quota.spec.hard, previous.spec.hard)) enqueue(state, QUEUE, key);
  else if (quota.status !== previous.status) enqueue(state, QUEUE, COMPARE + key);
}

function* reconcile(state: ClusterState, queued: string): Steps<void> {
  // What is not delivered yet is not counted yet: the count is asked again in the next round.
  if (state.deliveredCount < state.changes.length) return enqueue(state, QUEUE, queued);
  const isComparison = queued.startsWith(COMPARE);
  const key = isComparison ? queued.slice(COMPARE.length) : queued;
  const [namespace, name] = splitKey(key);
  const quota = getObject(state, resourceQuotaKind, namespace, name);
  if (quota === undefined) return;
  yield* track(state, namespace);
  const used = usedOf(state, quota);
  const { hard = {} } = quota.spec;
  const isTrue = isEqual(used, quota.status.used) && isEqual(hard, quota.status.hard);
  if (isComparison) return awaitResync(state, key, isTrue);
  if (!isTrue) writeStatus(state, resourceQuotaKind, quota, Object.keys(hard).length === 0 ? {} : { hard, used });
}

function isEqual(a: StringMap, b: StringMap | undefined): boolean {
  const names = Object.keys(a);
  const isSame = (name: string): boolean => b?.[name] !== undefined && compareQuantities(a[name] ?? '0', b[name]) === 0;
  return names.length === Object.keys(b ?? {}).length && names.every(isSame);
}

/** Every five minutes all quotas are counted again; only one that is wrong needs it. */
function awaitResync(state: ClusterState, key: string, isTrue: boolean): void {
  if (isTrue) return clearTimer(state, QUEUE, key);
  const dueMs = state.startMs + (Math.floor((state.nowMs - state.startMs) / RESYNC_MS) + 1) * RESYNC_MS;
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: QUEUE, key });
}
