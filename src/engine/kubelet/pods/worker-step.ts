// How a pod worker comes from one activity to the next: pure, it says what the worker is at now and what is to be done; pod-worker.ts does it.
//
//   idle --item, resync--> waiting --newer data--> running --end--> idle, or waiting when an item is pending
//                                                     |
//                                                     `-- transition: waiting, in the next program; behind the last one finished
//
// Upstream: pkg/kubelet/pod_workers.go (podWorkerLoop, UpdatePod, completeSync and its siblings) (v1.33). Rules: K009, K110-K115, K121, K122.

import { assertNever } from '../../kernel/assert.ts';
import type { RuntimeView } from '../../containers/model.ts';
import type { Activity, Program, Run, Taken } from '../model.ts';

/** How a run ended. */
export type RunResult = 'success' | 'error' | 'transition';

export type WorkerEvent =
  /** An update for the pod (K110). */
  | { readonly on: 'item'; readonly facts: Facts }
  /** The work-queue time has come (K122). */
  | { readonly on: 'resync'; readonly facts: Facts }
  /** A relist has refreshed the cache. */
  | { readonly on: 'data'; readonly facts: Facts }
  /** The run itself has found something out that asks for another one. */
  | { readonly on: 'news' }
  /** `isQuiet`: a resync would find nothing. */
  | { readonly on: 'end'; readonly result: RunResult; readonly isQuiet: boolean };

/** What a step reads beside the activity. */
export interface Facts {
  readonly nowMs: number;
  readonly view: RuntimeView;
  /** The cache is newer than the last sync (K009). */
  readonly isCacheNewer: boolean;
  /** Whether the pod stays or must end (K112); nobody knows it when it has left the API before it had a worker. */
  readonly fate: 'stays' | 'ends' | 'unknown';
}

/** What is to be done, in order; a run is last, because it goes on by itself. */
export type Effect =
  | { readonly do: 'end-run' }
  | { readonly do: 'await-data' }
  | { readonly do: 'run' }
  /** `isDrawn`: its delay is drawn anew. */
  | { readonly do: 'requeue'; readonly result: 'success' | 'error'; readonly isDrawn: boolean }
  | { readonly do: 'leave-queue' }
  | { readonly do: 'finish' };

export interface Step {
  readonly activity: Activity;
  readonly effects: readonly Effect[];
}

const NOTHING: readonly Effect[] = [];
const AWAIT_DATA: Effect = { do: 'await-data' };
const END_RUN: Effect = { do: 'end-run' };
const LEAVE_QUEUE: Effect = { do: 'leave-queue' };
const FINISH: Effect = { do: 'finish' };
const RUN: readonly Effect[] = [{ do: 'run' }];

/** The next activity of a worker. */
export function stepWorker(activity: Activity, event: WorkerEvent): Step {
  switch (activity.is) {
    case 'idle':
      return stepIdle(activity, event);
    case 'waiting':
      return event.on === 'data' ? begin(activity.program, activity, event.facts) : keepItem(activity, event);
    case 'running':
      return stepRunning(activity, event);
    case 'finished':
      return { activity, effects: NOTHING };
    default:
      return assertNever(activity);
  }
}

export function idle(program: Program, isQuiet: boolean): Activity {
  return { is: 'idle', program, isQuiet };
}

/** K111: takes the item, waits for newer data, runs. */
function stepIdle(activity: Extract<Activity, { is: 'idle' }>, event: WorkerEvent): Step {
  if (event.on !== 'item' && event.on !== 'resync') return { activity, effects: NOTHING };
  const taken = { isPending: false, isQuietResync: event.on === 'resync' && activity.isQuiet };
  return event.facts.isCacheNewer ? begin(activity.program, taken, event.facts) : wait(activity.program, taken);
}

/** K114: a sync that waits for volumes ends at once when the pod is to end. */
function stepRunning(activity: Extract<Activity, { is: 'running' }>, event: WorkerEvent): Step {
  if (event.on === 'end') return end(activity, event.result, event.isQuiet);
  if (event.on === 'item' && activity.run.step === 'volumes' && event.facts.fate === 'ends')
    return end({ ...activity, isPending: true }, 'error', false);
  return keepItem(activity, event);
}

/** K110: what comes meanwhile stays in the slot. */
function keepItem(activity: Extract<Activity, Taken>, { on }: WorkerEvent): Step {
  const isKept = (on === 'item' || on === 'resync' || on === 'news') && !activity.isPending;
  return { activity: isKept ? { ...activity, isPending: true } : activity, effects: NOTHING };
}

/** K112: a pod that must end is not synced any more. */
function begin(program: Program, { isPending, isQuietResync }: Taken, { fate, nowMs, view }: Facts): Step {
  if (fate === 'unknown') return { activity: idle(program, false), effects: NOTHING };
  const next = program === 'sync' && fate === 'ends' ? 'terminating' : program;
  return { activity: { is: 'running', program: next, isPending, isQuietResync, run: createRun(view, nowMs) }, effects: RUN };
}

function wait(program: Program, { isPending, isQuietResync }: Taken, before: readonly Effect[] = NOTHING): Step {
  return { activity: { is: 'waiting', program, isPending, isQuietResync }, effects: [...before, AWAIT_DATA] };
}

/** The end of a run: requeue (K121), next program (K115), next item (K111). No cache is newer than a sync that has just ended. */
function end({ program, isPending, isQuietResync }: Extract<Activity, { is: 'running' }>, result: RunResult, isQuiet: boolean): Step {
  const fresh = { isPending: false, isQuietResync: false };
  if (result === 'transition') {
    if (program === 'terminated') return { activity: { is: 'finished' }, effects: [END_RUN, LEAVE_QUEUE, FINISH] };
    return wait(program === 'sync' ? 'terminating' : 'terminated', fresh, [END_RUN, LEAVE_QUEUE]);
  }
  const becomesQuiet = isQuiet && result === 'success' && !isPending;
  // A resync that changed nothing keeps its draw, so that a quiet pod resyncs at a constant period.
  const requeue: Effect = { do: 'requeue', result, isDrawn: !(isQuietResync && becomesQuiet) };
  return isPending ? wait(program, fresh, [END_RUN, requeue]) : { activity: idle(program, becomesQuiet), effects: [END_RUN, requeue] };
}

/** A run at its beginning. */
function createRun(view: RuntimeView, nowMs: number): Run {
  return {
    step: 'begin',
    wakeMs: null,
    startedMs: nowMs,
    images: null,
    hasSetUpVolumes: false,
    actions: [],
    stops: [],
    view,
    hasError: false,
    instanceId: null,
    pull: null,
    hookError: null,
    isPodKill: false,
  };
}
