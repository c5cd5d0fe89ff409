// What the configuration of the runtime binds, and which object a cluster is.

import type { Namespace, Stub } from 'cloudflare:workers';
import type { ClusterCalls, FrontCalls, ScenarioCalls } from './calls.ts';

export interface Environment {
  readonly CLUSTERS: Namespace<ClusterCalls>;
  readonly FRONTS: Namespace<FrontCalls>;
  readonly SCENARIOS: Namespace<ScenarioCalls>;
  /** The token of the service; absent or empty: none is needed. */
  readonly TOKEN?: string | null;
  /** Host names, beside those of loopback, under which the service may be asked, with commas between them. */
  readonly ALLOWED_HOSTS?: string | null;
  readonly ALLOWED_ORIGINS?: string | null;
  /** Checks every answer against its schema; for tests. */
  readonly CHECKS_ANSWERS?: boolean;
}

/** The front has the directory, and is one object. */
const FRONT = 'front';

export function frontOf({ FRONTS }: Environment, _cluster?: string): Stub<FrontCalls> {
  return FRONTS.getByName(FRONT);
}

/** Scenarios that run at once; each object runs one after another. */
const SCENARIO_OBJECTS = 16;

/** One of those that run scenarios. */
export function scenarioObjectOf({ SCENARIOS }: Environment): Stub<ScenarioCalls> {
  return SCENARIOS.getByName(`scenarios-${Math.floor(Math.random() * SCENARIO_OBJECTS)}`);
}
