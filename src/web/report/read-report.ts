// Reports of scenarios, as `orrery test --report run.json`, `orrery explore --output json` and the service's own runs write them.

export interface Strike {
  readonly what: string;
  readonly atMs: number;
}

export interface ReportedViolation {
  readonly expected: string;
  readonly found: string;
  readonly because: string | undefined;
  readonly place: string | undefined;
  readonly atMs: number;
  readonly explanation: readonly string[];
  /** What went wrong before, of an exploration. */
  readonly strikes: readonly Strike[];
  /** The shortest scenario that still fails, of an exploration. */
  readonly scenario: Json | undefined;
}

/** What was expected and held. */
export interface ReportedHeld {
  readonly expected: string;
  readonly because: string | undefined;
  readonly place: string | undefined;
  /** Undefined: all the time. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export interface ReportedRun {
  readonly title: string;
  readonly file: string | undefined;
  readonly isGood: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** Why there was no run. */
  readonly mistakes: readonly string[];
  readonly violations: readonly ReportedViolation[];
  readonly held: readonly ReportedHeld[];
}

export type Json = Readonly<Record<string, unknown>>;

/** The runs of a report; undefined when the text is none. */
export function readReport(text: string): readonly ReportedRun[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.ok !== 'boolean') return undefined;
  if (Array.isArray(value.items)) return value.items.filter(isObject).map(readRun);
  // What the service answers to an exploration.
  if (Array.isArray(value.failures))
    return [
      readRun({
        ...value,
        violations: value.failures.filter(isObject).map(({ violation, ...rest }) => ({ ...(violation as Json), ...rest })),
      }),
    ];
  if (Array.isArray(value.runs)) {
    const { name } = value;
    return value.runs.filter(isObject).map((run) => readRun({ name, ok: listOf(run.violations).length === 0, ...run }));
  }
  return Array.isArray(value.violations) ? [readRun(value)] : undefined;
}

function readRun(run: Json): ReportedRun {
  const violations = listOf(run.violations).filter(isObject).map(readViolation);
  const times = violations.flatMap(({ atMs, strikes }) => [atMs, ...strikes.map((strike) => strike.atMs)]);
  // An exploration says no span: it begins with its cluster.
  const fromMs = timeOf(run.from) ?? startOf(violations[0]?.scenario) ?? Math.min(START_MS, ...times);
  return {
    title: [run.name, run.variant].filter((one) => typeof one === 'string').join(' · '),
    file: wordOf(run.file),
    isGood: run.ok === true,
    fromMs,
    toMs: Math.max(fromMs + 1, timeOf(run.now) ?? fromMs, ...times),
    mistakes: listOf(run.mistakes).map((one) => (isObject(one) ? `${placeOf(one) ?? ''} ${String(one.message)}`.trim() : String(one))),
    violations,
    held: listOf(run.held).filter(isObject).map(readHeld),
  };
}

function readHeld(value: Json): ReportedHeld {
  return {
    expected: String(value.expected),
    because: wordOf(value.because),
    place: typeof value.place === 'string' ? value.place : placeOf(isObject(value.place) ? value.place : value),
    fromMs: timeOf(value.from),
    toMs: timeOf(value.to),
  };
}

/** Where clusters begin that say nothing else. */
const START_MS = Date.parse('2025-01-01T00:00:00Z');

function startOf(scenario: Json | undefined): number | undefined {
  if (scenario === undefined) return undefined;
  return timeOf(isObject(scenario.cluster) ? scenario.cluster.startTime : undefined) ?? START_MS;
}

function readViolation(value: Json): ReportedViolation {
  return {
    expected: String(value.expected),
    found: String(value.found),
    because: wordOf(value.because),
    place: typeof value.place === 'string' ? value.place : placeOf(isObject(value.place) ? value.place : value),
    atMs: timeOf(value.at) ?? START_MS,
    explanation: listOf(value.explanation).map((one) => (isObject(one) ? String(one.sentence) : String(one))),
    strikes: listOf(value.strikes)
      .filter(isObject)
      .map(({ what, at }) => ({ what: String(what), atMs: timeOf(at) ?? START_MS })),
    scenario: isObject(value.scenario) ? value.scenario : undefined,
  };
}

function placeOf({ file, line, column }: Json): string | undefined {
  return file === undefined && line === undefined ? undefined : [file, line, column].filter((one) => one !== undefined).join(':');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
