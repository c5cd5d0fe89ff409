// The shape of a CronJob. Upstream: staging/src/k8s.io/api/batch/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { JobTemplate } from '../shared/job-spec.ts';

export interface CronJob extends KubeObject {
  readonly kind: 'CronJob';
  readonly apiVersion: 'batch/v1';
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly startingDeadlineSeconds?: number;
    readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
    readonly suspend: boolean;
    readonly jobTemplate: JobTemplate;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
  };
  readonly status: CronJobStatus;
}

export interface CronJobStatus {
  readonly active?: readonly ActiveJob[];
  readonly lastScheduleTime?: string;
  readonly lastSuccessfulTime?: string;
}

/** A reference to a Job that has not finished. */
export interface ActiveJob {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly apiVersion: string;
  readonly resourceVersion: string;
}
