// Routes as the OpenAPI document shows them.

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { PROBLEM_TYPE, type ProblemCode, problemOf } from '../errors.ts';
import type { AnswerSpec, BodySpec, EndpointSpec } from './endpoint.ts';
import { problemSchema } from './schemas/problem.ts';

export type Registry = OpenAPIHono['openAPIRegistry'];

/** Adds a route to the document. */
export function describeEndpoint(registry: Registry, spec: EndpointSpec): void {
  const { method, path, operationId, summary, description, params, query, body } = spec;
  registry.registerPath(
    createRoute({
      method,
      path,
      operationId,
      tags: [spec.tag],
      summary,
      ...(description === undefined ? {} : { description }),
      request: {
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { query }),
        ...(body === undefined ? {} : { body: describeBody(body) }),
      },
      responses: { [spec.answer.status]: describeAnswer(spec.answer), ...describeProblems(['invalid-request', ...spec.problems]) },
    }),
  );
}

function describeBody(body: BodySpec) {
  if (body.kind === 'json') {
    const required = !body.schema.safeParse(undefined).success;
    return { description: body.description, required, content: { 'application/json': { schema: body.schema } } };
  }
  const content = Object.fromEntries(body.mediaTypes.map((type) => [type, { schema: textSchema(type) }]));
  return { description: body.description, required: true, content };
}

/** JSON that is taken as text is described as any value, so that clients send it as it is. */
function textSchema(mediaType: string): z.ZodType {
  return mediaType === 'application/json' ? z.unknown() : z.string();
}

function describeAnswer({ description, schema, mediaTypes, events, headers }: AnswerSpec) {
  const texts = Object.fromEntries((mediaTypes ?? []).map((type) => [type, { schema: events ?? z.string() }]));
  const content = { ...(schema === undefined ? {} : { 'application/json': { schema } }), ...texts };
  return {
    description,
    ...(headers === undefined ? {} : { headers: describeHeaders(headers) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
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
