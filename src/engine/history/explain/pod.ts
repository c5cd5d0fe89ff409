// All that there is to say of a pod, for its own sake and for that of those who own or use it.

import { EXPLANATION_PODS_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { explainDeletion } from './deletion.ts';
import { say } from '../words/message.ts';
import { conditionOf, type Reference, refer, type Situation, type Unsaid } from './finding.ts';
import { explainDisruption, explainTermination } from './pod-ending.ts';
import { explainReadiness } from './pod-readiness.ts';
import { explainRestarts } from './pod-restarts.ts';
import { explainScheduling } from './pod-scheduling.ts';
import { explainStartup } from './pod-startup.ts';

/** In the order in which they speak. */
export const POD_SITUATIONS: readonly Situation<Pod>[] = [
  explainDisruption,
  explainTermination,
  explainScheduling,
  explainStartup,
  explainRestarts,
  explainReadiness,
];

/** What keeps pods from being ready: one finding for each kind of trouble, with the first pod that has it and the number of the others. */
export function explainPods(state: ClusterState, pods: readonly Pod[]): readonly Unsaid[] {
  const troubles = new Map<string, { readonly pods: Pod[]; readonly finding: Unsaid }>();
  for (const pod of pods.filter((item) => !isReady(item)).slice(0, EXPLANATION_PODS_MAX))
    for (const finding of [explainDeletion, ...POD_SITUATIONS].flatMap((situation) => situation(state, pod))) {
      const trouble = troubles.get(finding.code);
      if (trouble === undefined) troubles.set(finding.code, { pods: [pod], finding });
      else if (!trouble.pods.includes(pod)) trouble.pods.push(pod);
    }
  return [...troubles.values()].map(({ pods: [first, ...others], finding }) => ({
    ...finding,
    sentence: say('likewise', { name: `pods/${first?.metadata.name}`, others: others.length, sentence: finding.sentence }),
    because: [...finding.because, ...others.map((pod): Reference => refer(podKind, pod))],
  }));
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True' && pod.metadata.deletionTimestamp === undefined;
}
