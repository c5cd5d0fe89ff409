// The named schemas of the routes. They are described before what refers to them: the words of the first reference would otherwise become those of the schema.

import { getRefId } from '@asteasolutions/zod-to-openapi';
import type { z } from '@hono/zod-openapi';
import type { EndpointSpec } from './endpoint.ts';

export type Named = ReadonlyMap<string, z.ZodType>;

/** The schemas of routes that have names, each behind those that it is made of. */
export function namedSchemas(specs: readonly EndpointSpec[]): Named {
  return namedIn(specs.flatMap(schemasOf));
}

/** The same of schemas. */
export function namedIn(schemas: readonly z.ZodType[]): Named {
  const named = new Map<string, z.ZodType>();
  const seen = new Set<z.core.$ZodType>();
  const visit = (schema: z.core.$ZodType): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    for (const part of partsOf(schema)) visit(part);
    const name = getRefId(schema as z.ZodType);
    // What only says that a schema may be left out has its name too.
    if (name !== undefined && !named.has(name)) named.set(name, schema as z.ZodType);
  };
  for (const schema of schemas) visit(schema);
  return named;
}

function schemasOf({ params, query, headers, body, answer }: EndpointSpec): z.ZodType[] {
  const sent = body === undefined ? undefined : body.kind === 'json' ? body.schema : body.jsonSchema;
  return [params, query, headers, sent, answer.schema].filter((schema) => schema !== undefined);
}

function partsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return Object.values(def.shape);
    case 'array':
      return [def.element];
    case 'union':
      return def.options;
    case 'record':
      return [def.valueType];
    case 'pipe':
      return [def.in];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return [def.innerType];
    default:
      return [];
  }
}
