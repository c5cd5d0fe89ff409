// The state of nodes and of workloads, as one word each.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Standing } from './row.ts';

/** What workloads and nodes have in common, as far as it is looked at. */
interface Loose extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly suspend?: boolean;
    readonly unschedulable?: boolean;
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly updatedNumberScheduled?: number;
    readonly active?: number | readonly unknown[];
  };
}

/** Resources that have rows of their own beside nodes and pods. Owners come before what they own. */
export const WORKLOADS = [
  'deployments.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'jobs.batch',
];

export function nodeStanding(node: KubeObject): Standing {
  const { spec, status } = node as Loose;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'Unknown') return { state: 'NodeLost', reason: ready.reason };
  if (ready?.status !== 'True') return { state: 'NodeNotReady', reason: ready?.reason };
  return { state: spec?.unschedulable === true ? 'NodeCordoned' : 'NodeReady' };
}

export function workloadStanding(resource: string, object: KubeObject): Standing {
  if (object.metadata.deletionTimestamp !== undefined) return { state: 'Terminating' };
  const loose = object as Loose;
  if (resource === 'jobs.batch') return jobStanding(loose);
  if (resource === 'cronjobs.batch') return cronJobStanding(loose);
  return resource === 'daemonsets.apps' ? daemonSetStanding(loose) : replicasStanding(loose);
}

function jobStanding({ spec, status }: Loose): Standing {
  const holds = (wanted: string) => status?.conditions?.find(({ type, status: value }) => type === wanted && value === 'True');
  if (holds('Complete') !== undefined) return { state: 'Complete' };
  const failed = holds('Failed') ?? holds('FailureTarget');
  if (failed !== undefined) return { state: 'Failed', reason: failed.reason };
  return { state: spec?.suspend === true ? 'Suspended' : 'Running' };
}

function cronJobStanding({ spec, status }: Loose): Standing {
  if (Array.isArray(status?.active) && status.active.length > 0) return { state: 'Running' };
  return { state: spec?.suspend === true ? 'Suspended' : 'Waiting' };
}

function daemonSetStanding({ status }: Loose): Standing {
  const { desiredNumberScheduled = 0, numberReady = 0, updatedNumberScheduled = desiredNumberScheduled } = status ?? {};
  if (desiredNumberScheduled === 0) return { state: 'ScaledDown' };
  return { state: numberReady >= desiredNumberScheduled && updatedNumberScheduled >= desiredNumberScheduled ? 'Available' : 'Progressing' };
}

function replicasStanding({ spec, status }: Loose): Standing {
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = wanted, conditions = [] } = status ?? {};
  if (wanted === 0 && replicas === 0) return { state: 'ScaledDown' };
  const stalled = conditions.find(({ type, status: value }) => type === 'Progressing' && value === 'False');
  if (stalled !== undefined) return { state: 'Stalled', reason: stalled.reason };
  const isThere = replicas === wanted && readyReplicas >= wanted && updatedReplicas >= wanted;
  return { state: isThere ? 'Available' : 'Progressing' };
}
