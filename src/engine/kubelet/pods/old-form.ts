// Pod workers as versions before 0.1.0's release stored them: what a worker is at was spread over six fields. A state is restored in today's form.

import type { Activity, PodWorker, Program, Run, Taken } from '../model.ts';

/** What stood in the place of `activity`. */
interface OldFields extends Taken {
  readonly phase: Program | 'finished';
  readonly isWaiting: boolean;
  readonly run: (Run & { readonly kind?: Program }) | null;
  readonly isQuiet: boolean;
}

type OldWorker = Omit<PodWorker, 'activity'> & OldFields;

/** The fields are stored in the order in which they are declared. */
const OLD = /^\{"uid":"[^"]*","namespace":"[^"]*","name":"[^"]*","node":"[^"]*","ordinal":\d+,"phase":/;

/** The row of a worker in today's form. */
export function presentWorker(json: string): string {
  if (!OLD.test(json)) return json;
  const old = JSON.parse(json) as OldWorker;
  const { uid, namespace, name, node, ordinal, phase, isPending, isWaiting, run, isQuiet, isQuietResync, ...rest } = old;
  const activity = activityOf({ phase, isPending, isWaiting, run, isQuiet, isQuietResync });
  return JSON.stringify({ uid, namespace, name, node, ordinal, activity, ...rest });
}

function activityOf({ phase: program, isPending, isWaiting, run: oldRun, isQuiet, isQuietResync }: OldFields): Activity {
  if (program === 'finished') return { is: 'finished' };
  if (oldRun !== null) {
    const { kind: _kind, ...run } = oldRun;
    return { is: 'running', program, isPending, isQuietResync, run };
  }
  return isWaiting ? { is: 'waiting', program, isPending, isQuietResync } : { is: 'idle', program, isQuiet };
}
