// What protobuf has forms of its own for (D4, X5). That no field of any kind is lost in it stands in test/kinds/every-kind.test.ts.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { decodeProtobuf } from '../../../src/http/kube/protobuf/decode.ts';
import { encodeProtobuf, hasProtobufForm } from '../../../src/http/kube/protobuf/encode.ts';

describe('protobuf forms', () => {
  it('D4 X5 values of custom resource definitions that are any JSON, a schema or a boolean, a schema or a list', () => {
    const schema: JsonObject = {
      type: 'object',
      default: {},
      example: null,
      minimum: -1.5,
      multipleOf: 0.25,
      minLength: 0,
      nullable: true,
      'x-kubernetes-preserve-unknown-fields': false,
      properties: {
        any: { enum: [null, 0, '', false, 1.5, 'a', { b: [1] }] },
        zero: { type: 'integer', default: 0, maximum: 0 },
        no: { type: 'string', default: '', maxLength: 0 },
        list: { type: 'array', default: [], items: { type: 'string' } },
        tuple: { type: 'array', items: [{ type: 'string' }, {}] },
        open: { type: 'object', additionalProperties: true },
        closed: { type: 'object', additionalProperties: false },
        map: { type: 'object', additionalProperties: { type: 'integer', default: -3 } },
        ['__proto__']: { type: 'string' },
      },
      dependencies: { a: ['b'], c: { type: 'object' } },
      'x-kubernetes-validations': [{ rule: 'self.a > 0', message: 'm', reason: 'FieldValueInvalid', optionalOldSelf: false }],
    };
    const definition = crd({ subresources: { status: {} }, schema: { openAPIV3Schema: schema } });
    const decoded = decodeProtobuf(encodeProtobuf(definition) ?? new Uint8Array());
    const { example: _null, ...expected } = schema;
    expect(decoded).toEqual({ ok: true, value: crd({ subresources: { status: {} }, schema: { openAPIV3Schema: expected } }) });
  });

  it.each(['1969-12-31T23:59:59Z', '0001-01-01T00:00:01Z', '1970-01-01T00:00:01Z', '9999-12-31T23:59:59Z'])('D4 the time %s', (time) => {
    const object: JsonObject = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', creationTimestamp: time } };
    expect(decodeProtobuf(encodeProtobuf(object) ?? new Uint8Array())).toEqual({ ok: true, value: object });
  });

  it('D4 a schema that is too deep is refused', () => {
    let schema: JsonObject = { type: 'object' };
    for (let depth = 0; depth < 600; depth += 1) schema = { type: 'array', not: schema };
    const bytes = encodeProtobuf(crd({ schema: { openAPIV3Schema: schema } }));
    expect(decodeProtobuf(bytes ?? new Uint8Array())).toMatchObject({ ok: false });
  });

  it('D4 lists are encoded, kinds that have no protobuf form are not', () => {
    const list: JsonObject = {
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7' },
      items: [{ metadata: { name: 'a' } }],
    };
    expect(Buffer.from(encodeProtobuf(list) ?? []).toString('hex')).toBe(
      '6b3873000a130a027631120d436f6e6669674d61704c697374120c0a0312013712050a030a01611a002200',
    );
    expect(encodeProtobuf({ kind: 'Sample', apiVersion: 'example.com/v1' })).toBeUndefined();
    expect(hasProtobufForm('example.com/v1', 'SampleList')).toBe(false);
  });
});

function crd(version: JsonObject): JsonObject {
  const names = { plural: 'samples', kind: 'Sample' };
  const spec: JsonObject = {
    group: 'example.com',
    names,
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, ...version }],
  };
  return { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1', metadata: { name: 'samples.example.com' }, spec };
}
