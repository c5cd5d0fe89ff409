// The OpenAPI document of the service API, made from the routes.

import { compareText } from '../../engine/apimachinery/text.ts';
import { OpenAPIHono } from '@hono/zod-openapi';
import { describeEndpoint } from './describe.ts';
import { addExamples } from './examples/index.ts';
import { ENDPOINTS } from './index.ts';
import { openAnswers } from './open-answers.ts';
import { type Named, namedIn, namedSchemas } from './named-schemas.ts';
import { DESCRIBED } from './schemas/described.ts';

const DESCRIPTION = [
  'Simulated Kubernetes clusters with a virtual clock. Create a cluster, hand it manifests, turn its clock, and watch what happens.',
  '',
  'Failures are problems (RFC 9457) with a `code` for programs and every single mistake in `errors`. Every cluster also speaks the API of',
  'Kubernetes below `/clusters/{cluster}`; that one is described by its own documents, as every Kubernetes API is.',
].join('\n');

const TAGS: Readonly<Record<string, string>> = {
  Clusters: 'Simulated clusters, and access to their Kubernetes APIs.',
  Manifests: 'Objects of Kubernetes, in YAML or JSON.',
  Clock: 'The virtual clock of a cluster.',
  Watch: 'What happens in a cluster, as it happens.',
  Images: 'What containers do.',
  Faults: 'What goes wrong.',
  History: 'What was, why, and what might have been.',
  Scenarios: 'What must hold, tried on clusters of its own.',
};

type Json = Record<string, unknown>;

/** The document. `version` is that of the package. */
export function serviceDocument(version: string): object {
  const app = new OpenAPIHono();
  register(app, namedSchemas(ENDPOINTS.map(({ spec }) => spec)));
  for (const endpoint of ENDPOINTS) describeEndpoint(app.openAPIRegistry, endpoint);
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'Only when the service was started with a token, or the cluster has one.',
  });
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Orrery',
      version,
      description: DESCRIPTION,
      contact: { name: 'Orrery', url: 'https://orrery.dev' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{}, { token: [] }],
  });
  return addExamples(openAnswers(tidy(describeMore(document as unknown as Json)) as Json));
}

function register(app: OpenAPIHono, schemas: Named): void {
  for (const [name, schema] of schemas) app.openAPIRegistry.register(name, schema);
}

/** Puts the schemas of the document in the places of those that decode. */
function describeMore(document: Json): Json {
  const app = new OpenAPIHono();
  register(app, namedIn(Object.values(DESCRIBED)));
  const described = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  const components = document['components'] as Json;
  const schemas = { ...(components['schemas'] as Json), ...described.components?.schemas };
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => compareText(a, b)));
  return { ...document, components: { ...components, schemas: sorted } };
}

/** What generators of clients would misunderstand is said in another way. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, tidy(member)] as const);
  return describeAnything(
    describeNumber(describeEvents(describeDefault(describeReference(nameAlternatives(Object.fromEntries(members)))))),
  );
}

/** Members of any kind: the schema `{}` would be one that may also be null, which Go has pointers for. */
function describeAnything(value: Json): Json {
  const { additionalProperties: members } = value;
  const isAnything = typeof members === 'object' && members !== null && Object.keys(members).length === 0;
  return isAnything ? { ...value, additionalProperties: true } : value;
}

const INT32_MAX = 2 ** 31 - 1;

/** Numbers are as large and as precise as those of JavaScript, which typed languages must be told. */
function describeNumber(value: Json): Json {
  if (value['format'] !== undefined) return value;
  if (value['type'] === 'number') return { ...value, format: 'double' };
  const isLarge = value['type'] === 'integer' && !(Number(value['maximum']) <= INT32_MAX);
  return isLarge ? { ...value, format: 'int64' } : value;
}

/** The alternatives of this API exclude each other, which generators take for named variants. */
function nameAlternatives(value: Json): Json {
  const { anyOf, ...rest } = value;
  return Array.isArray(anyOf) ? { oneOf: anyOf, ...rest } : value;
}

/** Streams are text to clients that do not know event streams; JSON Schema says what is in the text. */
function describeEvents(value: Json): Json {
  const events = value['x-events'];
  if (typeof events !== 'object' || events === null) return value;
  const references = [...new Set(Object.values(events as Record<string, { readonly $ref: string }>).map(({ $ref }) => $ref))];
  const alternatives = references.map(($ref) => ({ $ref }));
  const contentSchema = alternatives.length === 1 ? alternatives[0] : { oneOf: alternatives };
  return { ...value, schema: { ...(value['schema'] as Json), contentMediaType: 'application/json', contentSchema } };
}

/** Defaults become words: generators of clients would otherwise demand members that a request may leave out. */
function describeDefault(value: Json): Json {
  const { default: fallback, ...rest } = value;
  // `default` is also the name of a response.
  const isSchema = fallback !== undefined && ('type' in rest || 'oneOf' in rest || 'enum' in rest || 'allOf' in rest || '$ref' in rest);
  if (!isSchema) return value;
  const text = `Default: ${JSON.stringify(fallback)}.`;
  return { ...rest, description: typeof rest['description'] === 'string' ? `${rest['description']} ${text}` : text };
}

/** A schema with words of its own stands beside a description; many generators make another type of an `allOf`. */
function describeReference(value: Json): Json {
  const { allOf, ...rest } = value;
  if (!Array.isArray(allOf) || allOf.length !== 2) return value;
  const [reference, words] = allOf as [Json, Json];
  const isWords = Object.keys(words).every((name) => ['description', 'example', 'examples', 'default'].includes(name));
  return typeof reference['$ref'] === 'string' && isWords ? { ...reference, ...words, ...rest } : value;
}
