// Routes as the OpenAPI document shows them.

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { PROBLEM_TYPE, type ProblemCode, problemOf } from '../errors.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import type { AnswerSpec, BodySpec, Endpoint, EndpointSpec } from './endpoint.ts';
import { problemSchema } from './schemas/problem.ts';

export type Registry = OpenAPIHono['openAPIRegistry'];

/** Adds a route to the document. */
export function describeEndpoint(registry: Registry, { spec, place }: Endpoint): void {
  const { method, path, operationId, summary, description, params, query, headers, body } = spec;
  registry.registerPath(
    createRoute({
      method,
      path,
      operationId,
      tags: [spec.tag],
      summary,
      description,
      request: {
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { query }),
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body: describeBody(body) }),
      },
      responses: { [spec.answer.status]: describeAnswer(spec.answer), ...describeProblems(problemsOf(spec, place)) },
    }),
  );
}

/** Problems that every route has, and every route of one cluster. */
const COMMON: readonly ProblemCode[] = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'host-not-allowed',
  'origin-not-allowed',
  'internal',
  'closing',
];
const COMMON_OF_HOSTS: readonly ProblemCode[] = ['host-lost', 'storage-unavailable'];

/** The statuses that the document has for the problems of a route. */
export function problemStatusesOf({ spec, place }: Endpoint): ReadonlySet<number> {
  return new Set(problemsOf(spec, place).map((code) => problemOf(code, '').status));
}

function problemsOf({ problems }: EndpointSpec, place: Endpoint['place']): readonly ProblemCode[] {
  return [...new Set([...COMMON, ...(place === 'host' ? COMMON_OF_HOSTS : []), ...problems])];
}

function describeBody(body: BodySpec) {
  if (body.kind === 'json') {
    const required = !body.schema.safeParse(undefined).success;
    return { description: body.description, required, content: { 'application/json': { schema: body.schema } } };
  }
  const content = Object.fromEntries(body.mediaTypes.map((type) => [type, { schema: textSchema(body.jsonSchema, type) }]));
  return { description: body.description, required: true, content };
}

/** JSON that is taken as text is described as what it means, so that clients send it as it is. */
function textSchema(jsonSchema: z.ZodType | undefined, mediaType: string): z.ZodType {
  return mediaType === 'application/json' ? (jsonSchema ?? z.unknown()) : z.string();
}

function describeAnswer({ description, schema, mediaTypes, events, headers }: AnswerSpec) {
  const texts = Object.fromEntries((mediaTypes ?? []).map((type) => [type, { schema: z.string(), ...eventsOf(type, events) }]));
  const content = { ...(schema === undefined ? {} : { 'application/json': { schema } }), ...texts };
  return {
    description,
    ...(headers === undefined ? {} : { headers: describeHeaders(headers) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** What the data of each event of a stream is; OpenAPI 3.1 has no words of its own for it. */
function eventsOf(mediaType: string, events: AnswerSpec['events']): object {
  if (mediaType !== EVENT_STREAM_TYPE || events === undefined) return {};
  const named = Object.entries(events).map(([event, name]) => [event, { $ref: `#/components/schemas/${name}` }]);
  return { 'x-events': Object.fromEntries(named) };
}

function describeHeaders(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
  );
}

/** Problems by status; several codes may share one. */
function describeProblems(codes: readonly ProblemCode[]) {
  const texts = new Map<number, string[]>();
  for (const code of codes) {
    const { status, title } = problemOf(code, '');
    texts.set(status, [...(texts.get(status) ?? []), `${title} (${code}).`]);
  }
  const content = { [PROBLEM_TYPE]: { schema: problemSchema } };
  const described = [...texts].map(([status, titles]) => [String(status), { description: titles.join(' '), content }]);
  return { ...Object.fromEntries(described), default: { description: 'Any other problem.', content } };
}
