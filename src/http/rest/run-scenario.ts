// POST /v1/scenarios/runs and POST /v1/scenarios/explorations

import type { ScenarioAnswer, ScenarioWork } from '../../front/scenarios.ts';
import { refuse } from '../errors.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { streamingResponse } from '../watch/stream.ts';
import { acceptsEventStream } from './command.ts';
import type { FrontContext } from './context.ts';
import { type BodySpec, defineFrontEndpoint } from './endpoint.ts';
import { ProgressSource } from './progress-source.ts';
import {
  describeExploration,
  describeRuns,
  explorationQuery,
  explorationSchema,
  runQuery,
  scenarioDescribed,
  scenarioRunsSchema,
} from './schemas/scenario.ts';

const BODY = {
  kind: 'text',
  mediaTypes: ['application/json', 'application/yaml'],
  otherMediaTypes: ['application/x-yaml', 'text/yaml', 'text/x-yaml'],
  jsonSchema: scenarioDescribed,
  description: 'The scenario.',
} as const satisfies BodySpec;

const PROBLEMS = ['malformed-body', 'body-too-large', 'unsupported-media-type', 'limit-exceeded'] as const;

type Answered<K extends ScenarioAnswer['kind']> = Extract<ScenarioAnswer, { kind: K }>;

export const runScenario = defineFrontEndpoint({
  operationId: 'runScenario',
  method: 'post',
  path: '/v1/scenarios/runs',
  tag: 'Scenarios',
  summary: 'Run a scenario',
  description:
    'Runs every combination of its matrix, each on a cluster of its own that is gone afterwards, and says what does not hold. With `Accept: text/event-stream` a stream of `progress` events that ends with `done` or `error`.',
  query: runQuery,
  body: BODY,
  answer: {
    status: 200,
    description: 'What came of it.',
    schema: scenarioRunsSchema,
    mediaTypes: [EVENT_STREAM_TYPE],
    events: { progress: 'ScenarioProgress', done: 'ScenarioRuns', error: 'Problem' },
  },
  problems: PROBLEMS,
  handle: ({ body, query, request }, context) =>
    perform(context, request, { kind: 'run', text: body.text, isRecorded: query.recordings === 'true' }, 'runs', describeRuns),
});

export const exploreScenario = defineFrontEndpoint({
  operationId: 'exploreScenario',
  method: 'post',
  path: '/v1/scenarios/explorations',
  tag: 'Scenarios',
  summary: 'Explore a scenario',
  description:
    'Strikes it with every fault at every target at every instant at which something changes, and says what does not hold then, with the shortest scenario that still fails. With `Accept: text/event-stream` a stream of `progress` events that ends with `done` or `error`.',
  query: explorationQuery,
  body: BODY,
  answer: {
    status: 200,
    description: 'What was found.',
    schema: explorationSchema,
    mediaTypes: [EVENT_STREAM_TYPE],
    events: { progress: 'ScenarioProgress', done: 'ScenarioExploration', error: 'Problem' },
  },
  problems: PROBLEMS,
  handle: ({ body, query, request }, context) =>
    perform(
      context,
      request,
      { kind: 'explore', text: body.text, faults: query.faults?.split(','), forMs: query.for, lastsMs: query.lasts },
      'explored',
      describeExploration,
    ),
});

/** Has work done, and answers when it is done or as it goes on. */
async function perform<K extends 'runs' | 'explored', V extends object>(
  { scenarios }: FrontContext,
  request: Request,
  work: ScenarioWork,
  kind: K,
  describe: (answer: Answered<K>) => V,
): Promise<{ readonly value: V } | Response> {
  const run = async (options: { signal: AbortSignal; onProgress: (runs: number) => void }): Promise<V> => {
    const answer = await scenarios(work, options);
    if (answer.kind === 'mistakes') {
      const errors = answer.mistakes.map(({ message, line, column }) => ({ in: 'body' as const, message, line, column }));
      return refuse(
        'malformed-body',
        `The scenario has ${errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`}: ${errors[0]?.message ?? ''}`,
        errors,
      );
    }
    if (answer.kind !== kind) throw new Error(`a scenario was answered with ${answer.kind}`);
    return describe(answer as Answered<K>);
  };
  if (!acceptsEventStream(request)) return { value: await run({ signal: request.signal, onProgress: () => {} }) };
  const source = new ProgressSource<number, V>(run, {
    signal: request.signal,
    describeProgress: (runs) => ({ runs }),
    describeResult: (value) => value,
  });
  return streamingResponse(source, { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
}
