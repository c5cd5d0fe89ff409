// The engine's front door: create a cluster, execute a command, turn the clock. Every call leaves the cluster quiet and returns a commit.

import { formatInstant } from '../apimachinery/time.ts';
import { badRequest, type Status } from '../apimachinery/status.ts';
import { assert, assertNever } from '../kernel/assert.ts';
import { hashToHex } from '../kernel/hash.ts';
import { ADVANCE_SPAN_MS_MAX } from '../kernel/limits.ts';
import { parkFailing } from '../kernel/parking.ts';
import { reseed } from '../kernel/random.ts';
import { type ClusterState, createState } from '../kernel/state.ts';
import { finish, type Steps } from '../kernel/steps.ts';
import { countSetting } from '../kernel/store.ts';
import { takeChanges } from '../kernel/watch.ts';
import { closeExec, inputExec, inputMain, startExec } from '../kubelet/clients/exec-sessions.ts';
import { askPort } from '../kubelet/clients/port-forward.ts';
import { setImage } from '../containers/images/catalogue.ts';
import { type AdvanceGoal, advanceSliceSteps, advanceToSteps, type SliceLimits, type SliceResult } from './advance.ts';
import { setClock } from './clock.ts';
import type { Command, Commit, Outcome } from './command.ts';
import type { ClusterConfig } from './config.ts';
import { addFault, endFault, lastFaultId } from './faults.ts';
import { createGenesis } from './genesis.ts';
import { applyManifests } from './manifests.ts';
import { instantSteps, runInstant } from './settle.ts';
import { requestWithWebhooks } from './simulated-webhooks.ts';

const DONE: Outcome = { ok: true, code: 200, warnings: [] };

/** Builds a cluster and settles its first instant. `clockMode` is `reference` only in tests. */
export function createCluster(config: ClusterConfig, clockMode?: ClusterState['clockMode']): { state: ClusterState; genesis: Commit } {
  const state = createState({ seed: config.seed, startMs: config.startMs, ...(clockMode === undefined ? {} : { clockMode }) });
  createGenesis(state, config);
  runInstant(state);
  return { state, genesis: commit(state, { type: 'genesis', config }, DONE) };
}

/** Executes one command. A failed one leaves the state as it was and has no changes. */
export function execute(state: ClusterState, command: Command): Commit {
  return finish(executeSteps(state, command));
}

/** The same in steps; in between nobody may read or write the state. */
export function* executeSteps(state: ClusterState, command: Command): Steps<Commit> {
  assert(state.changes.length === 0, 'the previous command was not committed');
  const outcome = yield* perform(state, command);
  if (!outcome.ok) assert(state.changes.length === 0, 'a failed command changed the cluster');
  else if (command.type === 'advance') yield* advanceToSteps(state, command.toMs);
  else yield* instantSteps(state);
  return commit(state, command, outcome);
}

/** Executes one slice of an advance; its commit carries the `advance` command that replays it. */
export function executeSlice(state: ClusterState, goal: AdvanceGoal, limits?: SliceLimits): { commit: Commit; slice: SliceResult } {
  return finish(sliceSteps(state, goal, limits));
}

/** The same in steps; in between nobody may read or write the state. */
export function* sliceSteps(state: ClusterState, goal: AdvanceGoal, limits?: SliceLimits): Steps<{ commit: Commit; slice: SliceResult }> {
  assert(state.changes.length === 0, 'the previous command was not committed');
  const slice = yield* advanceSliceSteps(state, goal, limits);
  return { commit: commit(state, { type: 'advance', toMs: state.nowMs }, DONE), slice };
}

function* perform(state: ClusterState, command: Command): Steps<Outcome> {
  switch (command.type) {
    case 'request':
      return yield* requestWithWebhooks(state, command.request);
    case 'manifests':
      return yield* applyManifests(state, command);
    case 'advance':
      return checkAdvance(state, command.toMs);
    case 'clock':
      setClock(state, command.clock);
      return DONE;
    case 'seed':
      reseed(state, command.seed);
      return DONE;
    case 'image':
      setImage(state, command.reference, command.behavior);
      return DONE;
    case 'fault': {
      const outcome = outcomeOf(addFault(state, command.fault, command.afterMs, command.forMs));
      return outcome.ok ? { ...outcome, fault: lastFaultId(state) } : outcome;
    }
    case 'end-fault':
      return outcomeOf(endFault(state, command.id));
    case 'park':
      parkFailing(state, command.work);
      return DONE;
    case 'exec-start': {
      const started = startExec(state, command.request);
      return started.ok ? { ...DONE, session: started.value } : { ok: false, status: started.status, warnings: [] };
    }
    case 'exec-input': {
      const fed = inputExec(state, command.session, command.data, command.close);
      return fed.ok ? DONE : { ok: false, status: fed.status, warnings: [] };
    }
    case 'exec-close':
      closeExec(state, command.session);
      return DONE;
    case 'port-request': {
      const answer = askPort(state, command.request, false);
      return answer === undefined ? DONE : { ...DONE, answer };
    }
    case 'attach-input': {
      const fed = inputMain(state, command.container, command.data, command.close);
      return fed.ok ? DONE : { ok: false, status: fed.status, warnings: [] };
    }
    case 'genesis':
      return assertNever(command as never, 'genesis of an existing cluster');
    default:
      return assertNever(command, 'command');
  }
}

function outcomeOf(refusal: Status | undefined): Outcome {
  return refusal === undefined ? DONE : { ok: false, status: refusal, warnings: [] };
}

/** Whether the clock can go there; going there is what follows. */
function checkAdvance(state: ClusterState, toMs: number): Outcome {
  if (toMs < state.nowMs) return refuse(`the clock stands at ${formatInstant(state.nowMs)} and cannot go back to ${formatInstant(toMs)}`);
  if (toMs - state.startMs > ADVANCE_SPAN_MS_MAX) return refuse('the clock cannot pass ten years after the start of the cluster');
  return DONE;
}

function refuse(message: string): Outcome {
  return { ok: false, status: badRequest(message), warnings: [] };
}

function commit(state: ClusterState, command: Command, outcome: Outcome): Commit {
  const changes = takeChanges(state);
  if (outcome.ok && SETTINGS.has(command.type)) countSetting(state, command);
  return { command, outcome, changes, revision: state.revision, digest: hashToHex(state.digest), nowMs: state.nowMs };
}

/** What is set by these changes what is to come, though maybe no object for a long time: it counts by itself, behind the changes that it brought. See docs/digest.md. */
const SETTINGS: ReadonlySet<Command['type']> = new Set(['image', 'fault', 'end-fault', 'seed']);
