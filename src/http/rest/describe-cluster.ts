// How a cluster is shown, with links to what can be done next.

import type { z } from '@hono/zod-openapi';
import type { BrokenCluster, ClusterInfo } from '../../service/ports.ts';
import type { brokenClusterSchema, clusterSchema } from './schemas/cluster.ts';

type Cluster = z.output<typeof clusterSchema>;

/** The cluster as answers show it. */
export function describeCluster(info: ClusterInfo): Cluster {
  return { ...info, links: linksOf(info.name) };
}

/** A cluster, or what is known of a broken one, as lists show it. */
export function describeListed(info: ClusterInfo | BrokenCluster): Cluster | z.output<typeof brokenClusterSchema> {
  return info.state === 'broken' ? { ...info, links: { self: `/v1/clusters/${info.name}` } } : describeCluster(info);
}

/** Paths below the service's own address. */
export function linksOf(name: string): Cluster['links'] {
  const self = `/v1/clusters/${name}`;
  return {
    self,
    kubernetes: `/clusters/${name}`,
    kubeconfig: `${self}/kubeconfig`,
    manifests: `${self}/manifests`,
    clock: `${self}/clock`,
    watch: `${self}/watch`,
    images: `${self}/images`,
    faults: `${self}/faults`,
    commands: `${self}/commands`,
    changes: `${self}/changes`,
    timeline: `${self}/timeline`,
    forks: `${self}/forks`,
    rewind: `${self}/rewind`,
    explain: `${self}/explain`,
    difference: `${self}/diff`,
    export: `${self}/export`,
    advance: `${self}/clock/advance`,
  };
}
