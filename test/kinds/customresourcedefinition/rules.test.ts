// Rules of definitions: what is accepted as a rule, and how objects are judged by them, in upstream's words.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Kind } from '../../../src/engine/kinds/kind.ts';
import { customKindsOf } from '../../../src/engine/kinds/customresourcedefinition/resource.ts';
import type { CustomResourceDefinition } from '../../../src/engine/kinds/customresourcedefinition/types.ts';
import { validateDefinition } from '../../../src/engine/kinds/customresourcedefinition/validation.ts';

const NAMES = { plural: 'pools', singular: 'pool', kind: 'Pool', listKind: 'PoolList' };

function definition(schema: object, more: object = {}): CustomResourceDefinition {
  return {
    metadata: { name: 'pools.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: NAMES,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more }],
    },
    status: { conditions: [{ type: 'Established', status: 'True' }], acceptedNames: NAMES },
  } as unknown as CustomResourceDefinition;
}

const AT = 'spec.versions[0].schema.openAPIV3Schema';

/** A definition whose spec has properties and rules. */
function withSpec(spec: object): CustomResourceDefinition {
  return definition({ type: 'object', properties: { spec: { type: 'object', ...spec } } });
}

function errorsOf(given: CustomResourceDefinition): string[] {
  return validateDefinition(given).map(({ field, message }) => `${field}: ${message}`);
}

function rule(text: string, more: object = {}): object {
  return { 'x-kubernetes-validations': [{ rule: text, ...more }] };
}

const INT = { type: 'integer' };
const TEXT = { type: 'string' };
const ADVICE = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
const DUMP = (text: string): string =>
  `apiextensions.ValidationRule{Rule:${JSON.stringify(text)}, Message:"", MessageExpression:"", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}`;

/** A duration in a list in a list, as meshes have them. */
const NESTED = {
  type: 'array',
  items: { type: 'array', items: { type: 'string', ...rule("duration(self) >= duration('1ms')") } },
};
const SAYING = { type: 'string', maxLength: 4, ...rule('true', { messageExpression: "'not ' + self" }) };

