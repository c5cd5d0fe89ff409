// Policies of a Job: what a failed pod means, and when enough has succeeded.
// Upstream: pkg/controller/job/pod_failure_policy.go, success_policy.go (v1.33). Rules: C315, C326.

import type { JobSpec, PodFailurePolicy, PodFailureRule } from '../../kinds/job/types.ts';
import type { ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import { parseIndexes } from './indexes.ts';

/** How a failure is taken. Without a rule that matches it counts. */
export interface FailureVerdict {
  readonly action: PodFailureRule['action'] | undefined;
  readonly isCounted: boolean;
  /** Why the Job fails, for FailJob. */
  readonly failure: string | undefined;
}

const COUNTED: FailureVerdict = { action: undefined, isCounted: true, failure: undefined };

/** C315: the first rule that matches decides. */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  const rules = policy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const cause = matchExitCodes(rule, pod) ?? matchConditions(rule, pod);
    if (cause === undefined) continue;
    const { action } = rule;
    const failure = action === 'FailJob' ? `${cause} matching ${action} rule at index ${index}` : undefined;
    return { action, isCounted: action !== 'Ignore', failure };
  }
  return COUNTED;
}

function matchExitCodes({ onExitCodes: codes }: PodFailureRule, pod: Pod): string | undefined {
  if (codes === undefined) return undefined;
  const statuses: readonly ContainerStatus[] = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const exitCode = state.terminated?.exitCode ?? 0;
    if ((codes.containerName !== undefined && codes.containerName !== name) || exitCode === 0) continue;
    if (codes.values.includes(exitCode) === (codes.operator === 'In'))
      return `Container ${name} for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} failed with exit code ${exitCode}`;
  }
  return undefined;
}

function matchConditions({ onPodConditions: patterns = [] }: PodFailureRule, pod: Pod): string | undefined {
  for (const condition of pod.status.conditions ?? []) {
    if (patterns.some((pattern) => pattern.type === condition.type && pattern.status === condition.status))
      return `Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} has condition ${condition.type}`;
  }
  return undefined;
}

/** C326: why the Job has succeeded already, or undefined. */
export function matchSuccessPolicy(spec: JobSpec, succeeded: ReadonlySet<number>): string | undefined {
  const rules = spec.successPolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const wanted = rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes, spec.completions ?? 0);
    const reached = wanted === undefined ? succeeded.size : [...wanted].filter((item) => succeeded.has(item)).length;
    const needed = rule.succeededCount ?? wanted?.size ?? 0;
    if (succeeded.size > 0 && reached >= needed) return `Matched rules at index ${index}`;
  }
  return undefined;
}
