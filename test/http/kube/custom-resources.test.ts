// Custom resources over the Kubernetes API: discovery, documents, writes, versions, subresources, deletion of the definition.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, MERGE, STRATEGIC, JSON_PATCH, APPLY, send } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

const SPEC_SCHEMA = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1 },
    mode: { type: 'string', enum: ['slow', 'fast'], default: 'slow' },
    replicas: { type: 'integer', default: 1 },
    color: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    parts: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, count: { type: 'integer' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    port: { 'x-kubernetes-int-or-string': true },
  },
};

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: SPEC_SCHEMA, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('custom resources', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = createTestCluster();
    await send(cluster, 'POST', DEFINITIONS, DEFINITION);
  });
  afterEach(() => cluster.remove());

  function widget(name: string, spec: object): object {
    return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec };
  }

  it('B4, B9: a definition is established at once and its resources are discovered', async () => {
    const { body } = await send(cluster, 'GET', `${DEFINITIONS}/widgets.example.com`);
    expect(body.status.conditions.map(({ type, status, reason }: Record<string, string>) => `${type}=${status} ${reason}`)).toEqual([
      'NamesAccepted=True NoConflicts',
      'Established=True InitialNamesAccepted',
    ]);
    expect(body.status.acceptedNames).toEqual({
      plural: 'widgets',
      singular: 'widget',
      shortNames: ['wd'],
      kind: 'Widget',
      listKind: 'WidgetList',
    });
    const group = await send(cluster, 'GET', '/apis/example.com');
    expect(group.body.versions.map((version: { version: string }) => version.version)).toEqual(['v1', 'v1beta1']);
    const list = await send(cluster, 'GET', '/apis/example.com/v1');
    expect(list.body.resources.map((resource: { name: string }) => resource.name)).toEqual(['widgets', 'widgets/scale', 'widgets/status']);
  });

  it('C6, C8: documents describe them under another hash than before', async () => {
    const index = await send(cluster, 'GET', '/openapi/v3');
    expect(index.body.paths['apis/example.com/v1'].serverRelativeURL).toMatch(/\?hash=[0-9A-F]+$/);
    const { body } = await send(cluster, 'GET', '/openapi/v3/apis/example.com/v1');
    expect(body.components.schemas['com.example.v1.Widget'].properties.spec.properties.mode.enum).toEqual(['slow', 'fast']);
    expect(body.paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'].patch['x-kubernetes-group-version-kind']).toEqual({
      group: 'example.com',
      version: 'v1',
      kind: 'Widget',
    });
  });

  it('P12: a schema may ask for what every object has, and bound its name', async () => {
    const openAPIV3Schema = {
      type: 'object',
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 8, pattern: '^[a-z]+$' } } },
        spec: { type: 'object' },
      },
      'x-kubernetes-validations': [{ rule: "self.metadata.name != 'taken'" }],
    };
    const names = { plural: 'gadgets', kind: 'Gadget' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
    const spec = { group: 'example.com', scope: 'Namespaced', names, versions };
    await send(cluster, 'POST', DEFINITIONS, { ...DEFINITION, metadata: { name: 'gadgets.example.com' }, spec });
    const gadget = (name: string, more: object): object => ({ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name }, ...more });
    const path = '/apis/example.com/v1/namespaces/default/gadgets';
    expect((await send(cluster, 'POST', path, gadget('fine', { spec: {} }))).status).toBe(201);
    expect((await send(cluster, 'PATCH', `${path}/fine`, { metadata: { labels: { a: 'b' } } }, MERGE)).status).toBe(200);
    const refusals = await Promise.all(
      [gadget('bare', {}), gadget('a-1', { spec: {} }), gadget('muchtoolong', { spec: {} }), gadget('taken', { spec: {} })].map((body) =>
        send(cluster, 'POST', path, body),
      ),
    );
    expect(refusals.map(({ body }) => body.message)).toEqual([
      'Gadget.example.com "bare" is invalid: [spec: Required value, <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      'Gadget.example.com "a-1" is invalid: metadata.name: Invalid value: "a-1": metadata.name in body should match \'^[a-z]+$\'',
      'Gadget.example.com "muchtoolong" is invalid: [metadata.name: Too long: may not be more than 8 bytes, <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      'Gadget.example.com "taken" is invalid: <nil>: Invalid value: "object": failed rule: self.metadata.name != \'taken\'',
    ]);
  });

  it('C11, C12: unknown fields are dropped with a warning, or refused', async () => {
    const warned = await send(cluster, 'POST', WIDGETS, widget('a', { size: 1, weight: 2 }));
    expect([warned.status, warned.warning, warned.body.spec]).toEqual([
      201,
      '299 - "unknown field \\"spec.weight\\""',
      { size: 1, mode: 'slow', replicas: 1 },
    ]);
    const strict = await send(cluster, 'POST', `${WIDGETS}?fieldValidation=Strict`, widget('b', { size: 1, weight: 2 }));
    expect(strict.body.message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.weight"',
    );
  });

  it.each<[string, object, string]>([
    ['a missing field', {}, 'spec.size: Required value'],
    ['a small number', { size: 0 }, 'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    ['a wrong type', { size: 'x' }, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    ['another value', { size: 1, mode: 'z' }, 'spec.mode: Unsupported value: "z": supported values: "slow", "fast"'],
    ['a pattern', { size: 1, color: 'R' }, 'spec.color: Invalid value: "R": spec.color in body should match \'^[a-z]+$\''],
    ['a long text', { size: 1, color: 'purple' }, 'spec.color: Too long: may not be more than 5 bytes'],
    ['an item', { size: 1, parts: [{ count: 1 }] }, 'spec.parts[0].name: Required value'],
    ['an item twice', { size: 1, parts: [{ name: 'x' }, { name: 'x' }] }, 'spec.parts[1]: Duplicate value: {"name":"x"}'],
    [
      'a value of a map',
      { size: 1, labels: { a: 1 } },
      'spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"',
    ],
    [
      'neither number nor text',
      { size: 1, port: true },
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    ],
  ])('P1: %s', async (_, spec, problem) => {
    const { status: code, body } = await send(cluster, 'POST', WIDGETS, widget('bad', spec));
    expect([code, body.message]).toEqual([422, `Widget.example.com "bad" is invalid: ${problem}`]);
  });

  it('J1: patches are merge and JSON patches and apply, not strategic', async () => {
    await send(cluster, 'POST', WIDGETS, widget('a', { size: 1 }));
    const merged = await send(cluster, 'PATCH', `${WIDGETS}/a`, { spec: { size: 2 } }, MERGE);
    expect([merged.status, merged.body.spec.size, merged.body.metadata.generation]).toEqual([200, 2, 2]);
    const json = await send(cluster, 'PATCH', `${WIDGETS}/a`, [{ op: 'replace', path: '/spec/size', value: 3 }], JSON_PATCH);
    expect(json.body.spec.size).toBe(3);
    const strategic = await send(cluster, 'PATCH', `${WIDGETS}/a`, { spec: { size: 2 } }, STRATEGIC);
    expect(strategic.status).toBe(415);
  });

  it('K4, K5: appliers share a list by its keys', async () => {
    const apply = (manager: string, spec: object): Promise<Answer> =>
      send(cluster, 'PATCH', `${WIDGETS}/a?fieldManager=${manager}`, widget('a', spec), APPLY);
    await apply('one', { size: 1, parts: [{ name: 'x', count: 1 }] });
    const { status: code, body } = await apply('two', { parts: [{ name: 'y', count: 2 }] });
    expect([code, body.spec.parts]).toEqual([
      200,
      [
        { name: 'x', count: 1 },
        { name: 'y', count: 2 },
      ],
    ]);
    const conflict = await apply('two', { parts: [{ name: 'x', count: 2 }] });
    expect([conflict.status, conflict.body.details.causes[0].field]).toEqual([409, '.spec.parts[name="x"].count']);
  });

  it('I6, M1, M2: status and scale are subresources', async () => {
    await send(cluster, 'POST', WIDGETS, { ...widget('a', { size: 1 }), status: { replicas: 9 } });
    const status = await send(
      cluster,
      'PATCH',
      `${WIDGETS}/a/status`,
      { spec: { size: 5 }, status: { replicas: 1, deep: { er: 1 } } },
      MERGE,
    );
    expect([status.body.spec.size, status.body.status, status.body.metadata.generation]).toEqual([1, { replicas: 1, deep: { er: 1 } }, 1]);
    const scaled = await send(cluster, 'PATCH', `${WIDGETS}/a/scale`, { spec: { replicas: 4 } }, MERGE);
    expect([scaled.body.kind, scaled.body.spec, scaled.body.status]).toEqual(['Scale', { replicas: 4 }, { replicas: 1, selector: '' }]);
    const { body } = await send(cluster, 'GET', `${WIDGETS}/a`);
    expect([body.spec.replicas, body.metadata.generation]).toEqual([4, 2]);
  });

  it('O14 what was stored before is read by the schema of today, in each version', async () => {
    await send(cluster, 'POST', WIDGETS, {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { size: 1, color: 'red' },
    });
    const { body } = await send(cluster, 'GET', `${DEFINITIONS}/widgets.example.com`);
    const [v1, beta] = body.spec.versions;
    const { color: _color, ...properties } = SPEC_SCHEMA.properties;
    const added = { ...properties, area: { type: 'object', default: {}, properties: { unit: { type: 'string', default: 'm' } } } };
    v1.schema.openAPIV3Schema.properties.spec.properties = added;
    beta.schema.openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } };
    await send(cluster, 'PUT', `${DEFINITIONS}/widgets.example.com`, body);
    const seen = { area: { unit: 'm' }, mode: 'slow', replicas: 1, size: 1 };
    const read = await send(cluster, 'GET', `${WIDGETS}/w`);
    expect([read.body.spec, Object.keys(read.body.spec)]).toEqual([seen, Object.keys(seen)]);
    expect((await send(cluster, 'GET', WIDGETS)).body.items[0].spec).toEqual(seen);
    expect((await send(cluster, 'GET', `${WIDGETS.replace('/v1/', '/v1beta1/')}/w`)).body).toMatchObject({
      apiVersion: 'example.com/v1beta1',
      spec: { size: 1 },
    });
    expect((await send(cluster, 'GET', `${WIDGETS.replace('/v1/', '/v1beta1/')}/w`)).body.spec).toEqual({ size: 1 });
    const watch = await cluster.fetch(`${WIDGETS}?watch=true&timeoutSeconds=1`);
    expect(JSON.parse((await watch.text()).split('\n')[0] ?? '').object.spec).toEqual(seen);
    expect((await send(cluster, 'PATCH', `${WIDGETS}/w`, { spec: { size: 2 } }, MERGE)).body.spec).toEqual({
      ...seen,
      size: 2,
    });
  });

  it('B7: the versions of a resource have the same objects', async () => {
    const beta = '/apis/example.com/v1beta1/namespaces/default/widgets';
    const created = await send(cluster, 'POST', beta, {
      apiVersion: 'example.com/v1beta1',
      kind: 'Widget',
      metadata: { name: 'a' },
      spec: { size: 1 },
    });
    expect([created.status, created.body.apiVersion, created.warning]).toEqual([
      201,
      'example.com/v1beta1',
      '299 - "example.com/v1beta1 Widget is deprecated"',
    ]);
    const list = await send(cluster, 'GET', WIDGETS);
    expect([list.body.kind, list.body.items[0].kind, list.body.items[0].apiVersion]).toEqual(['WidgetList', 'Widget', 'example.com/v1']);
  });

  it('C902: owners may be custom resources', async () => {
    const { body } = await send(cluster, 'POST', WIDGETS, widget('a', { size: 1 }));
    const owner = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'a', uid: body.metadata.uid };
    await send(cluster, 'POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'owned', ownerReferences: [owner] } });
    await send(cluster, 'DELETE', `${WIDGETS}/a`);
    expect((await send(cluster, 'GET', '/api/v1/namespaces/default/configmaps/owned')).status).toBe(404);
  });

  it('C917: they go with their namespace', async () => {
    await send(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
    await send(cluster, 'POST', WIDGETS.replace('default', 'other'), widget('a', { size: 1 }));
    await send(cluster, 'DELETE', '/api/v1/namespaces/other');
    await cluster.advance(30_000);
    expect((await send(cluster, 'GET', '/api/v1/namespaces/other')).status).toBe(404);
    expect((await send(cluster, 'GET', '/apis/example.com/v1/widgets')).body.items).toEqual([]);
  });

  it('L6: a deleted definition takes its instances with it, as soon as they may go', async () => {
    await send(cluster, 'POST', WIDGETS, { ...widget('a', { size: 1 }), metadata: { name: 'a', finalizers: ['example.com/wait'] } });
    const deleted = await send(cluster, 'DELETE', `${DEFINITIONS}/widgets.example.com`);
    expect(deleted.body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    const waiting = await send(cluster, 'GET', `${DEFINITIONS}/widgets.example.com`);
    expect(waiting.body.status.conditions.at(-1).reason).toBe('InstanceDeletionInProgress');
    await send(cluster, 'PATCH', `${WIDGETS}/a`, { metadata: { finalizers: null } }, MERGE);
    expect((await send(cluster, 'GET', `${DEFINITIONS}/widgets.example.com`)).status).toBe(404);
    expect((await send(cluster, 'GET', WIDGETS)).status).toBe(404);
  });

  it('B9: a second definition with the same names is not served', async () => {
    const other = {
      ...DEFINITION,
      metadata: { name: 'gizmos.example.com' },
      spec: { ...DEFINITION.spec, names: { plural: 'gizmos', kind: 'Widget' } },
    };
    await send(cluster, 'POST', DEFINITIONS, other);
    const { body } = await send(cluster, 'GET', `${DEFINITIONS}/gizmos.example.com`);
    expect(body.status.conditions.map(({ type, reason, message }: Record<string, string>) => `${type} ${reason} ${message}`)).toEqual([
      'NamesAccepted ListKindConflict "WidgetList" is already in use',
      'Established NotAccepted not all names are accepted',
    ]);
    expect((await send(cluster, 'GET', '/apis/example.com/v1/namespaces/default/gizmos')).status).toBe(404);
    await send(cluster, 'DELETE', `${DEFINITIONS}/widgets.example.com`);
    expect((await send(cluster, 'GET', '/apis/example.com/v1/namespaces/default/gizmos')).status).toBe(200);
  });

  it('H1: a watch sees them', async () => {
    const response = await cluster.fetch(`${WIDGETS}?watch=true&resourceVersion=0`);
    const reader = response.body?.getReader();
    await send(cluster, 'POST', WIDGETS, widget('a', { size: 1 }));
    const chunk = await reader?.read();
    const event = JSON.parse(new TextDecoder().decode(chunk?.value as Uint8Array)) as { type: string; object: { spec: object } };
    expect([event.type, event.object.spec]).toEqual(['ADDED', { size: 1, mode: 'slow', replicas: 1 }]);
    await reader?.cancel();
  });

  describe('schemas that leave room', () => {
    const OPEN = { 'x-kubernetes-preserve-unknown-fields': true };
    const GEARS = '/apis/example.com/v1/namespaces/default/gears';

    /** Defines gears with a schema. */
    async function define(openAPIV3Schema: object): Promise<void> {
      const names = { plural: 'gears', kind: 'Gear' };
      const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
      const spec = { group: 'example.com', scope: 'Namespaced', names, versions };
      const { status: code, body } = await send(cluster, 'POST', DEFINITIONS, {
        ...DEFINITION,
        metadata: { name: 'gears.example.com' },
        spec,
      });
      expect(code, body.message).toBe(201);
    }

    function gear(content: object): object {
      return { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'a' }, ...content };
    }

    const apply = (content: object, manager = 'one'): Promise<Answer> =>
      send(cluster, 'PATCH', `${GEARS}/a?fieldManager=${manager}`, gear(content), APPLY);

    const fieldsOf = ({ body }: Answer): unknown => body.metadata.managedFields.map(({ fieldsV1 }: { fieldsV1: unknown }) => fieldsV1);

    it('K4 C11 at the root: applied, and every member is owned', async () => {
      await define({ type: 'object', ...OPEN });
      const applied = await apply({ spec: { a: 1, deep: { b: [1] } }, data: 'text', none: {} });
      expect([applied.status, applied.warning, applied.body.spec, applied.body.data]).toEqual([
        201,
        null,
        { a: 1, deep: { b: [1] } },
        'text',
      ]);
      expect(fieldsOf(applied)).toEqual([
        { 'f:data': {}, 'f:none': {}, 'f:spec': { '.': {}, 'f:a': {}, 'f:deep': { '.': {}, 'f:b': {} } } },
      ]);
      const conflict = await apply({ spec: { a: 2 } }, 'two');
      expect([conflict.status, conflict.body.details.causes[0].field]).toEqual([409, '.spec.a']);
      const without = await apply({ data: 'text' });
      expect([without.body.spec, without.body.none]).toEqual([undefined, undefined]);
    });

    it('K4 C11 beside properties, and in everything below', async () => {
      await define({
        type: 'object',
        properties: {
          spec: { type: 'object', ...OPEN, properties: { a: { type: 'object', properties: { b: { type: 'string' } } }, any: OPEN } },
          closed: { type: 'object', properties: { b: { type: 'string' } } },
        },
      });
      const applied = await apply({ spec: { q: { r: 1 }, a: { b: 'x' }, any: 5 } });
      expect([applied.status, applied.body.spec]).toEqual([201, { q: { r: 1 }, a: { b: 'x' }, any: 5 }]);
      expect(fieldsOf(applied)).toEqual([{ 'f:spec': { 'f:a': { 'f:b': {} }, 'f:any': {}, 'f:q': { '.': {}, 'f:r': {} } } }]);
      const wrong = await apply({ closed: { c: 1 } });
      expect([wrong.status, wrong.body.message]).toEqual([500, expect.stringContaining('.closed.c: field not declared in schema')]);
    });

    it('K4 C11 additionalProperties beside properties: other members stay, what is in them does not', async () => {
      await define({
        type: 'object',
        properties: { spec: { type: 'object', additionalProperties: true, properties: { a: { type: 'string' } } } },
      });
      const applied = await apply({ spec: { a: 'x', b: 1, c: { d: 1 } } });
      expect([applied.status, applied.body.spec]).toEqual([201, { a: 'x', b: 1, c: {} }]);
    });

    it('C11 what is in a list that preserves', async () => {
      const items = { type: 'object', properties: { a: { type: 'string' } } };
      await define({ type: 'object', properties: { open: { type: 'array', ...OPEN, items }, closed: { type: 'array', items } } });
      const { body } = await send(cluster, 'POST', GEARS, gear({ open: [{ a: 'x', b: 1 }], closed: [{ a: 'x', b: 1 }] }));
      expect([body.open, body.closed]).toEqual([[{ a: 'x', b: 1 }], [{ a: 'x' }]]);
    });

    it('C17 documents have all that a schema says of values, version 2 without what it has no words for', async () => {
      const name = { type: 'string', pattern: '^a', minLength: 1, maxLength: 9, default: 'ab', enum: ['ab', 'ac'], nullable: false };
      const count = { type: 'integer', format: 'int32', minimum: 1, maximum: 5, exclusiveMaximum: true, multipleOf: 2, title: 'Count' };
      const rules = [{ rule: 'self.size() < 3', message: 'too many' }];
      const list = {
        type: 'array',
        items: { type: 'boolean' },
        minItems: 1,
        maxItems: 2,
        uniqueItems: false,
        'x-kubernetes-validations': rules,
      };
      const either = { type: 'string', anyOf: [{ pattern: 'x' }, { not: { maxLength: 3 } }] };
      const map = { type: 'object', additionalProperties: { type: 'integer', minimum: 0 }, minProperties: 1, maxProperties: 4 };
      await define({ type: 'object', properties: { name, count, list, either, map } });
      const v3 = (await send(cluster, 'GET', '/openapi/v3/apis/example.com/v1')).body.components.schemas['com.example.v1.Gear'].properties;
      expect(v3).toMatchObject({ name, count, list, either, map });
      const v2 = (await send(cluster, 'GET', '/openapi/v2')).body.definitions['com.example.v1.Gear'].properties;
      const { nullable: _, ...without } = name;
      expect([v2.name, v2.count, v2.either]).toEqual([without, count, { type: 'string' }]);
    });

    it('C4 C8 version 2 of the documents says nothing of them, version 3 all', async () => {
      await define({
        type: 'object',
        properties: {
          open: { type: 'object', ...OPEN, properties: { a: { type: 'string' } } },
          null: { type: 'object', nullable: true, properties: { a: { type: 'string' } } },
          object: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
        },
        required: ['open', 'null'],
      });
      const v2 = (await send(cluster, 'GET', '/openapi/v2')).body.definitions;
      const gearSchema = v2['com.example.v1.Gear'];
      expect([gearSchema.properties.open, gearSchema.properties.null, gearSchema.required]).toEqual([{ ...OPEN }, {}, ['open']]);
      expect(Object.keys(gearSchema.properties.object.properties).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
      expect(v2['com.example.v1beta1.Widget']).toEqual({
        type: 'object',
        'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1beta1', kind: 'Widget' }],
      });
      const v3 = (await send(cluster, 'GET', '/openapi/v3/apis/example.com/v1')).body.components.schemas['com.example.v1.Gear'];
      expect(v3.properties.open).toEqual({ type: 'object', ...OPEN, properties: { a: { type: 'string' } } });
      const beta = (await send(cluster, 'GET', '/openapi/v3/apis/example.com/v1beta1')).body.components.schemas[
        'com.example.v1beta1.Widget'
      ];
      expect(Object.keys(beta.properties)).toEqual(['apiVersion', 'kind', 'metadata']);
    });
  });
});
