// What a cluster is created from, as the engine has it.

import type { ClusterConfig } from '../../engine/cluster/index.ts';
import type { CreateClusterBody } from './schemas/cluster.ts';

export function configOf(name: string, body: CreateClusterBody): ClusterConfig {
  const { seed, startTime, clock, nodes, images, timing, outside, retention } = body;
  const startMs = startTime === 'now' ? Math.floor(Date.now() / 1000) * 1000 : (startTime as number);
  return { name, seed, startMs, clock, nodes, images, timing, ...(outside === undefined ? {} : { outside }), retention };
}
