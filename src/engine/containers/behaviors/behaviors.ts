// The behaviours that processes of a cluster have, each stored once: a process keeps the behaviour it was started with, whatever becomes of the
// annotation and of the catalogue, and a thousand pods of one template share one row. A row stays for the life of the cluster.

import { assertPresent } from '../../kernel/assert.ts';
import { hash128, hashToHex } from '../../kernel/hash.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { Behavior } from '../../kinds/shared/behavior.ts';
import type { Instance } from '../model.ts';

const behaviors = defineTable<Behavior>('kubelet.behaviors');

/** Stores a behaviour; equal ones have the same id. */
export function internBehavior(state: ClusterState, behavior: Behavior): string {
  const id = hashToHex(hash128(JSON.stringify(behavior)));
  if (!behaviors.has(state, id)) behaviors.put(state, id, behavior);
  return id;
}

/** What the process of an instance does. */
export function behaviorOf(state: ClusterState, instance: Readonly<Instance>): Readonly<Behavior> {
  return assertPresent(behaviors.get(state, instance.behaviorId), `behaviour ${instance.behaviorId}`);
}
