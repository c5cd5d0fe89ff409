// Runs scenarios of the service in worker threads of their own, a few at a time, each with its own heap and for a limited time.

import { Worker } from 'node:worker_threads';
import type { RunScenario, ScenarioAnswer } from '../front/scenarios.ts';
import { ServiceError } from '../service/ports.ts';
import { scenarioEntry } from './worker/entry.ts';

export const SCENARIOS_AT_ONCE_MAX = 2;
export const SCENARIO_MS_MAX = 120_000;
const HEAP_MEGABYTES = 1_024;

type Message = { readonly runs: number } | { readonly answer: ScenarioAnswer };

/** Somebody who runs scenarios. */
export function scenarioRunner(): RunScenario {
  let running = 0;
  return async (work, { signal, onProgress }) => {
    if (running >= SCENARIOS_AT_ONCE_MAX)
      throw new ServiceError('limit-exceeded', `${SCENARIOS_AT_ONCE_MAX} scenarios are being run, which is the limit`);
    running += 1;
    try {
      const { url, options } = scenarioEntry();
      const worker = new Worker(url, {
        ...options,
        workerData: work,
        name: 'orrery-scenario',
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
      });
      return await answerOf(worker, signal, onProgress);
    } finally {
      running -= 1;
    }
  };
}

function answerOf(worker: Worker, signal: AbortSignal, onProgress: (runs: number) => void): Promise<ScenarioAnswer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', leave);
      settle();
      void worker.terminate();
    };
    const leave = (): void => end(() => reject(new ServiceError('limit-exceeded', 'nobody waits for the scenario any more')));
    const late = setTimeout(
      () =>
        end(() =>
          reject(new ServiceError('limit-exceeded', `the scenario takes longer than ${SCENARIO_MS_MAX / 1000} s, which is the limit`)),
        ),
      SCENARIO_MS_MAX,
    );
    signal.addEventListener('abort', leave, { once: true });
    worker.on('message', (message: Message) => {
      if ('runs' in message) onProgress(message.runs);
      else end(() => resolve(message.answer));
    });
    worker.once('exit', () => end(() => reject(new Error('the thread of a scenario ended without an answer'))));
    worker.once('error', (error: NodeJS.ErrnoException) =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new ServiceError('limit-exceeded', `the scenario takes more memory than ${HEAP_MEGABYTES} MB, which is the limit`)
            : error,
        ),
      ),
    );
  });
}
