// The shortest scenario that fails, as what a client does: a cluster, its manifests, what strikes it when, and how far to turn the clock.

import type { Schemas } from '../api/schemas.ts';
import { type Json, type ReportedViolation, startOf } from './read-report.ts';

export interface Replay {
  readonly cluster: Schemas['ClusterSpec'];
  readonly manifests: readonly unknown[];
  readonly faults: readonly Schemas['FaultSpec'][];
  readonly to: string;
}

/** Steps in which time passes, or something is looked at. */
const QUIET = new Set(['wait', 'advance', 'mark', 'expect']);

/** Undefined where a scenario does what cannot be told before it runs. */
export function replayOf({ scenario, strikes, atMs }: ReportedViolation): Replay | undefined {
  const startMs = startOf(scenario);
  if (scenario === undefined || startMs === undefined || !Array.isArray(scenario.manifests)) return undefined;
  const steps = (scenario.steps ?? []) as readonly Json[];
  const struck = steps.filter((step) => 'fault' in step);
  if (struck.length !== strikes.length || steps.some((step) => !('fault' in step) && !Object.keys(step).every((key) => QUIET.has(key))))
    return undefined;
  const faults = struck.map(({ fault }, index) => {
    const { type, for: span, ...target } = fault as Json;
    const afterMs = (strikes[index]?.atMs ?? startMs) - startMs;
    return { type, target, after: `${afterMs}ms`, ...(span === undefined ? {} : { for: span }) } as Schemas['FaultSpec'];
  });
  const { seed } = scenario;
  const cluster = { ...(scenario.cluster as object), ...(seed === undefined ? {} : { seed }), images: scenario.images ?? {} };
  return { cluster: cluster as Schemas['ClusterSpec'], manifests: scenario.manifests, faults, to: new Date(atMs).toISOString() };
}
