// What the routes of the service API may use: those of one cluster in its host, the others in the front.

import type { Clusters } from '../../front/clusters.ts';
import type { RunScenario } from '../../front/scenarios.ts';
import type { ClusterService } from '../../service/ports.ts';
import type { Access } from '../access.ts';

/** What every route may use. */
export interface RouteContext {
  /** Bytes that a body may have. */
  readonly bodyBytesMax: number;
  /** Whether every answer is checked against its schema; tests do so. */
  readonly checksAnswers: boolean;
}

/** In the host, where the cluster is. */
export interface HostContext extends RouteContext {
  readonly service: ClusterService;
}

/** Has the front of another cluster answer what it answers of the cluster: `otherSide` of get-difference.ts. */
export type AskFront = (request: Request, cluster: string) => Promise<Response>;

/** In the front. */
export interface FrontContext extends RouteContext {
  readonly clusters: Clusters;
  readonly scenarios: RunScenario;
  /** Who may use what; kubeconfigs carry a key of it. */
  readonly access: Access;
  /** Certificate, in PEM, that clients must trust; undefined when they need no other than theirs. */
  readonly authority: string | undefined;
  /** The front of a cluster; undefined: this one. */
  readonly otherFront: (cluster: string) => AskFront | undefined;
}
