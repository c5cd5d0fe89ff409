// What postStart and preStop handlers do to a simulated container: how long they take and whether they fail (K645, K646).

import type { LifecycleHandler } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { runExec } from './exec.ts';
import type { ContainerPlace } from './files.ts';

export interface HookOutcome {
  readonly durationMs: number;
  readonly failed: boolean;
  /** The error as messages quote it. */
  readonly error: string;
  readonly output: string;
}

/** Runs a handler against a running instance. */
export function runHook(state: ClusterState, place: ContainerPlace, handler: LifecycleHandler): HookOutcome {
  if (handler.sleep !== undefined) return { durationMs: handler.sleep.seconds * 1000, failed: false, error: '', output: '' };
  // K646: HTTP hooks succeed on any response.
  if (handler.exec === undefined) return { durationMs: 0, failed: false, error: '', output: '' };
  const { command } = handler.exec;
  const { exitCode, output, durationMs, error } = runExec(state, place, command);
  const failed = exitCode !== 0 || error !== null;
  const text = error ?? `command '${command.join(' ')}' exited with ${exitCode}: ${output}`;
  return { durationMs, failed, error: failed ? text : '', output };
}
