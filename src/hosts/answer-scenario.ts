// Runs or explores a scenario for the service. It has no files: everything stands in the text.

import type { JsonObject } from '../engine/apimachinery/meta.ts';
import type {
  ScenarioAnswer,
  ScenarioFailure,
  ScenarioHeld,
  ScenarioMistake,
  ScenarioRun,
  ScenarioViolation,
  ScenarioWork,
} from '../front/scenarios.ts';
import { recordingText } from '../http/rest/recording.ts';
import { shrink } from '../scenario/counterexample.ts';
import { parseText } from '../scenario/document.ts';
import { distinctStates, explore, FAULTS_DEFAULT, FOR_MS_DEFAULT, runUndisturbed, type Trial } from '../scenario/explore.ts';
import { failuresOf, heldInAll } from '../scenario/failures.ts';
import type { Held, Violation } from '../scenario/run.ts';
import { recordScenario } from '../scenario/run-scenario.ts';
import { buildScenario, type Files, type Scenario } from '../scenario/scenario.ts';
import { FAULT_TYPES } from '../scenario/schema.ts';
import { strikeText, type StrikeType } from '../scenario/strikes.ts';
import { variantsOf } from '../scenario/variants.ts';

const VARIANTS_MAX = 100;
const FILE = 'scenario';

const NO_FILES: Files = {
  read: () => undefined,
  resolve: (_, pattern) => `there are no files here: put the objects of ${pattern} into the scenario`,
};

type Tell = (runs: number) => void;

/** Runs it to its end; `tell` is called with the number of runs that are done. */
export async function answerScenario(work: ScenarioWork, tell: Tell): Promise<ScenarioAnswer> {
  const { value, mistakes, place } = parseText(FILE, work.text);
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  const built = [];
  for (const variant of variantsOf(value as JsonObject)) {
    if (built.length >= VARIANTS_MAX)
      return { kind: 'mistakes', mistakes: [{ ...place(['matrix']), message: `matrix: has more than ${VARIANTS_MAX} combinations` }] };
    const one = await buildScenario(FILE, variant.source, place, NO_FILES);
    if (!one.ok) return { kind: 'mistakes', mistakes: one.mistakes };
    built.push({ scenario: one.scenario, name: variant.name });
  }
  const [first] = built;
  if (first === undefined) return { kind: 'mistakes', mistakes: [{ line: 1, column: 1, message: 'the scenario is empty' }] };
  return work.kind === 'run' ? runAll(built, work, tell) : exploreOne(first.scenario, work, place(['explore']), tell);
}

function runAll(
  built: readonly { readonly scenario: Scenario; readonly name: string }[],
  { isRecorded }: ScenarioWork & { kind: 'run' },
  tell: Tell,
): ScenarioAnswer {
  const runs = built.map(({ scenario, name }, index): ScenarioRun => {
    const { result, tape } = recordScenario(scenario);
    const { violations, held, ...rest } = result;
    tell(index + 1);
    return {
      ...(name === '' ? {} : { variant: name }),
      ...rest,
      held: held.map(({ fromMs, toMs, ...one }) => ({ ...kept(one), fromMs, toMs })),
      violations: violations.map(shown),
      ...(isRecorded === true ? { recording: recordingText(scenario.config, tape) } : {}),
    };
  });
  return { kind: 'runs', name: built[0]?.scenario.name ?? '', runs };
}

async function exploreOne(
  scenario: Scenario,
  { faults, forMs, lastsMs }: ScenarioWork & { kind: 'explore' },
  place: Pick<ScenarioMistake, 'line' | 'column'>,
  tell: Tell,
): Promise<ScenarioAnswer> {
  const said = scenario.body.explore ?? {};
  const types = faults ?? said.faults ?? FAULTS_DEFAULT;
  const unknown = types.find((type) => !(FAULT_TYPES as readonly string[]).includes(type));
  if (unknown !== undefined)
    return {
      kind: 'mistakes',
      mistakes: [{ ...place, message: `${JSON.stringify(unknown)} cannot be explored; known are ${FAULT_TYPES.join(', ')}` }],
    };
  const span = forMs ?? said.for ?? FOR_MS_DEFAULT;
  const undisturbed = runUndisturbed(scenario, span);
  const [calm] = undisturbed.result.violations;
  if (calm !== undefined)
    return {
      kind: 'explored',
      name: scenario.name,
      runs: 1,
      states: 1,
      instants: 0,
      held: [],
      failures: [{ violation: shown(calm), runs: 1, strikes: [] }],
    };
  const trials: Trial[] = [];
  const options = {
    types: types as readonly StrikeType[],
    forMs: span,
    lastsMs: lastsMs ?? said.lasts ?? null,
    depth: 1,
    share: { index: 0, count: 1 },
    isSpent: () => true,
  } as const;
  explore(scenario, undisturbed, options, (trial) => {
    trials.push(trial);
    tell(trials.length);
  });
  const failures: ScenarioFailure[] = [];
  for (const { violation, first, count } of failuresOf(trials)) {
    const small = await shrink(scenario, first, violation, NO_FILES);
    const strikes = first.struck.map(({ strike, atMs }) => ({ what: strikeText(strike), atMs }));
    failures.push({ violation: shown(violation), runs: count, strikes, ...(small === undefined ? {} : { scenario: small.source }) });
  }
  return {
    kind: 'explored',
    name: scenario.name,
    runs: trials.length,
    states: distinctStates(trials),
    instants: undisturbed.instants.length,
    held: heldInAll(scenario, trials).map(kept),
    failures,
  };
}

function shown({ kind, place: { line, column }, expected, found, because, atMs, explanation }: Violation): ScenarioViolation {
  return { kind, line, column, expected, found, ...(because === undefined ? {} : { because }), atMs, explanation };
}

function kept({ kind, place: { line, column }, expected, because }: Omit<Held, 'fromMs' | 'toMs'>): Omit<ScenarioHeld, 'fromMs' | 'toMs'> {
  return { kind, line, column, expected, ...(because === undefined ? {} : { because }) };
}
