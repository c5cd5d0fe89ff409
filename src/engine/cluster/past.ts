// A moment in the middle of a command, by replaying it to there. A command is whole, and so is an instant of an advance; between two changes of one
// instant only the objects are as they were: controllers and kubelets have no state there that anybody could go on from. What they have is that of before.

import { termsReader } from '../apiserver/index-terms.ts';
import { assert, assertPresent } from '../kernel/assert.ts';
import { readMetadata, readObjectText } from '../kernel/object-text.ts';
import { type ClusterState, forkState } from '../kernel/state.ts';
import { type Change, countKept, enterObject, getStored, type KeptChange, objectKey } from '../kernel/store.ts';
import type { Command } from './command.ts';
import { SLICE_LIMITS_DEFAULT } from './advance.ts';
import { executeSteps, sliceSteps } from './cluster.ts';
import { endsStep, type Steps } from '../kernel/steps.ts';

/** Where to stop. */
export type Stop = { readonly kind: 'time'; readonly ms: number } | { readonly kind: 'revision'; readonly revision: number };

/** Replays a command up to a time, or to the end of the instant in which a revision was made. */
export function* replayUntil(state: ClusterState, command: Command, stop: Stop): Steps<void> {
  if (stop.kind === 'revision') return void (yield* lastInstant(state, command, stop.revision));
  assert(command.type === 'advance', 'time passes in advances only');
  yield* executeSteps(state, { type: 'advance', toMs: stop.ms });
}

/** Replays a command, with objects as they were when a revision was made: a state to read objects from, and nothing else. */
export function* replayToRevision(state: ClusterState, command: Command, revision: number): Steps<void> {
  const changes = yield* lastInstant(forkState(state), command, revision);
  const made = changes.filter((change) => change.revision <= revision);
  yield* replayBefore(state, command, assertPresent(made.at(-1), `the change of revision ${revision}`).timeMs);
  yield* enterChanges(state, made);
}

/** Replays a command up to the last instant before a time. */
export function* replayBefore(state: ClusterState, command: Command, ms: number): Steps<void> {
  if (command.type === 'advance' && state.nowMs < ms - 1) yield* executeSteps(state, { type: 'advance', toMs: ms - 1 });
}

/**
 * Enters changes that follow on a state, so that its objects and its digest become what they were behind the last of them, while all that is no object stays as
 * it is: a state to read from, and nothing else.
 */
export function* enterChanges(state: ClusterState, changes: readonly KeptChange[]): Steps<void> {
  const keys: string[] = [];
  for (const [index, change] of changes.entries()) {
    const { name, namespace, hashes } = readObjectText(change.json);
    assertFollows(state, change);
    countKept(state, change, hashes);
    keys.push(objectKey(namespace, name));
    if (endsStep(index)) yield;
  }
  yield* enterLast(state, changes, keys);
}

/** The same for a state of objects only, which has no digest. */
export function* enterObjects(state: ClusterState, changes: readonly KeptChange[]): Steps<void> {
  const keys: string[] = [];
  for (const [index, change] of changes.entries()) {
    const { name, namespace } = readMetadata(change.json);
    assertFollows(state, change);
    [state.revision, state.nowMs] = [change.revision, change.timeMs];
    keys.push(objectKey(namespace, name));
    if (endsStep(index)) yield;
  }
  yield* enterLast(state, changes, keys);
}

function assertFollows({ revision }: ClusterState, change: KeptChange): void {
  assert(change.revision === revision + 1, `change ${change.revision} does not follow on ${revision}`);
}

/** Enters each object as the last of its changes has it; `keys` are those of the changes. */
function* enterLast(state: ClusterState, changes: readonly KeptChange[], keys: readonly string[]): Steps<void> {
  const lastIndexes = new Map<string, number>();
  for (const [index, { resource }] of changes.entries()) lastIndexes.set(`${resource} ${keys[index]}`, index);
  for (const [index, { type, resource, json }] of changes.entries()) {
    const key = keys[index] as string;
    // Only what an object was at last is of interest, and where among the others it was made.
    const isLast = lastIndexes.get(`${resource} ${key}`) === index;
    if (type === 'DELETED') enterObject(state, resource, key, undefined, termsReader(resource));
    else if (isLast || getStored(state, resource, key) === undefined) enterObject(state, resource, key, json, termsReader(resource));
    if (endsStep(index)) yield;
  }
  state.derived.memo.clear();
}

/** Goes on until a revision is reached; the changes of the last piece of it. */
function* lastInstant(state: ClusterState, command: Command, revision: number): Steps<readonly Change[]> {
  for (;;) {
    const { changes } =
      command.type === 'advance'
        ? (yield* sliceSteps(state, { kind: 'to', toMs: command.toMs }, ONE_INSTANT)).commit
        : yield* executeSteps(state, command);
    if (state.revision >= revision) return changes;
    assert(command.type === 'advance' && state.nowMs < command.toMs, `revision ${revision} is not reached`);
  }
}

const ONE_INSTANT = { ...SLICE_LIMITS_DEFAULT, mustYield: () => true };
