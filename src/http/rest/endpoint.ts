// What a route of the service API is: its description, and a handler that gets decoded input only. All mistakes of a request are found
// before the handler runs: unknown parameters and members, wrong types, wrong media types, broken JSON.

import type { z } from '@hono/zod-openapi';
import { type Language, LANGUAGE_DEFAULT } from '../../engine/cluster/index.ts';
import { serviceAt } from '../../service/past-view.ts';
import type { Instant } from '../../service/ports.ts';
import type { ProblemCode } from '../errors.ts';
import { languageOf } from '../language.ts';
import type { FrontContext, HostContext, RouteContext } from './context.ts';
import { decodeWith, queryOf } from './decode.ts';
import { type RawBody, readJsonBody, readTextBody } from './request-body.ts';
import { momentSchema, noParameters } from './schemas/common.ts';
import { languageHeaders, languageQuery, languageAnswerHeaders } from './schemas/language.ts';

export interface JsonBodySpec<B extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly schema: B;
  readonly description: string;
}

/** A body that its handler reads itself. */
export interface TextBodySpec {
  readonly kind: 'text';
  readonly mediaTypes: readonly string[];
  /** Media types that are taken, and not worth being described. */
  readonly otherMediaTypes?: readonly string[];
  /** Of the JSON form. */
  readonly jsonSchema?: z.ZodType;
  readonly description: string;
}

export type BodySpec = JsonBodySpec | TextBodySpec;

