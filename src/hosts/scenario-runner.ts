// Runs scenarios of the service in worker threads, a few at a time, each with its own heap and for a limited time. A thread that was quick is kept for a while: a
// text that is refused, and a scenario that is soon over, cost no thread of their own. One that had much to do is ended, and what it needed is free again.

import { performance } from 'node:perf_hooks';
import type { RunScenario, ScenarioAnswer, ScenarioWork } from '../front/scenarios.ts';
import { ServiceError } from '../service/ports.ts';
import { WarmThread } from './warm-thread.ts';
import { scenarioEntry } from './worker/entry.ts';

export const SCENARIOS_AT_ONCE_MAX = 2;
export const SCENARIO_MS_MAX = 120_000;
const HEAP_MEGABYTES = 1_024;
/** Wall time of work after which a thread is not kept. */
const KEPT_AFTER_MS_MAX = 2_000;
/** Wall time that a thread is kept without work. */
const IDLE_MS_MAX = 60_000;

type Thread = WarmThread<ScenarioWork, number, ScenarioAnswer>;

export interface ScenarioRunnerOptions {
  /** Learns that a thread begins. */
  readonly onThread?: () => void;
  /** Wall time that a thread is kept without work, milliseconds. */
  readonly idleMsMax?: number;
}

/** Somebody who runs scenarios. */
export function scenarioRunner({ onThread = () => {}, idleMsMax = IDLE_MS_MAX }: ScenarioRunnerOptions = {}): RunScenario {
  let running = 0;
  const idle = new Map<Thread, NodeJS.Timeout>();
  const take = (): Thread => {
    for (const [thread, timeout] of idle) {
      clearTimeout(timeout);
      idle.delete(thread);
      if (!thread.isOver) return thread;
    }
    onThread();
    return new WarmThread(scenarioEntry(), { name: 'orrery-scenario', heapMegabytesMax: HEAP_MEGABYTES });
  };
  const keep = (thread: Thread): void => {
    const timeout = setTimeout(() => {
      idle.delete(thread);
      thread.end();
    }, idleMsMax);
    idle.set(thread, timeout.unref());
  };
  return async (work, { signal, onProgress }) => {
    if (running >= SCENARIOS_AT_ONCE_MAX)
      throw new ServiceError('limit-exceeded', `${SCENARIOS_AT_ONCE_MAX} scenarios are being run, which is the limit`);
    running += 1;
    const thread = take();
    let startedMs = performance.now();
    // That a thread takes its time to begin is not its work.
    void thread.begun.then(
      () => (startedMs = performance.now()),
      () => {},
    );
    try {
      return await answerOf(thread, work, signal, onProgress);
    } finally {
      running -= 1;
      if (thread.isOver || performance.now() - startedMs > KEPT_AFTER_MS_MAX) thread.end();
      else keep(thread);
    }
  };
}

async function answerOf(
  thread: Thread,
  work: ScenarioWork,
  signal: AbortSignal,
  onProgress: (runs: number) => void,
): Promise<ScenarioAnswer> {
  const refuse = (why: string): void => thread.end(new ServiceError('limit-exceeded', why));
  const leave = (): void => refuse('nobody waits for the scenario any more');
  const late = setTimeout(() => refuse(`the scenario takes longer than ${SCENARIO_MS_MAX / 1000} s, which is the limit`), SCENARIO_MS_MAX);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await thread.do(work, onProgress);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new ServiceError('limit-exceeded', `the scenario takes more memory than ${HEAP_MEGABYTES} MB, which is the limit`);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', leave);
  }
}