describe('P12: rules of definitions', () => {
  it.each<[string, CustomResourceDefinition, string[]]>([
    ['a good rule', withSpec({ properties: { a: INT, b: INT }, ...rule('self.a <= self.b') }), []],
    [
      'a field that is not there',
      withSpec({ properties: { a: INT }, ...rule('self.x > 1') }),
      [
        `${AT}.properties[spec].x-kubernetes-validations[0].rule: Invalid value: ${DUMP('self.x > 1')}: compilation failed: ERROR: <input>:1:5: undefined field 'x'\n | self.x > 1\n | ....^`,
      ],
    ],
    [
      'no truth',
      withSpec({ properties: { a: INT }, ...rule('self.a') }),
      [`${AT}.properties[spec].x-kubernetes-validations[0].rule: Invalid value: ${DUMP('self.a')}: cel expression must evaluate to a bool`],
    ],
    ['no rule', withSpec(rule(' ')), [`${AT}.properties[spec].x-kubernetes-validations[0].rule: Required value: rule is not specified`]],
    [
      'a rule of lines without a message',
      withSpec(rule('true\n|| true')),
      [
        `${AT}.properties[spec].x-kubernetes-validations[0].message: Required value: message must be specified if rule contains line breaks`,
      ],
    ],
    [
      'another reason, another path',
      withSpec(rule('true', { reason: 'Other', fieldPath: '.x' })),
      [
        `${AT}.properties[spec].x-kubernetes-validations[0].reason: Unsupported value: "Other": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
        `${AT}.properties[spec].x-kubernetes-validations[0].fieldPath: Invalid value: ".x": fieldPath must be a valid path`,
      ],
    ],
    [
      'what stands in lists and maps without bounds',
      withSpec({ properties: { l: NESTED, m: { type: 'object', additionalProperties: NESTED } } }),
      [],
    ],
    ['a message in them', withSpec({ properties: { l: { ...NESTED, items: { ...NESTED.items, items: SAYING } } } }), []],
    [
      'networks that are compared',
      withSpec({ properties: { cidr: { type: 'string', maxLength: 48 } }, ...rule('cidr(self.cidr) == cidr(self.cidr).masked()') }),
      [],
    ],
    [
      'a format of a name, compared with nothing',
      withSpec({
        properties: { name: { ...TEXT, maxLength: 63, ...rule('size(self) == 0 || format.dns1123Label().validate(self) == null') } },
      }),
      [],
    ],
    [
      'a format of a name without a bound',
      withSpec({ properties: { name: { ...TEXT, ...rule('!format.dns1123Label().validate(self).hasValue()') } } }),
      [
        `${AT}.properties[spec].properties[name].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.006634x ${ADVICE}`,
      ],
    ],
    [
      'texts without bounds that are networks and quantities',
      withSpec({ properties: { l: { type: 'array', items: { ...TEXT, ...rule('isCIDR(self) || isQuantity(self)') } } } }),
      [],
    ],
    [
      'fields that are called as keywords are, with and without underscores',
      withSpec({
        properties: { items: { type: 'array', maxItems: 50, items: { type: 'object', properties: { namespace: TEXT, if: INT } } } },
        ...rule('self.items.all(t, !has(t.namespace) || size(t.__namespace__) == 0 || t.if > 0)'),
      }),
      [],
    ],
    [
      'what stands in too large ones',
      withSpec({ properties: { l: { ...NESTED, maxItems: 4096, items: { ...NESTED.items, maxItems: 4096 } } } }),
      [
        `${AT}.properties[spec].properties[l].items.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 6.7x ${ADVICE}`,
      ],
    ],
    [
      'what costs too much',
      withSpec({ properties: { l: { type: 'array', items: TEXT } }, ...rule('self.l.all(x, self.l.all(y, x == y))') }),
      [
        `${AT}.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${ADVICE}`,
        `${AT}.properties[spec].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `${AT}: Forbidden: x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${ADVICE}`,
      ],
    ],
    [
      'the same within bounds',
      withSpec({
        properties: { l: { type: 'array', maxItems: 10, items: { ...TEXT, maxLength: 10 } } },
        ...rule('self.l.all(x, self.l.all(y, x == y))'),
      }),
      [],
    ],
    [
      'an old value that cannot be told',
      withSpec({ properties: { l: { type: 'array', maxItems: 3, items: { ...TEXT, maxLength: 5, ...rule('self == oldSelf') } } } }),
      [
        `${AT}.properties[spec].properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${AT}.properties[spec].properties[l]`,
      ],
    ],
    [
      'a field to select by',
      definition(
        { type: 'object', properties: { spec: { type: 'object', properties: { a: TEXT, o: { type: 'object' } } } } },
        { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.x' }, { jsonPath: '.spec.o' }, { jsonPath: '.metadata.name' }] },
      ),
      [
        'spec.versions[0].selectableFields[1].jsonPath: Invalid value: ".spec.x": is an invalid path: does not refer to a valid field',
        'spec.versions[0].selectableFields[2].jsonPath: Invalid value: ".spec.o": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        'spec.versions[0].selectableFields[3].jsonPath: Invalid value: ".metadata.name": must not point to fields in metadata',
      ],
    ],
  ])('%s', (_name, given, expected) => {
    expect(errorsOf(given)).toEqual(expected);
  });
});

function kindOf(given: CustomResourceDefinition): Kind {
  return customKindsOf(given)[0] as Kind;
}

function pool(spec: unknown): KubeObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Pool',
    metadata: { name: 'p', namespace: 'default', uid: 'u' },
    spec,
  } as unknown as KubeObject;
}

function judged(given: CustomResourceDefinition, spec: unknown, previous?: unknown): string[] {
  const kind = kindOf(given);
  const errors = kind.validate(pool(spec), previous === undefined ? undefined : pool(previous));
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

const RANGE = withSpec({
  properties: { low: INT, high: INT, zone: { ...TEXT, ...rule('self == oldSelf', { message: 'zone cannot change' }) } },
  ...rule('self.low <= self.high', { message: 'low must not exceed high' }),
});
const MAP_LIST = withSpec({
  properties: {
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', required: ['name'], properties: { name: TEXT, port: INT }, ...rule('self.port >= oldSelf.port') },
    },
  },
});

