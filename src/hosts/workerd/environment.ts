// What the configuration of the runtime binds, and which object a cluster is.

import type { Namespace, ObjectState, Stub } from 'cloudflare:workers';
import { placeOf } from '../../front/hosts.ts';
import type { ClusterCalls, FrontCalls, ScenarioCalls } from './calls.ts';

export interface Environment {
  readonly CLUSTERS: Namespace<ClusterCalls>;
  readonly FRONTS: Namespace<FrontCalls>;
  readonly SCENARIOS: Namespace<ScenarioCalls>;
  /** The token of the service; absent or empty: none is needed. */
  readonly TOKEN?: string | null;
  /** How many objects share the directory; never changed, because names say which of them a cluster is of. Absent: one. */
  readonly FRONT_COUNT?: string | null;
  /** Host names, beside those of loopback, under which the service may be asked, with commas between them. */
  readonly ALLOWED_HOSTS?: string | null;
  readonly ALLOWED_ORIGINS?: string | null;
  /** The cluster whose Kubernetes API is served at the root as well (A3); absent or empty: none. */
  readonly DEFAULT_CLUSTER?: string | null;
  /** Who knows it may tell the instance that it is about to end: see drain.ts. Absent: nobody may. */
  readonly DRAIN_KEY?: string;
  /** Instead of the time after which clusters are put to sleep; for tests. */
  readonly IDLE_MS?: number;
  /** Instead of the time after which a history that does not go on is deleted; for tests. */
  readonly TAKING_MS?: number;
  /** Checks every answer against its schema; for tests. */
  readonly CHECKS_ANSWERS?: boolean;
}

/** How many fronts there are: one, unless the configuration says more. */
export function frontCountOf({ FRONT_COUNT }: Environment): number {
  return Number(FRONT_COUNT ?? 1);
}

/** A front by its number. */
export function frontAt({ FRONTS }: Environment, index: number): Stub<FrontCalls> {
  return FRONTS.getByName(nameOfFront(index));
}

/** Which of the fronts an object is. */
export function indexOfFront(environment: Environment, { id }: Pick<ObjectState, 'id'>): number {
  const { FRONTS } = environment;
  const own = id.toString();
  const indexes = Array.from({ length: frontCountOf(environment) }, (_, index) => index);
  const found = indexes.find((index) => FRONTS.idFromName(nameOfFront(index)).toString() === own);
  if (found === undefined) throw new Error(`the object is none of the ${indexes.length} fronts`);
  return found;
}

/** The front that a cluster is of. */
export function frontOf(environment: Environment, cluster: string): Stub<FrontCalls> {
  return frontAt(environment, frontIndexOf(environment, cluster));
}

/** The number of the front that a cluster is of. */
export function frontIndexOf(environment: Environment, cluster: string): number {
  return placeOf(cluster, frontCountOf(environment));
}

function nameOfFront(index: number): string {
  return `front-${index}`;
}

/** Scenarios that run at once; each object runs one after another. */
const SCENARIO_OBJECTS = 16;

/** One of those that run scenarios. */
export function scenarioObjectOf({ SCENARIOS }: Environment): Stub<ScenarioCalls> {
  return SCENARIOS.getByName(`scenarios-${Math.floor(Math.random() * SCENARIO_OBJECTS)}`);
}
