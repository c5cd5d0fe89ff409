// What a part of the control plane or a node owes the kernel: which changes wake it, what it does for a key, which timers it owns. A
// component keeps its memory in tables and its waiting in timers; it is itself stateless.

import type { Reconciled, RetryLimits } from './reconciled.ts';
import type { Change } from './store.ts';
import type { ClusterState } from './state.ts';
import type { Steps } from './steps.ts';

/** In `watches`: the resources that no component names, which are custom resources. */
export const CUSTOM_RESOURCES = '*';

export interface Component {
  /** Name of the component and of its work queue. */
  readonly name: string;
  /** Resource (`pods`, `replicasets.apps`) → what to do with a change of it, normally `enqueue(state, name, key)`. */
  readonly watches: Readonly<Record<string, (state: ClusterState, change: Change) => void>>;
  /**
   * Brings one key of the queue up to date. Level-triggered: reads the present state, never the change (C001). Work that grows with the number of objects
   * is given back as steps, which are taken at once, one after the other: nothing else happens to the state in between. What it says is done by requeue.ts;
   * nothing is said by those whose keys never come back by themselves.
   */
  reconcile(state: ClusterState, key: string): Steps<Reconciled | void> | Reconciled | void;
  /** How keys are retried; absent: as upstream's queues do it, from 5 ms up to 1000 s, for ever. */
  readonly retries?: RetryLimits;
  /**
   * Resource → what to do at once when a timer of the world or of a kubelet has written an object of it, before the timers of the control plane fire that are
   * due at the same instant: asking for one of these.
   */
  readonly notices?: Readonly<Record<string, (state: ClusterState) => void>>;
  /**
   * Timer owner → what to do when a timer of that owner fires, in steps as above. Owners are unique over all components; a timer of the queue itself puts its
   * key back, unless the component has another use for it.
   */
  readonly timers: Readonly<Record<string, (state: ClusterState, key: string) => Steps<void> | void>>;
}

/** Ranks of timers at one instant (K001): the world first, then the kubelet's loop in its order, then the control plane. */
export const TIMER_RANKS = {
  process: 10,
  mount: 15,
  syncStep: 20,
  relist: 30,
  liveness: 40,
  readiness: 50,
  startup: 60,
  syncTick: 70,
  housekeeping: 80,
  statusReconcile: 85,
  node: 90,
  controller: 100,
} as const;