describe('P12: objects judged by rules', () => {
  it.each<[string, CustomResourceDefinition, unknown, unknown, string[]]>([
    ['kept', RANGE, { low: 1, high: 9, zone: 'a' }, undefined, []],
    [
      'a field that is called as a keyword is',
      withSpec({ properties: { namespace: TEXT }, ...rule(`has(self.namespace) && self.namespace == 'a' && self.__namespace__ == 'a'`) }),
      { namespace: 'b' },
      undefined,
      [`spec: Invalid value: "object": failed rule: has(self.namespace) && self.namespace == 'a' && self.__namespace__ == 'a'`],
    ],
    [
      'a field that is called so, kept',
      withSpec({ properties: { namespace: TEXT }, ...rule(`has(self.namespace) && self.namespace == 'a' && self.__namespace__ == 'a'`) }),
      { namespace: 'a' },
      undefined,
      [],
    ],
    ['broken', RANGE, { low: 9, high: 1 }, undefined, ['spec: Invalid value: "object": low must not exceed high']],
    [
      'a change',
      RANGE,
      { low: 1, high: 9, zone: 'b' },
      { low: 1, high: 9, zone: 'a' },
      ['spec.zone: Invalid value: "string": zone cannot change'],
    ],
    ['broken before, and not changed', RANGE, { low: 9, high: 1 }, { low: 9, high: 1 }, []],
    [
      'a missing field',
      RANGE,
      { low: 9 },
      undefined,
      ['spec: Invalid value: "object": no such key: high evaluating rule: low must not exceed high'],
    ],
    [
      'another type',
      RANGE,
      { low: 'x', high: 1 },
      undefined,
      [
        'spec.low: Invalid value: "string": spec.low in body must be of type integer: "string"',
        '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      ],
    ],
    [
      'no message',
      withSpec({ properties: { a: INT }, ...rule('self.a > 1') }),
      { a: 1 },
      undefined,
      ['spec: Invalid value: "object": failed rule: self.a > 1'],
    ],
    [
      'a message that is made, a reason, a path',
      withSpec({
        properties: { a: INT },
        ...rule('self.a > 1', { messageExpression: '"a is %d".format([self.a])', reason: 'FieldValueForbidden', fieldPath: '.a' }),
      }),
      { a: 1 },
      undefined,
      ['spec.a: Forbidden: a is 1'],
    ],
    [
      'items by their keys, in another order',
      MAP_LIST,
      {
        ports: [
          { name: 'b', port: 1 },
          { name: 'a', port: 5 },
          { name: 'new', port: 0 },
        ],
      },
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 2 },
        ],
      },
      ['spec.ports[0]: Invalid value: "object": failed rule: self.port >= oldSelf.port'],
    ],
    [
      'an old value that need not be there',
      withSpec({ properties: { a: INT }, ...rule('oldSelf.hasValue() || self.a == 0', { optionalOldSelf: true }) }),
      { a: 1 },
      undefined,
      ['spec: Invalid value: "object": failed rule: oldSelf.hasValue() || self.a == 0'],
    ],
    [
      'names that are escaped, numbers or texts, times, sets',
      withSpec({
        properties: {
          'x-y': INT,
          namespace: TEXT,
          p: { 'x-kubernetes-int-or-string': true },
          t: { type: 'string', format: 'date-time' },
          s: { type: 'array', 'x-kubernetes-list-type': 'set', items: TEXT, maxItems: 5 },
        },
        ...rule(
          `self.x__dash__y == 1 && self.__namespace__ == 'n' && type(self.p) == int && self.t.getFullYear() == 2025 && self.s == ['b', 'a'] && has(self.s) && !has(self.z)`.replace(
            ' && !has(self.z)',
            '',
          ),
        ),
      }),
      { 'x-y': 1, namespace: 'n', p: 5, t: '2025-01-01T00:00:00Z', s: ['a', 'b'] },
      undefined,
      [],
    ],
    [
      'the name of the object',
      definition({ type: 'object', properties: { spec: { type: 'object' } }, ...rule('self.metadata.name == "q"') }),
      {},
      undefined,
      ['<nil>: Invalid value: "object": failed rule: self.metadata.name == "q"'],
    ],
  ])('%s', (_name, given, spec, previous, expected) => {
    expect(judged(given, spec, previous)).toEqual(expected);
  });

  it('what was broken before and is not changed is warned about', () => {
    const spec = { low: 9, high: 1 };
    expect(kindOf(RANGE).warnings?.(pool(spec), pool(spec))).toEqual(['spec: Invalid value: "object": low must not exceed high']);
  });

  it('values of a schema are ratcheted too: what is as it was is let pass', () => {
    const given = withSpec({ properties: { a: { ...INT, maximum: 5 }, b: INT } });
    expect(judged(given, { a: 9, b: 2 }, { a: 9, b: 1 })).toEqual([]);
    expect(judged(given, { a: 8, b: 2 }, { a: 9, b: 1 })).toEqual([
      'spec.a: Invalid value: 8: spec.a in body should be less than or equal to 5',
    ]);
  });
});