export interface AnswerSpec<R extends z.ZodType = z.ZodType> {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** Of the JSON form. */
  readonly schema?: R;
  /** Of other forms: texts and streams. */
  readonly mediaTypes?: readonly string[];
  /** Of a stream: the name of the schema of the data of each event. */
  readonly events?: Readonly<Record<string, string>>;
  /** Names and descriptions of headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The part of a route that is described. */
export interface EndpointSpec {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it, `/v1/clusters/{cluster}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Headers that a client may send; they are described, and the handler reads them itself. */
  readonly headers?: z.ZodObject;
  readonly body?: BodySpec;
  readonly answer: AnswerSpec;
  /** A read of one cluster, which takes `at`: a moment of the past at which it is looked at. */
  readonly readsPast?: true;
  /** Its answer has sentences: the language of the client is chosen by `language` or Accept-Language. */
  readonly speaks?: true;
  /** Beside `invalid-request`, which every route has. */
  readonly problems: readonly ProblemCode[];
}

/** What a handler gets. */
export interface EndpointInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  /** In which to speak. */
  readonly language: Language;
}

/** The answer's value with headers beside it, or a whole response. */
export type EndpointOutput<V> = { readonly value: V; readonly headers?: Readonly<Record<string, string>> } | Response;

type Empty = typeof noParameters;
type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Body<B> = B extends JsonBodySpec<infer S> ? z.output<S> : B extends TextBodySpec ? RawBody : undefined;
type Value<R> = R extends z.ZodType ? z.input<R> : undefined;

interface TypedSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends BodySpec | undefined, R extends z.ZodType | undefined, C>
  extends Omit<EndpointSpec, 'params' | 'query' | 'body' | 'answer'> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: Omit<AnswerSpec, 'schema'> & { readonly schema?: R };
  handle(input: EndpointInput<Output<P>, Output<Q>, Body<B>>, context: C): EndpointOutput<Value<R>> | Promise<EndpointOutput<Value<R>>>;
}

/** Answers a request; throws a ProblemError for every mistake of the client. */
type Answer<C> = (request: Request, params: Readonly<Record<string, string>>, context: C) => Promise<Response>;

/** A route with its types erased, as the list of routes holds it, and where it is answered. */
export type Endpoint =
  | { readonly place: 'host'; readonly spec: EndpointSpec; readonly answer: Answer<HostContext> }
  | { readonly place: 'front'; readonly spec: EndpointSpec; readonly answer: Answer<FrontContext> };

/** Defines a route of one cluster. */
export function defineEndpoint<
  P extends z.ZodObject = Empty,
  Q extends z.ZodObject = Empty,
  B extends BodySpec | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(typed: TypedSpec<P, Q, B, R, HostContext>): Endpoint {
  const spoken = typed.speaks === true ? speaking(typed as TypedSpec<P, z.ZodObject, B, R, HostContext>) : typed;
  if (spoken.readsPast === true) return definePastEndpoint(spoken as TypedSpec<P, z.ZodObject, B, R, HostContext>);
  return { place: 'host', spec: spoken as EndpointSpec, answer: answerOf(spoken as TypedSpec<P, z.ZodObject, B, R, HostContext>) };
}

/** A route that describes how its language is chosen. */
function speaking<P extends z.ZodObject, B extends BodySpec | undefined, R extends z.ZodType | undefined>(
  typed: TypedSpec<P, z.ZodObject, B, R, HostContext>,
): TypedSpec<P, z.ZodObject, B, R, HostContext> {
  return {
    ...typed,
    query: (typed.query ?? noParameters).extend(languageQuery),
    headers: (typed.headers ?? noParameters).extend(languageHeaders),
    answer: { ...typed.answer, headers: { ...typed.answer.headers, ...languageAnswerHeaders } },
  };
}

function definePastEndpoint<P extends z.ZodObject, B extends BodySpec | undefined, R extends z.ZodType | undefined>(
  typed: TypedSpec<P, z.ZodObject, B, R, HostContext>,
): Endpoint {
  const extended: TypedSpec<P, z.ZodObject, B, R, HostContext> = {
    ...typed,
    query: (typed.query ?? noParameters).extend({ at: momentSchema.optional() }),
    problems: [...typed.problems, 'invalid-instant', 'gone'],
    async handle(input, context) {
      const { cluster } = input.params as { readonly cluster: string };
      const service = await serviceAt(context.service, cluster, (input.query as { readonly at?: Instant }).at);
      return typed.handle(input, { ...context, service });
    },
  };
  return { place: 'host', spec: extended as EndpointSpec, answer: answerOf(extended) };
}

/** Defines a route for which no cluster's state is needed. */
export function defineFrontEndpoint<
  P extends z.ZodObject = Empty,
  Q extends z.ZodObject = Empty,
  B extends BodySpec | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(typed: TypedSpec<P, Q, B, R, FrontContext>): Endpoint {
  return { place: 'front', spec: typed as EndpointSpec, answer: answerOf(typed) };
}

function answerOf<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends BodySpec | undefined,
  R extends z.ZodType | undefined,
  C extends RouteContext,
>(typed: TypedSpec<P, Q, B, R, C>): Answer<C> {
  const spec = typed as EndpointSpec;
  return async (request, given, context) => {
    const params = decodeWith(spec.params ?? noParameters, given, 'path') as Output<P>;
    const query = decodeWith(spec.query ?? noParameters, queryOf(request), 'query') as Output<Q>;
    const body = (await decodeBody(request, spec.body, context.bodyBytesMax)) as Body<B>;
    const language = spec.speaks === true ? chosenLanguage(request, query as { readonly language?: Language }) : LANGUAGE_DEFAULT;
    const output = await typed.handle({ params, query, body, request, language }, context);
    const response = output instanceof Response ? output : answerValue(spec.answer, output, context);
    return spec.speaks === true ? inLanguage(response, language) : response;
  };
}

/** A language in the address goes before the header, which browsers send by themselves. */
function chosenLanguage(request: Request, query: { readonly language?: Language }): Language {
  return query.language ?? languageOf(request.headers.get('accept-language'));
}

function inLanguage(response: Response, language: Language): Response {
  response.headers.set('Content-Language', language);
  response.headers.append('Vary', 'Accept-Language');
  return response;
}

async function decodeBody(request: Request, body: BodySpec | undefined, bodyBytesMax: number): Promise<unknown> {
  if (body === undefined) return undefined;
  if (body.kind === 'text') return readTextBody(request, [...body.mediaTypes, ...(body.otherMediaTypes ?? [])], bodyBytesMax);
  return decodeWith(body.schema, await readJsonBody(request, bodyBytesMax), 'body');
}

function answerValue(answer: AnswerSpec, output: Exclude<EndpointOutput<unknown>, Response>, context: RouteContext): Response {
  const headers = { 'Cache-Control': 'no-store', ...output.headers };
  if (answer.schema === undefined) return new Response(null, { status: answer.status, headers });
  if (context.checksAnswers) answer.schema.parse(output.value);
  return new Response(JSON.stringify(output.value), {
    status: answer.status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}
