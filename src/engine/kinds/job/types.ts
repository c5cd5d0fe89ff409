// The shape of a Job. Its parts are shared with the job templates of CronJobs, so they live in kinds/shared.

export type * from '../shared/job-spec.ts';
