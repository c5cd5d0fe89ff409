// Defaults of what Jobs and the job templates of CronJobs share. Upstream: pkg/apis/batch/v1/defaults.go (v1.33). Rules: C326, O10.

import type { Draft } from '../kind.ts';
import type { JobSpec } from './job-spec.ts';
import { applyTemplateDefaults } from './template.ts';

/** Fills in what the template of the pods leaves out, and the status that a condition of a failure policy waits for. */
export function applyJobSpecDefaults(spec: Draft<Pick<JobSpec, 'template' | 'podFailurePolicy'>>): void {
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const condition of rule.onPodConditions ?? []) condition.status ||= 'True';
  applyTemplateDefaults(spec.template);
}
