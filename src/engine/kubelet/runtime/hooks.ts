// What postStart and preStop handlers do to a simulated container: how long they take and whether they fail (K645, K646).

import type { LifecycleHandler } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Instance } from '../model.ts';
import { ruleAt } from '../../kinds/shared/behavior.ts';
import { behaviorOf } from './behaviors.ts';
import { parseSleep } from './shell/commands/system.ts';

export interface HookOutcome {
  readonly durationMs: number;
  readonly failed: boolean;
  /** The error as messages quote it. */
  readonly error: string;
  readonly output: string;
}

/** Runs a handler against a running instance. */
export function runHook(state: ClusterState, instance: Instance, handler: LifecycleHandler): HookOutcome {
  if (handler.sleep !== undefined) return { durationMs: handler.sleep.seconds * 1000, failed: false, error: '', output: '' };
  if (handler.exec !== undefined) return runExec(state, instance, handler.exec.command);
  // K646: HTTP hooks succeed on any response.
  return { durationMs: 0, failed: false, error: '', output: '' };
}

/** Runs a command in a container: by its behaviour's rules, else by what is known of the command itself. */
export function runExec(state: ClusterState, instance: Instance, command: readonly string[]): HookOutcome {
  const text = command.join(' ');
  const elapsedMs = state.nowMs - (instance.startedMs ?? state.nowMs);
  const { rule } = ruleAt(behaviorOf(state, instance).exec, elapsedMs, (item) => item.command === null || text.includes(item.command));
  if (rule !== undefined) {
    const failed = rule.exitCode !== 0;
    return {
      durationMs: rule.latencyMs,
      failed,
      error: failed ? `command '${text}' exited with ${rule.exitCode}: ${rule.output}` : '',
      output: rule.output,
    };
  }
  const sleepMs = sleepOf(command);
  return { durationMs: sleepMs, failed: false, error: '', output: '' };
}

/** `sleep N`, alone or anywhere in a `sh -c` text: the time the command takes. */
function sleepOf(command: readonly string[]): number {
  const text = command[1] === '-c' ? (command[2] ?? '') : command.join(' ');
  let totalMs = 0;
  for (const match of text.matchAll(/(?:^|[\s;&|])(?:\/bin\/)?sleep\s+([\d.]+[smhd]?)/g)) totalMs += parseSleep(match[1] as string) ?? 0;
  return totalMs;
}
