// Puts the examples into the OpenAPI document: bodies of requests and answers by their media types, and one value for each parameter.

import { ANSWERS } from './answers.generated.ts';
import { type Example, SESSION } from './session.ts';

type Json = Record<string, unknown>;
type Content = Record<string, Json>;

/** The document with examples; operations that have none stay as they are. */
export function addExamples(document: Json): Json {
  const paths = Object.entries(document['paths'] as Json).map(([path, methods]) => {
    const operations = Object.entries(methods as Json).map(([method, operation]) => [method, exemplify(operation as Json)]);
    return [path, Object.fromEntries(operations)];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function exemplify(operation: Json): Json {
  const examples = SESSION.filter(({ operationId }) => operationId === operation['operationId']);
  const { parameters, requestBody, responses } = operation as { parameters?: Json[]; requestBody?: Json; responses: Record<string, Json> };
  return {
    ...operation,
    ...(parameters === undefined ? {} : { parameters: parameters.map((parameter) => withValue(parameter, examples)) }),
    ...(requestBody === undefined ? {} : { requestBody: withBodies(requestBody, examples) }),
    responses: withAnswers(responses, examples),
  };
}

/** The first value that an example gives a parameter. */
function withValue(parameter: Json, examples: readonly Example[]): Json {
  const name = String(parameter['name']);
  const text = examples.map(({ params, query }) => params?.[name] ?? query?.[name]).find((value) => value !== undefined);
  if (text === undefined) return parameter;
  const { type } = parameter['schema'] as { type?: string };
  return { ...parameter, example: type === 'integer' ? Number(text) : text };
}

function withBodies(requestBody: Json, examples: readonly Example[]): Json {
  const sent = examples.flatMap((example) => {
    const body = bodyOf(example);
    return body === undefined ? [] : [{ example, ...body }];
  });
  const content = Object.entries(requestBody['content'] as Content).map(([type, media]) => {
    return [
      type,
      withNamed(
        media,
        sent.filter(({ mediaType }) => mediaType === type),
      ),
    ];
  });
  return { ...requestBody, content: Object.fromEntries(content) };
}

/** What an example sends; the recording that one imports is the answer of another. */
export function bodyOf({ body, text }: Example): { readonly mediaType: string; readonly value: unknown } | undefined {
  if (body !== undefined) return { mediaType: 'application/json', value: body };
  if (text === undefined) return undefined;
  return { mediaType: text.mediaType, value: 'value' in text ? text.value : ANSWERS[text.answerOf]?.body };
}

function withAnswers(responses: Record<string, Json>, examples: readonly Example[]): Json {
  const described = Object.entries(responses).map(([status, response]) => {
    const answers = examples.flatMap((example) => {
      const answer = ANSWERS[example.name];
      return answer === undefined || String(answer.status) !== status ? [] : [{ example, mediaType: answer.mediaType, value: answer.body }];
    });
    const content = Object.entries((response['content'] ?? {}) as Content).map(([type, media]) => {
      return [
        type,
        withNamed(
          media,
          answers.filter(({ mediaType }) => mediaType === type),
        ),
      ];
    });
    return [status, content.length === 0 ? response : { ...response, content: Object.fromEntries(content) }];
  });
  return Object.fromEntries(described);
}

function withNamed(media: Json, given: readonly { readonly example: Example; readonly value: unknown }[]): Json {
  if (given.length === 0) return media;
  return { ...media, examples: Object.fromEntries(given.map(({ example: { name, summary }, value }) => [name, { summary, value }])) };
}
