// Scoring: what an agent has made of its cluster goes on, apart from it, through a scenario that the agent does not see. The cluster is made again from
// its recording, so that nothing of it changes.

import { createCluster, execute } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { readRecording } from '../../http/rest/recording.ts';
import type { Violation } from '../../scenario/run.ts';
import { runOn } from '../../scenario/run-scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';

export interface Score {
  /** Expectations of the scenario that were judged and hold, of all there are. */
  readonly held: number;
  readonly total: number;
}

/** How well a recorded cluster does. */
export function scoreOf(recording: string, scenario: Scenario): Score {
  const { violations } = runOn(scenario, stateOf(recording));
  const { always, eventually, steps } = scenario;
  const isBroken = ({ place }: { readonly place: Violation['place'] }): boolean => violations.some((one) => one.place === place);
  // Where a step fails the run ends: what comes after it is not judged.
  const end = steps.findIndex((step) => isBroken(step) || (step.expected !== undefined && isBroken(step.expected)));
  const judged = end < 0 ? steps : steps.slice(0, end);
  const held = [...always, ...judged.flatMap(({ expected }) => expected ?? []), ...(end < 0 ? eventually : [])];
  const total = always.length + eventually.length + steps.filter(({ expected }) => expected !== undefined).length;
  return { held: held.filter((one) => !isBroken(one)).length, total };
}

function stateOf(text: string): ClusterState {
  const { config, commands } = readRecording(text);
  const { state } = createCluster(config);
  for (const { command } of commands) execute(state, command);
  return state;
}
