// The OpenAPI documents of the kinds that are here, compared with those of a real v1.33 cluster: types, required fields, references, list and
// merge keys, values. Prose is our own, and defaults are not told. Rules: C5-C8.

import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/engine/kinds/index.ts';
import { openApiV3Document } from '../../../src/http/kube/documents.ts';
import { recordedDocuments } from './recorded-case.ts';

type Members = Readonly<Record<string, unknown>>;

interface Document {
  readonly paths: Readonly<Record<string, Members>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const RECORDED = Object.entries(recordedDocuments('openapi')).map(
  ([name, document]) => [name.replaceAll('__', '/'), document as Document] as const,
);

describe('recorded on a real cluster: openapi', () => {
  it.each(RECORDED)('C7, C8: %s', (groupVersion, recorded) => {
    const served = openApiV3Document(KINDS, groupVersion);
    // The groups of later versions of this project are not an error of this one.
    if (served === undefined) return;
    const document = JSON.parse(served.body as string) as Document;
    const differences = Object.entries(document.components.schemas).flatMap(([name, schema]) => {
      const wanted = JSON.stringify(structureOf(recorded.components.schemas[name]));
      const given = JSON.stringify(structureOf(schema));
      return SCALARS.has(name) || wanted === given ? [] : [`${name}: ${wanted}, not ${given}`];
    });
    expect(differences, differences.join('\n')).toEqual([]);
  });

  it.each(RECORDED)('C7: paths of %s', (groupVersion, recorded) => {
    const served = openApiV3Document(KINDS, groupVersion);
    if (served === undefined) return;
    const { paths } = JSON.parse(served.body as string) as Document;
    expect(Object.keys(paths).filter((path) => recorded.paths[path] === undefined)).toEqual([]);
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const wanted = (recorded.paths[path]?.[method] ?? {}) as Members;
        expect((operation as Members)[GVK], `${method} ${path}`).toEqual(wanted[GVK]);
      }
    }
  });
});

const GVK = 'x-kubernetes-group-version-kind';

/** Their texts and forms say more upstream; their types are the same to clients. */
const SCALARS = new Set([
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
]);

const SKIPPED = new Set(['description', 'default', 'x-kubernetes-unions']);

/** A schema with its members sorted and without what only describes; a reference is one whatever stands around it. */
function structureOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(structureOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { allOf, $ref, ...rest } = schema as Members & { allOf?: readonly { readonly $ref?: string }[]; $ref?: string };
  const reference = $ref ?? allOf?.[0]?.$ref;
  if (reference !== undefined && FREE_FORMS.has(reference.slice(reference.lastIndexOf('.') + 1))) return { type: 'object' };
  const members = Object.entries(rest).filter(([name]) => !SKIPPED.has(name) && !name.startsWith('x-kubernetes-validations'));
  const sorted = byName(members).map(([name, value]) => [name, memberOf(name, value)]);
  return Object.fromEntries(reference === undefined ? sorted : [...sorted, ['reference', reference]]);
}

/** Properties may have the names of members. */
function memberOf(name: string, value: unknown): unknown {
  if (name === 'required') return (value as readonly string[]).toSorted();
  if (name !== 'properties') return structureOf(value);
  return Object.fromEntries(byName(Object.entries(value as Members)).map(([property, schema]) => [property, structureOf(schema)]));
}

function byName(members: readonly [string, unknown][]): readonly [string, unknown][] {
  return members.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Types of any content, which need no definition. */
const FREE_FORMS = new Set(['FieldsV1', 'RawExtension']);
