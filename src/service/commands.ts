// What the service needs to know of commands and goals.

import type { Command, AdvanceGoal as EngineGoal } from '../engine/cluster/index.ts';
import type { AdvanceGoal } from './ports.ts';

/** Whether the command can add objects. */
export function grows(command: Command): boolean {
  return (command.type === 'request' && command.request.verb === 'create') || (command.type === 'manifests' && command.mode !== 'delete');
}

/** The goal in the engine's terms: timeouts are instants. */
export function engineGoal(goal: AdvanceGoal, nowMs: number): EngineGoal {
  switch (goal.kind) {
    case 'to':
    case 'steps':
      return goal;
    case 'until':
      return { kind: 'until', condition: goal.condition, deadlineMs: nowMs + goal.timeoutMs };
    case 'change':
      return { kind: 'change', of: goal.of, deadlineMs: nowMs + goal.timeoutMs };
    case 'idle':
      return { kind: 'idle', deadlineMs: nowMs + goal.timeoutMs };
  }
}

/** Whether nothing comes of a command but its answer. */
export function isDryRun(command: Command): boolean {
  return (
    (command.type === 'request' && command.request.options.dryRun === true) || (command.type === 'manifests' && command.dryRun === true)
  );
}
