// What the watch of a pod says beyond what kubectl prints: one line per write.

import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { type PodCluster, START_MS } from './pods.ts';

/** The pod after its last change. */
export function lastPod(cluster: PodCluster, name = 'web'): Pod {
  const found = cluster.changes.findLast((change) => change.resource === 'pods' && change.object.metadata.name === name);
  if (found === undefined) throw new Error(`no pod ${name}`);
  return found.object as unknown as Pod;
}

/** `seconds TYPE [grace] phase[:reason] <conditions that are True> <containers>` of every change of a pod. */
export function podWrites(cluster: PodCluster, name = 'web'): string[] {
  return cluster.changes
    .filter((change) => change.resource === 'pods' && change.object.metadata.name === name)
    .map((change) => `${(change.timeMs - START_MS) / 1000} ${change.type[0]} ${describeWrite(change.object as unknown as Pod)}`);
}

const SHORT: Readonly<Record<string, string>> = {
  PodReadyToStartContainers: 'sandbox',
  Initialized: 'init',
  Ready: 'ready',
  ContainersReady: 'containers',
  PodScheduled: 'scheduled',
};

function describeWrite(pod: Pod): string {
  const { metadata, status } = pod;
  const facts = metadata.deletionTimestamp === undefined ? [] : [`grace ${metadata.deletionGracePeriodSeconds}`];
  facts.push(status.reason === undefined ? (status.phase ?? '') : `${status.phase}:${status.reason}`);
  const conditions = (status.conditions ?? [])
    .filter((condition) => condition.status === 'True' && condition.type !== 'PodScheduled')
    .map((condition) => SHORT[condition.type] ?? condition.type);
  if (conditions.length > 0) facts.push(`<${conditions.join(' ')}>`);
  for (const item of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const { waiting, running, terminated } = item.state;
    const state = waiting?.reason ?? (running === undefined ? `${terminated?.reason} ${terminated?.exitCode}` : 'running');
    const last = item.lastState?.terminated === undefined ? '' : ` after ${item.lastState.terminated.reason}`;
    const flags = `${item.started === true ? ' started' : ''}${item.ready ? ' ready' : ''}`;
    facts.push(`${item.name}(${state}${flags}${last} #${item.restartCount})`);
  }
  return facts.join(' ');
}
