// The OpenAPI document of the service API, made from the routes.

import { OpenAPIHono } from '@hono/zod-openapi';
import { describeEndpoint } from './describe.ts';
import { ENDPOINTS } from './index.ts';

const DESCRIPTION = [
  'Simulated Kubernetes clusters with a virtual clock. Create a cluster, hand it manifests, turn its clock, and watch what happens.',
  '',
  'Failures are problems (RFC 9457) with a `code` for programs and every single mistake in `errors`. Every cluster also speaks the API of',
  'Kubernetes below `/clusters/{cluster}`; that one is described by its own documents, as every Kubernetes API is.',
].join('\n');

/** The document. `version` is that of the package. */
export function serviceDocument(version: string): object {
  const app = new OpenAPIHono();
  for (const { spec } of ENDPOINTS) describeEndpoint(app.openAPIRegistry, spec);
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'Only when the service was started with a token.',
  });
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Orrery',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: ['Clusters', 'Manifests', 'Clock', 'Watch', 'Images', 'Faults', 'History'].map((name) => ({ name })),
    security: [{}, { token: [] }],
  });
  return describeDefaults(document) as object;
}

/** Defaults become words: generators of clients would otherwise demand members that a request may leave out. */
function describeDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(describeDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const { default: fallback, ...rest } = value as Record<string, unknown>;
  const described = Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, describeDefaults(member)]));
  // `default` is also the name of a response.
  const isSchema = fallback !== undefined && ('type' in rest || 'anyOf' in rest || 'enum' in rest);
  if (!isSchema) return fallback === undefined ? described : { ...described, default: describeDefaults(fallback) };
  const text = `Default: ${JSON.stringify(fallback)}.`;
  return { ...described, description: typeof rest['description'] === 'string' ? `${rest['description']} ${text}` : text };
}
