// Scenarios that the service runs: what they are, what came of them.

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../../engine/apimachinery/time.ts';
import type { ScenarioAnswer, ScenarioViolation } from '../../../front/scenarios.ts';
import { durationSchema, instantText, queryText } from './common.ts';

/** What the document says of a scenario; `openapi/scenario.schema.json` says the rest. */
export const scenarioDescribed = z
  .looseObject({
    apiVersion: z.literal('orrery.dev/v1'),
    kind: z.literal('Scenario'),
    metadata: z.looseObject({ name: z.string() }).openapi('ScenarioMetadata'),
  })
  .openapi('Scenario', { description: 'A scenario, see docs/scenarios.md. Its manifests stand in it: the service reads no files.' });

const violationSchema = z
  .strictObject({
    kind: z.enum(['step', 'always', 'eventually']),
    line: z.int().openapi({ description: 'Where it is expected, in the text of the scenario.' }),
    column: z.int(),
    expected: z.string().openapi({ description: 'As CEL.', example: 'endpoints("service/shop") >= 1' }),
    found: z.string().openapi({ example: '0' }),
    because: z.string().optional(),
    at: instantText,
    explanation: z.array(z.string()).readonly().openapi({ description: 'Why the object is as it is.' }),
  })
  .openapi('ScenarioViolation');

const heldShape = {
  kind: z.enum(['step', 'always', 'eventually']),
  line: z.int(),
  column: z.int(),
  expected: z.string().openapi({ description: 'As CEL.', example: 'restarts("deployment/api") == 0' }),
  because: z.string().optional(),
};

const heldSchema = z
  .strictObject({
    ...heldShape,
    from: instantText.openapi({ description: 'From when on it counted.' }),
    to: instantText.openapi({ description: 'When it was looked at last.' }),
  })
  .openapi('ScenarioHeld');

const runSchema = z
  .strictObject({
    variant: z.string().optional().openapi({ description: 'What the matrix set.', example: 'seed=2' }),
    from: instantText,
    now: instantText,
    digest: z.string(),
    watchEvents: z.int(),
    held: z.array(heldSchema).openapi({ description: 'What was expected and was so whenever it was looked at.' }),
    violations: z.array(violationSchema),
    recording: z
      .string()
      .optional()
      .openapi({ description: 'The cluster in which it ran: `POST /v1/clusters/import` makes it. Only with `recordings=true`.' }),
  })
  .openapi('ScenarioRun');

export const scenarioRunsSchema = z
  .strictObject({ name: z.string(), ok: z.boolean().openapi({ description: 'Whether everything holds.' }), runs: z.array(runSchema) })
  .openapi('ScenarioRuns');

const failureSchema = z
  .strictObject({
    violation: violationSchema,
    runs: z.int().openapi({ description: 'In how many runs it came.' }),
    strikes: z.array(
      z.strictObject({ what: z.string().openapi({ example: 'node-down node-2' }), at: instantText }).openapi('ScenarioStrike'),
    ),
    scenario: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'The shortest scenario that was found in which it comes.' }),
  })
  .openapi('ScenarioFailure');

export const explorationSchema = z
  .strictObject({
    name: z.string(),
    ok: z.boolean(),
    runs: z.int().openapi({ description: 'Runs in which something struck.' }),
    states: z.int().openapi({ description: 'Distinct states that the strikes left: what leaves an equal one is run once.' }),
    instants: z.int().openapi({ description: 'Instants at which something changes in the run that nothing disturbs.' }),
    held: z
      .array(z.strictObject(heldShape).openapi('ScenarioHeldInAll'))
      .openapi({ description: 'What was expected at all times, or in the end, and was so in all runs.' }),
    failures: z.array(failureSchema),
  })
  .openapi('ScenarioExploration');

export const runQuery = z.strictObject({
  recordings: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .optional()
    .openapi({ type: 'boolean', description: 'Whether each run has the recording of its cluster.' }),
});

/** Data of the `progress` events. */
export const scenarioProgressSchema = z
  .strictObject({ runs: z.int() })
  .openapi('ScenarioProgress', { description: 'How many runs are done.' });

export const explorationQuery = z.strictObject({
  faults: queryText('What may strike, separated by commas; absent: what the scenario says.', 'node-down,drain').optional(),
  for: durationSchema.optional().openapi({ description: 'How long a run goes on after a strike; absent: what the scenario says, or 10m.' }),
  lasts: durationSchema
    .optional()
    .openapi({ description: 'How long a fault of a node lasts; absent: what the scenario says, or to the end.' }),
});

function describeViolation({ atMs, explanation, ...rest }: ScenarioViolation): z.input<typeof violationSchema> {
  return { ...rest, at: formatInstant(atMs), explanation: [...explanation] };
}

export function describeRuns({ name, runs }: Extract<ScenarioAnswer, { kind: 'runs' }>): z.input<typeof scenarioRunsSchema> {
  const shown = runs.map(({ startMs, nowMs, held, violations, ...rest }) => ({
    ...rest,
    from: formatInstant(startMs),
    now: formatInstant(nowMs),
    held: held.map(({ fromMs, toMs, ...one }) => ({ ...one, from: formatInstant(fromMs), to: formatInstant(toMs) })),
    violations: violations.map(describeViolation),
  }));
  return { name, ok: runs.every(({ violations }) => violations.length === 0), runs: shown };
}

export function describeExploration({
  name,
  runs,
  states,
  instants,
  held,
  failures,
}: Extract<ScenarioAnswer, { kind: 'explored' }>): z.input<typeof explorationSchema> {
  const shown = failures.map(({ violation, strikes, scenario, runs: count }) => ({
    violation: describeViolation(violation),
    runs: count,
    strikes: strikes.map(({ what, atMs }) => ({ what, at: formatInstant(atMs) })),
    ...(scenario === undefined ? {} : { scenario: { ...scenario } }),
  }));
  return { name, ok: failures.length === 0, runs, states, instants, held: [...held], failures: shown };
}
