// The shape of a Job and of its parts, which CronJobs share. Upstream: staging/src/k8s.io/api/batch/v1/types.go (v1.33).

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector, PodTemplateSpec } from './types.ts';

export interface Job extends KubeObject {
  readonly kind: 'Job';
  readonly apiVersion: 'batch/v1';
  readonly spec: JobSpec;
  readonly status: JobStatus;
}

/** After defaulting. In the template of a CronJob nothing is defaulted, so every member may be absent there. */
export interface JobSpec {
  readonly parallelism: number;
  readonly completions?: number;
  readonly activeDeadlineSeconds?: number;
  readonly podFailurePolicy?: PodFailurePolicy;
  readonly successPolicy?: SuccessPolicy;
  readonly backoffLimit: number;
  readonly backoffLimitPerIndex?: number;
  readonly maxFailedIndexes?: number;
  readonly selector: LabelSelector;
  readonly manualSelector?: boolean;
  readonly template: PodTemplateSpec;
  readonly ttlSecondsAfterFinished?: number;
  readonly completionMode: 'NonIndexed' | 'Indexed';
  readonly suspend: boolean;
  readonly podReplacementPolicy: 'TerminatingOrFailed' | 'Failed';
  readonly managedBy?: string;
}

export interface PodFailurePolicy {
  readonly rules: readonly PodFailureRule[];
}

/** Exactly one of the two requirements is set. */
export interface PodFailureRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly onExitCodes?: ExitCodes;
  readonly onPodConditions?: readonly { readonly type: string; readonly status: string }[];
}

export interface ExitCodes {
  readonly containerName?: string;
  readonly operator: 'In' | 'NotIn';
  readonly values: readonly number[];
}

export interface SuccessPolicy {
  readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[];
}

export interface JobStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly terminating?: number;
  /** Compressed list of indexes, `0-2,5`. */
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly uncountedTerminatedPods?: UncountedPods;
  readonly ready?: number;
}

/** UIDs of finished pods that are not in the counters yet. */
export interface UncountedPods {
  readonly succeeded?: readonly string[];
  readonly failed?: readonly string[];
}

/** What a CronJob makes its Jobs from. */
export interface JobTemplate {
  readonly metadata: KubeObject['metadata'] | { readonly creationTimestamp?: null; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Partial<JobSpec> & Pick<JobSpec, 'template'>;
}
