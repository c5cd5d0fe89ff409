// POST /v1/clusters/{cluster}/clock/advance

import type { z } from '@hono/zod-openapi';
import { EVERYTHING } from '../../engine/apimachinery/labels.ts';
import { selectStored } from '../../engine/apiserver/read/list.ts';
import { selectedName, selectionOf } from '../../engine/apiserver/read/selection.ts';
import { clusterKinds, explainUnmet, type Unmet } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { Barrier } from '../../service/waiting/barrier.ts';
import type { AdvanceGoal, AdvanceResult } from '../../service/ports.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { streamingResponse } from '../watch/stream.ts';
import { advanceGoalOf, type ClockPosition } from './advance-goal.ts';
import { ProgressSource } from './progress-source.ts';
import { acceptsEventStream, clientOf } from './command.ts';
import { refuse } from '../errors.ts';
import { defineEndpoint } from './endpoint.ts';
import { type AdvanceBody, advanceResultSchema, advanceSchema } from './schemas/clock.ts';
import { clusterParams } from './schemas/common.ts';

const EVENTS = { progress: 'Progress', done: 'AdvanceResult', error: 'Problem' };

export const advanceClock = defineEndpoint({
  operationId: 'advanceClock',
  method: 'post',
  path: '/v1/clusters/{cluster}/clock/advance',
  tag: 'Clock',
  summary: 'Move the virtual clock',
  description:
    'Give exactly one of by, to, steps and until. A condition that is not reached is answered with the object that comes closest and why it does not hold. With `Accept: text/event-stream` the call streams `progress` events and ends with `done`, or with ' +
    '`error` and a problem. A client that hangs up stops the advance at a committed instant. With `barrier` the clock waits, at every instant at which something changes, until the clients that it names have read what they watch and are quiet: what they write happens at that instant. ' +
    'A client that watches nothing, or is not quiet in time, ends the advance with 409.',
  params: clusterParams,
  body: { kind: 'json', schema: advanceSchema, description: 'The goal.' },
  answer: {
    status: 200,
    description: 'Where the clock stands now.',
    schema: advanceResultSchema,
    mediaTypes: [EVENT_STREAM_TYPE],
    events: EVENTS,
  },
  speaks: true,
  problems: [
    'malformed-body',
    'cluster-not-found',
    'not-found',
    'busy',
    'body-too-large',
    'unsupported-media-type',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ params, body, request, language }, { service }) {
    const position = service.read(params.cluster, (state) => ({ nowMs: state.nowMs, startMs: state.startMs, kinds: clusterKinds(state) }));
    const goal = advanceGoalOf(body, position);
    service.read(params.cluster, (state) => refuseMissing(state, goal));
    const unmet = (result: AdvanceResult): Unmet | undefined =>
      result.reached || goal.kind !== 'until'
        ? undefined
        : service.read(params.cluster, (state) => explainUnmet(state, goal.condition, language));
    const client = clientOf(request);
    const barrier = barrierOf(body);
    if (acceptsEventStream(request)) {
      const source = new ProgressSource((options) => service.advance(params.cluster, goal, { ...options, client, barrier }), {
        signal: request.signal,
        describeResult: (result) => describeResult(result, position, unmet(result)),
        describeProgress: ({ nowMs, watchEvents }) => ({
          now: formatInstant(nowMs),
          elapsedSeconds: (nowMs - position.startMs) / 1000,
          watchEvents,
        }),
      });
      return streamingResponse(source, { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store' });
    }
    const result = await service.advance(params.cluster, goal, { signal: request.signal, client, barrier });
    return { value: describeResult(result, position, unmet(result)) };
  },
});

const QUIET_MS = 50;
const PATIENCE_MS = 10_000;

function barrierOf({ barrier }: AdvanceBody): Barrier | undefined {
  if (barrier === undefined) return undefined;
  const { clients, quiet: quietMs = QUIET_MS, patience: patienceMs = PATIENCE_MS } = barrier;
  return { clients, quietMs, patienceMs };
}

/** Nobody waits for what is not there, unless it is to be created, or to be gone. */
function refuseMissing(state: ClusterState, goal: AdvanceGoal): void {
  if (goal.kind !== 'until') return;
  const { for: wanted, selection } = goal.condition;
  const { kind, namespace } = selection;
  const name = selectedName(selection);
  if (name === undefined) return;
  if (wanted.kind === 'create' || wanted.kind === 'delete') return;
  if (selectStored(state, selectionOf({ kind, namespace, name }, EVERYTHING, [])).length > 0) return;
  refuse(
    'not-found',
    `${kind.plural} "${name}" not found${namespace === undefined ? '' : ` in the namespace ${namespace}`}; wait for its creation first, with {"for": "create"}.`,
  );
}

function describeResult(
  result: AdvanceResult,
  { startMs }: Pick<ClockPosition, 'startMs'>,
  unmet: Unmet | undefined,
): z.output<typeof advanceResultSchema> {
  const { fromMs, nowMs, reached, watchEvents, digest } = result;
  const elapsedSeconds = (nowMs - startMs) / 1000;
  const told =
    unmet === undefined
      ? {}
      : { ...unmet, explanation: unmet.explanation.map((finding) => ({ ...finding, because: [...finding.because] })) };
  return { from: formatInstant(fromMs), now: formatInstant(nowMs), elapsedSeconds, reached, watchEvents, digest, ...told };
}
