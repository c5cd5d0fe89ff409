// A command in a container: the step is over when it ends, or when its time is up.

import { readExec } from '../engine/cluster/index.ts';
import type { Place } from './document.ts';
import { targetOf } from './objects.ts';
import type { PASSING } from './passing.ts';
import type { Run } from './run.ts';
import type { StepBody } from './schema.ts';
import { statusMessage } from './status-message.ts';

const EXEC_MS = 60_000;

type ExecBody = Extract<StepBody, { exec: unknown }>['exec'];

/** Begins a command; what is wrong, when it cannot be begun. */
export function beginExec(begun: Run, body: ExecBody, place: Place): string | typeof PASSING {
  const { on, container = '', command, exitCode = 0, contains, timeout = EXEC_MS } = body;
  const target = targetOf(begun.state, on, begun.scenario.namespace);
  if (target === undefined) return `${on} names no kind of the cluster`;
  const request = { namespace: target.namespace ?? '', pod: target.name, container, command, stdin: false, tty: false };
  const outcome = begun.execute({ type: 'exec-start', request });
  if (!outcome.ok) return statusMessage(outcome.status);
  const session = outcome.session ?? '';
  const end = (run: Run): void => {
    const view = readExec(run.state, session, 0);
    const output = view?.chunks.map(({ text }) => text).join('') ?? '';
    run.perform({ type: 'exec-close', session });
    const code = view?.exitCode ?? null;
    if (code !== exitCode)
      run.failStep(place, `exit code ${exitCode}`, code === null ? 'it still runs' : `exit code ${code}: ${output.trim()}`);
    else if (contains !== undefined && !output.includes(contains))
      run.failStep(place, `output with ${JSON.stringify(contains)}`, JSON.stringify(output.trim()));
  };
  const deadlineMs = begun.state.nowMs + timeout;
  const look = (run: Run): void => {
    const isOver = (readExec(run.state, session, 0)?.exitCode ?? null) !== null || run.state.nowMs >= deadlineMs;
    if (isOver) return end(run);
    // The step goes on: what a sleeping command waits for is one instant further.
    run.step -= 1;
    run.pass({ kind: 'instant', deadlineMs }, look);
  };
  return begun.pass({ kind: 'to', toMs: begun.state.nowMs }, look);
}
