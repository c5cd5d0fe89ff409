// How a cluster is shown, with links to what can be done next.

import type { z } from '@hono/zod-openapi';
import type { ClusterInfo } from '../../service/ports.ts';
import type { clusterSchema } from './schemas/cluster.ts';

type Cluster = z.output<typeof clusterSchema>;

/** The cluster as answers show it. */
export function describeCluster(info: ClusterInfo): Cluster {
  return { ...info, links: linksOf(info.name) };
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
  };
}
