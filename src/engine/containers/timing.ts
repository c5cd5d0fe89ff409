// The latencies and clock phases of a simulated node (docs/rules/kubelet/loop.md lists them). A cluster may override each; the defaults are those of the worked tables.

import type { FieldError } from '../apimachinery/field-errors.ts';
import { invalid } from '../apimachinery/field-errors.ts';
import type { JsonObject } from '../apimachinery/meta.ts';
import { parseDuration } from '../apimachinery/time.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import type { Clock } from './clock.ts';

/** All members in milliseconds, except `workerJitter`, which is the u of K121 in [0, 1). */
export interface TimingProfile {
  imagePullMs: number;
  volumeSetupMs: number;
  sandboxCreateMs: number;
  containerCreateStartMs: number;
  stopLatencyMs: number;
  sandboxStopMs: number;
  volumeTeardownMs: number;
  probeLatencyMs: number;
  plegPhaseMs: number;
  syncTickPhaseMs: number;
  housekeepingPhaseMs: number;
  /** K405: start of each probe worker after its creation; 0 as on a kubelet that runs for long, or drawn below one period. */
  proberStartJitterMs: number | 'seeded';
  workerJitter: number | 'seeded';
  /** C630: how often the metrics server looks at the containers; 0: there is none. */
  metricsResolutionMs: number;
  /** C533: how long kube-proxies route by the endpoints from before a change. */
  endpointPropagationMs: number;
}

export const TIMING_DEFAULT: TimingProfile = {
  imagePullMs: 2500,
  volumeSetupMs: 300,
  sandboxCreateMs: 400,
  containerCreateStartMs: 100,
  stopLatencyMs: 50,
  sandboxStopMs: 100,
  volumeTeardownMs: 300,
  probeLatencyMs: 5,
  plegPhaseMs: 0,
  syncTickPhaseMs: 500,
  housekeepingPhaseMs: 250,
  proberStartJitterMs: 0,
  workerJitter: 'seeded',
  metricsResolutionMs: 15_000,
  endpointPropagationMs: 500,
};

/** The service API's names of the members: durations without the unit in the name. */
const DURATION_FIELDS: Readonly<Record<string, Exclude<keyof TimingProfile, 'workerJitter'>>> = {
  imagePull: 'imagePullMs',
  volumeSetup: 'volumeSetupMs',
  sandboxCreate: 'sandboxCreateMs',
  containerCreateStart: 'containerCreateStartMs',
  stopLatency: 'stopLatencyMs',
  sandboxStop: 'sandboxStopMs',
  volumeTeardown: 'volumeTeardownMs',
  probeLatency: 'probeLatencyMs',
  plegPhase: 'plegPhaseMs',
  syncTickPhase: 'syncTickPhaseMs',
  housekeepingPhase: 'housekeepingPhaseMs',
  proberStartJitter: 'proberStartJitterMs',
  metricsResolution: 'metricsResolutionMs',
  endpointPropagation: 'endpointPropagationMs',
};

const DURATION_MS_MAX = 3_600_000;

const timings = defineTable<TimingProfile>('kubelet.timing');
const KEY = 'timing';

/** Reads a profile: durations as Go strings or seconds as numbers, `workerJitter` as a number in [0, 1) or "seeded". */
export function parseTiming(value: JsonObject): { ok: true; profile: TimingProfile } | { ok: false; errors: FieldError[] } {
  const profile: TimingProfile = { ...TIMING_DEFAULT };
  const errors: FieldError[] = [];
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(DURATION_FIELDS, name) ? DURATION_FIELDS[name] : undefined;
    if (name === 'workerJitter') readJitter(profile, given, errors);
    else if (field === undefined)
      errors.push(invalid(`timing.${name}`, name, `unknown; known are ${[...Object.keys(DURATION_FIELDS), 'workerJitter'].join(', ')}`));
    else if (field === 'proberStartJitterMs' && given === 'seeded') profile.proberStartJitterMs = 'seeded';
    else {
      const ms = typeof given === 'number' ? Math.round(given * 1000) : typeof given === 'string' ? parseDuration(given) : undefined;
      if (ms === undefined || ms < 0 || ms > DURATION_MS_MAX)
        errors.push(invalid(`timing.${name}`, String(given), 'must be a duration between 0 and 1h'));
      else if (name === 'probeLatency' && ms === 0) errors.push(invalid('timing.probeLatency', String(given), 'must be greater than 0'));
      else profile[field] = ms;
    }
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, profile };
}

/** Stores the cluster's profile; `value` must have passed `parseTiming`. */
export function setTiming(state: ClusterState, value: JsonObject): void {
  const parsed = parseTiming(value);
  timings.put(state, KEY, parsed.ok ? parsed.profile : { ...TIMING_DEFAULT });
}

/** The cluster's profile. */
export function timingOf(state: ClusterState): Readonly<TimingProfile> {
  return timings.get(state, KEY) ?? TIMING_DEFAULT;
}

/** The relist: every second (K005). */
export function relistClock(state: ClusterState): Clock {
  return { periodMs: 1000, phaseMs: timingOf(state).plegPhaseMs };
}

/** Sync tick: every second. */
export function syncTickClock(state: ClusterState): Clock {
  return { periodMs: 1000, phaseMs: timingOf(state).syncTickPhaseMs };
}

/** Housekeeping: every two seconds. */
export function housekeepingClock(state: ClusterState): Clock {
  return { periodMs: 2000, phaseMs: timingOf(state).housekeepingPhaseMs };
}

/** Status reconcile: every ten seconds (K706). */
export const STATUS_RECONCILE_CLOCK: Clock = { periodMs: 10_000, phaseMs: 0 };

function readJitter(profile: TimingProfile, given: unknown, errors: FieldError[]): void {
  if (given === 'seeded' || (typeof given === 'number' && given >= 0 && given < 1)) profile.workerJitter = given;
  else errors.push(invalid('timing.workerJitter', String(given), 'must be "seeded" or a number in [0, 1)'));
}
