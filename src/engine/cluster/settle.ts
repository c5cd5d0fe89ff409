// One instant of a cluster: deliver every change to every component, let each component work off its queue once, and repeat until nothing
// is left to do (roundOrder of C0.2; kubelets last). Then timers due at this very instant fire, and the rounds begin again.

import { assert } from '../kernel/assert.ts';
import { type Component, CUSTOM_RESOURCES } from '../kernel/component.ts';
import { FIRINGS_PER_INSTANT_MAX, SETTLE_ROUNDS_MAX } from '../kernel/limits.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Change } from '../kernel/store.ts';
import { takeTimer, type Timer } from '../kernel/timers.ts';
import { deliverChanges } from '../kernel/watch.ts';
import { drainQueue } from '../kernel/work-queue.ts';
import { COMPONENTS } from './components.ts';

type Receive = (state: ClusterState, change: Change) => void;
type Fire = (state: ClusterState, key: string) => void;

const receivers = collectReceivers(COMPONENTS);
const firings = collectTimers(COMPONENTS);

/** Runs rounds and due timers until the cluster is quiet at `state.nowMs`. */
export function runInstant(state: ClusterState): void {
  let fired = 0;
  settle(state);
  for (;;) {
    let timer = takeTimer(state, state.nowMs);
    if (timer === undefined) return;
    // All timers of one instant fire before the control plane looks: what they change arrives together (C011).
    while (timer !== undefined) {
      fireTimer(state, timer);
      fired += 1;
      assert(fired <= FIRINGS_PER_INSTANT_MAX, `timers keep firing at one instant, last ${timer.owner} ${timer.key}`);
      timer = takeTimer(state, state.nowMs);
    }
    settle(state);
  }
}

/** Delivers changes and reconciles until no queue holds a key. Settling twice changes nothing. */
export function settle(state: ClusterState): void {
  for (let round = 0; ; round += 1) {
    assert(round < SETTLE_ROUNDS_MAX, 'controllers keep changing objects at one instant');
    let worked = deliverChanges(state, (change) => receive(state, change)) > 0;
    for (const component of COMPONENTS) {
      for (const key of drainQueue(state, component.name)) {
        component.reconcile(state, key);
        worked = true;
      }
    }
    if (!worked) return;
  }
}

function receive(state: ClusterState, change: Change): void {
  for (const handler of receivers.get(change.resource) ?? receivers.get(CUSTOM_RESOURCES) ?? []) handler(state, change);
}

function fireTimer(state: ClusterState, timer: Timer): void {
  const fire = firings.get(timer.owner);
  assert(fire !== undefined, `no component owns timers of ${timer.owner}`);
  fire(state, timer.key);
}

function collectReceivers(components: readonly Component[]): ReadonlyMap<string, readonly Receive[]> {
  const map = new Map<string, Receive[]>();
  for (const component of components) {
    for (const [resource, handler] of Object.entries(component.watches)) {
      const present = map.get(resource);
      if (present === undefined) map.set(resource, [handler]);
      else present.push(handler);
    }
  }
  return map;
}

function collectTimers(components: readonly Component[]): ReadonlyMap<string, Fire> {
  const map = new Map<string, Fire>();
  for (const component of components) {
    for (const [owner, fire] of Object.entries(component.timers)) {
      assert(!map.has(owner), `two components own timers of ${owner}`);
      map.set(owner, fire);
    }
  }
  return map;
}
