// One instant of a cluster: deliver every change to every component, let each component work off its queue once, and repeat until nothing
// is left to do (`roundOrder` in docs/glossary.md; kubelets last). Then timers due at this very instant fire, and the rounds begin again.

import { assert } from '../kernel/assert.ts';
import { beginDelivery, beginFiring, beginReconcile } from '../kernel/causes.ts';
import { type Component, CUSTOM_RESOURCES, TIMER_RANKS } from '../kernel/component.ts';
import { FIRINGS_PER_INSTANT_MAX, SETTLE_ROUNDS_MAX } from '../kernel/limits.ts';
import { holdsKey, holdsTimer, parkSpinning } from '../kernel/parking.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Change } from '../kernel/store.ts';
import type { Reconciled } from '../kernel/reconciled.ts';
import { conclude } from '../kernel/requeue.ts';
import { takeTimer, type Timer } from '../kernel/timers.ts';
import { finish, type Steps } from '../kernel/steps.ts';
import { deliverChanges } from '../kernel/watch.ts';
import { drainQueue, enqueue } from '../kernel/work-queue.ts';
import { COMPONENTS } from './components.ts';

/** What is called for a change or a timer, and whose it is. */
interface Receiver {
  readonly component: string;
  readonly handler: (state: ClusterState, change: Change) => void;
}
interface Firing {
  readonly component: string;
  readonly fire: (state: ClusterState, key: string) => Steps<void> | void;
}

const receivers = collectReceivers(COMPONENTS);
const firings = collectTimers(COMPONENTS);
const notices = COMPONENTS.flatMap((component) => Object.entries(component.notices ?? {}));

/** Runs rounds and due timers until the cluster is quiet at `state.nowMs`. */
export function runInstant(state: ClusterState): void {
  finish(instantSteps(state));
}

/** The same, a key or a timer a step, or a part of what a key asks for. In between the state is half-way: nobody may read or write it. */
export function* instantSteps(state: ClusterState): Steps<void> {
  let fired = 0;
  state.derived.instantCount += 1;
  yield* settleSteps(state);
  for (;;) {
    let timer = takeTimer(state, state.nowMs);
    if (timer === undefined) return;
    // All timers of one instant fire before the control plane looks: what they change arrives together (C011).
    while (timer !== undefined) {
      const before = state.changes.length;
      const steps = fireTimer(state, timer);
      if (steps !== undefined) yield* steps;
      if (timer.rank < TIMER_RANKS.controller) giveNotice(state, before);
      fired += 1;
      assert(fired <= FIRINGS_PER_INSTANT_MAX, `timers keep firing at one instant, last ${timer.owner} ${timer.key}`);
      yield;
      timer = takeTimer(state, state.nowMs);
    }
    yield* settleSteps(state);
  }
}

/** Tells of what a timer has written, which is delivered only when all of this instant have fired. */
function giveNotice(state: ClusterState, from: number): void {
  for (let index = from; index < state.changes.length; index += 1)
    for (const [resource, notice] of notices) if (state.changes[index]?.resource === resource) notice(state);
}

/**
 * Delivers changes and reconciles until no queue holds a key. Settling twice changes nothing. What does not come to rest is parked: `components` are
 * others than those of a cluster in tests of that only.
 */
export function settle(state: ClusterState, components: readonly Component[] = COMPONENTS): void {
  finish(settleSteps(state, components));
}

function* settleSteps(state: ClusterState, components: readonly Component[] = COMPONENTS): Steps<void> {
  const { causes } = state.derived;
  const outer = causes?.now;
  for (let round = 0; ; round += 1) {
    let worked = (yield* deliverChanges(state, (change) => receive(state, change))) > 0;
    const work = round < SETTLE_ROUNDS_MAX ? reconcile : park;
    for (const component of components) {
      for (const key of drainQueue(state, component.name)) {
        const given = work(state, component, key);
        const said = given !== undefined && 'next' in given ? yield* given : given;
        if (said !== undefined) conclude(state, component, key, said);
        worked = true;
        yield;
      }
    }
    if (!worked) break;
  }
  state.derived.running = undefined;
  if (causes !== undefined) causes.now = outer;
}

function reconcile(state: ClusterState, component: Component, key: string): Steps<Reconciled | void> | Reconciled | undefined {
  if (holdsKey(state, component.name, key)) return undefined;
  state.derived.running = { kind: 'key', owner: component.name, key };
  beginReconcile(state, component.name, key);
  return component.reconcile(state, key) ?? undefined;
}

function park(state: ClusterState, component: Component, key: string): undefined {
  parkSpinning(state, component.name, key);
}

function receive(state: ClusterState, change: Change): void {
  for (const { component, handler } of receivers.get(change.resource) ?? receivers.get(CUSTOM_RESOURCES) ?? []) {
    beginDelivery(state, component, change.revision);
    handler(state, change);
  }
}

function fireTimer(state: ClusterState, timer: Timer): Steps<void> | undefined {
  const firing = firings.get(timer.owner);
  assert(firing !== undefined, `no component owns timers of ${timer.owner}`);
  if (holdsTimer(state, timer)) return undefined;
  state.derived.running = { kind: 'timer', owner: timer.owner, key: timer.key };
  beginFiring(state, firing.component, timer.owner, timer.key);
  return firing.fire(state, timer.key) ?? undefined;
}

function collectReceivers(components: readonly Component[]): ReadonlyMap<string, readonly Receiver[]> {
  const map = new Map<string, Receiver[]>();
  for (const component of components) {
    for (const [resource, handler] of Object.entries(component.watches)) {
      const present = map.get(resource);
      const receiver = { component: component.name, handler };
      if (present === undefined) map.set(resource, [receiver]);
      else present.push(receiver);
    }
  }
  return map;
}

function collectTimers(components: readonly Component[]): ReadonlyMap<string, Firing> {
  const map = new Map<string, Firing>();
  for (const component of components) {
    const { name } = component;
    const own: Component['timers'] = { [name]: (state, key) => enqueue(state, name, key), ...component.timers };
    for (const [owner, fire] of Object.entries(own)) {
      assert(!map.has(owner), `two components own timers of ${owner}`);
      map.set(owner, { component: component.name, fire });
    }
  }
  return map;
}
