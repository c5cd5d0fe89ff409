// What the front needs of scenarios: somebody who runs one apart from clusters and requests.

/** A mistake in the text of a scenario. */
export interface ScenarioMistake {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Something that was expected and is not so. */
export interface ScenarioViolation {
  readonly kind: 'step' | 'always' | 'eventually';
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;
  readonly because?: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly explanation: readonly string[];
}

/** Something that was expected and held whenever it was looked at. */
export interface ScenarioHeld {
  readonly kind: ScenarioViolation['kind'];
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly because?: string;
  /** From when on it counted, and when it was looked at last: virtual milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** One combination of the matrix. */
export interface ScenarioRun {
  readonly variant?: string;
  readonly startMs: number;
  readonly nowMs: number;
  readonly digest: string;
  readonly watchEvents: number;
  readonly held: readonly ScenarioHeld[];
  readonly violations: readonly ScenarioViolation[];
  /** The cluster in which it ran, as lines of a recording, for who asked for it. */
  readonly recording?: string;
}

/** A way in which a scenario fails when something strikes. */
export interface ScenarioFailure {
  readonly violation: ScenarioViolation;
  /** Runs in which it came. */
  readonly runs: number;
  readonly strikes: readonly { readonly what: string; readonly atMs: number }[];
  /** The shortest scenario that was found in which it comes. */
  readonly scenario?: object;
}

export type ScenarioWork =
  | { readonly kind: 'run'; readonly text: string; readonly isRecorded?: boolean }
  | {
      readonly kind: 'explore';
      readonly text: string;
      readonly faults: readonly string[] | undefined;
      readonly forMs: number | undefined;
      readonly lastsMs: number | undefined;
    };

export type ScenarioAnswer =
  | { readonly kind: 'mistakes'; readonly mistakes: readonly ScenarioMistake[] }
  | { readonly kind: 'runs'; readonly name: string; readonly runs: readonly ScenarioRun[] }
  | {
      readonly kind: 'explored';
      readonly name: string;
      readonly runs: number;
      /** From which they went on, without those that are equal. */
      readonly states: number;
      readonly instants: number;
      /** What lasting expectations held in all runs. */
      readonly held: readonly Omit<ScenarioHeld, 'fromMs' | 'toMs'>[];
      readonly failures: readonly ScenarioFailure[];
    };

export interface ScenarioOptions {
  readonly signal: AbortSignal;
  /** Told how many runs are done. */
  readonly onProgress: (runs: number) => void;
}

/** Runs scenarios. Fails: a ServiceError `limit-exceeded` when there are too many at once, or one takes too much. */
export type RunScenario = (work: ScenarioWork, options: ScenarioOptions) => Promise<ScenarioAnswer>;
