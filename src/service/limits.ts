// Every bound of the service, with unit and reason. The engine's are in engine/kernel/limits.ts, those of requests in http.

export interface ServiceLimits {
  /** Clusters of one service. */
  readonly clustersMax: number;
  /** Clusters kept in memory; the one used longest ago is stored and dropped first. */
  readonly liveClustersMax: number;
  /** Milliseconds after which a cluster that nobody used is stored and dropped, a small one after a tenth of it; infinite: somebody else sees to it. */
  readonly idleMs: number;
  /** Open watches of one service. */
  readonly watchesMax: number;
  /** Objects of one cluster. */
  readonly objectsMax: number;
  /** Changes kept in memory for watchers of one cluster, and characters of them as JSON; older ones are read from storage. */
  readonly tailChangesMax: number;
  readonly tailLengthMax: number;
  /** Changed rows after which a checkpoint is written, so that a reopen replays little. */
  readonly checkpointRecordsMax: number;
  /** Changes after which a checkpoint is written, so that every moment is reached by a short replay. */
  readonly checkpointChangesMax: number;
  /** Commands after which a checkpoint is written. */
  readonly checkpointCommandsMax: number;
  /** Changes that one slice of an advance may make. */
  readonly sliceChangesMax: number;
  /** Wall time, in milliseconds, after which a slice ends with its instant, so that others are served. */
  readonly sliceMs: number;
}

/** Virtual seconds per wall second at most of a clock that runs while somebody waits: a pod is Ready at once, an hour takes six seconds. */
export const AUTO_RATE = 600;

/** Wall time for which such a clock waits for a client that was told something or has done something, unless the clock says otherwise. */
export const PATIENCE_MS = 100;

export const LIMITS_DEFAULT: ServiceLimits = {
  clustersMax: 10_000,
  liveClustersMax: 200,
  idleMs: 10 * 60_000,
  watchesMax: 10_000,
  objectsMax: 200_000,
  tailChangesMax: 2_000,
  tailLengthMax: 8 * 1_048_576,
  checkpointRecordsMax: 100_000,
  checkpointChangesMax: 1_000,
  checkpointCommandsMax: 1_000,
  sliceChangesMax: 5_000,
  sliceMs: 20,
};
