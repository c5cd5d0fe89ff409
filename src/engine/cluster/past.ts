// A moment in the middle of a command, by replaying it to there. A command is whole, and so is an instant of an advance; between two changes of one
// instant only the objects are as they were: controllers and kubelets have no state there that anybody could go on from.

import type { KubeObject } from '../apimachinery/meta.ts';
import { indexTermsOf } from '../apiserver/api.ts';
import { assert, assertPresent } from '../kernel/assert.ts';
import type { Hash128 } from '../kernel/hash.ts';
import type { ClusterState } from '../kernel/state.ts';
import { type Change, keyOf, takeBack } from '../kernel/store.ts';
import { kindByResource } from '../kinds/index.ts';
import type { Command } from './command.ts';
import { SLICE_LIMITS_DEFAULT } from './advance.ts';
import { executeSteps, sliceSteps } from './cluster.ts';
import type { Steps } from '../kernel/steps.ts';

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
  const { digest, changes } = yield* lastInstant(state, command, revision);
  const taken = new Set<string>();
  state.digest = digest;
  for (const change of changes) {
    if (change.revision <= revision) {
      state.digest = assertPresent(change.digest, 'the digest of a change that was made again');
      continue;
    }
    const { resource, object, previous } = change;
    // What it was before the first change is what it was.
    const key = keyOf(object);
    if (taken.has(`${resource} ${key}`)) continue;
    taken.add(`${resource} ${key}`);
    const terms = previous === undefined ? [] : indexTermsOf(kindByResource(resource), previous as KubeObject);
    takeBack(state, resource, key, previous, terms);
  }
  state.revision = revision;
  state.derived.memo.clear();
}

/** Goes on until a revision is reached; the changes of the last piece of it, and the digest before them. */
function* lastInstant(
  state: ClusterState,
  command: Command,
  revision: number,
): Steps<{ readonly digest: Hash128; readonly changes: readonly Change[] }> {
  for (;;) {
    const { digest } = state;
    const { changes } =
      command.type === 'advance'
        ? (yield* sliceSteps(state, { kind: 'to', toMs: command.toMs }, ONE_INSTANT)).commit
        : yield* executeSteps(state, command);
    if (state.revision >= revision) return { digest, changes };
    assert(command.type === 'advance' && state.nowMs < command.toMs, `revision ${revision} is not reached`);
  }
}

const ONE_INSTANT = { ...SLICE_LIMITS_DEFAULT, mustYield: () => true };
