// The language's own conformance data, without what Kubernetes does not have: protocol buffers, and extensions that it does not switch on.

import { getConformanceSuite, type IncrementalTest, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { describe, expect, it } from 'vitest';
import { compile, KUBERNETES_FUNCTIONS, run } from '../../../src/engine/apimachinery/cel/index.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../../../src/engine/apimachinery/cel/types.ts';
import { type CelResult, type CelValue, isEqual, isFailure, kindOf, list, map, uint } from '../../../src/engine/apimachinery/cel/values.ts';

/** Files about messages of protocol buffers, and about extensions that Kubernetes does not have. */
const LEFT_OUT = new Set([
  'bindings_ext',
  'block_ext',
  'encoders_ext',
  'math_ext',
  'enums',
  'proto2',
  'proto2_ext',
  'proto3',
  'wrappers',
  'dynamic',
]);
const NEEDS_MESSAGES = /TestAllTypes|TestMap|Nested|google\.protobuf\.(?:Any|Struct|Value|ListValue|\w+Value)|single_|repeated_|NullValue/;

type Case = IncrementalTest['original'];
interface ProtoValue {
  readonly kind: { readonly case?: string | undefined; readonly value?: unknown };
}

function casesOf(
  suite: IncrementalTestSuite,
  path: readonly string[],
): { readonly name: string; readonly file: string; readonly test: Case }[] {
  const own = suite.tests.map(({ original, name }) => ({
    name: [...path.slice(1), suite.name, name].join('/'),
    file: path[1] ?? suite.name,
    test: original,
  }));
  return [...own, ...suite.suites.flatMap((inner) => casesOf(inner, [...path, suite.name]))];
}

function valueOf({ kind }: ProtoValue): CelValue {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
      return kind.value as CelValue;
    case 'uint64Value':
      return uint(kind.value as bigint);
    case 'bytesValue':
      return { kind: 'bytes', bytes: [...(kind.value as Uint8Array)] };
    case 'listValue':
      return list((kind.value as { values: ProtoValue[] }).values.map(valueOf));
    case 'mapValue':
      return map(
        (kind.value as { entries: { key: ProtoValue; value: ProtoValue }[] }).entries.map(({ key, value }) => [
          valueOf(key),
          valueOf(value),
        ]),
      );
    case 'typeValue':
      return { kind: 'type', type: NAMED[kind.value as string] ?? { kind: 'opaque', name: kind.value as string, parameters: [] } };
    case 'objectValue':
      return timeOf(kind.value as { typeUrl: string; value: Uint8Array });
    default:
      return `unknown ${String(kind.case)}`;
  }
}

const NAMED: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null_type: NULL,
  type: { kind: 'type', of: DYN },
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  'google.protobuf.Timestamp': TIMESTAMP,
  'google.protobuf.Duration': DURATION,
  optional_type: optionalOf(DYN),
};

/** A timestamp or a duration: seconds in field 1, nanoseconds in field 2. */
function timeOf({ typeUrl, value }: { readonly typeUrl: string; readonly value: Uint8Array }): CelValue {
  const fields = [0n, 0n, 0n];
  for (let index = 0; index < value.length; ) {
    const field = (value[index] ?? 0) >> 3;
    let number = 0n;
    let shift = 0n;
    do {
      index += 1;
      number |= BigInt((value[index] ?? 0) & 127) << shift;
      shift += 7n;
    } while (((value[index] ?? 0) & 128) !== 0);
    fields[field] = BigInt.asIntN(64, number);
    index += 1;
  }
  const nanoseconds = (fields[1] ?? 0n) * 1_000_000_000n + (fields[2] ?? 0n);
  return { kind: typeUrl.endsWith('Timestamp') ? 'timestamp' : 'duration', nanoseconds };
}

interface ProtoType {
  readonly typeKind: { readonly case?: string | undefined; readonly value?: unknown };
}
const PRIMITIVES: readonly CelType[] = [DYN, BOOL, INT, UINT, DOUBLE, STRING, BYTES];

function typeOf({ typeKind }: ProtoType): CelType {
  switch (typeKind.case) {
    case 'primitive':
      return PRIMITIVES[typeKind.value as number] ?? DYN;
    case 'null':
      return NULL;
    case 'wellKnown':
      return typeKind.value === 2 ? TIMESTAMP : typeKind.value === 3 ? DURATION : DYN;
    case 'listType':
      return listOf(typeOf((typeKind.value as { elemType: ProtoType }).elemType));
    case 'mapType': {
      const { keyType, valueType } = typeKind.value as { keyType: ProtoType; valueType: ProtoType };
      return mapOf(typeOf(keyType), typeOf(valueType));
    }
    case 'abstractType': {
      const { name, parameterTypes } = typeKind.value as { name: string; parameterTypes: ProtoType[] };
      return { kind: 'opaque', name, parameters: parameterTypes.map(typeOf) };
    }
    default:
      return DYN;
  }
}

function variablesOf(test: Case): ReadonlyMap<string, CelType> {
  const variables = new Map<string, CelType>();
  for (const { name, declKind } of test.typeEnv) {
    const { case: kind, value } = declKind as { case?: string; value?: { type?: ProtoType } };
    if (kind === 'ident' && value?.type !== undefined) variables.set(name, typeOf(value.type));
  }
  for (const name of Object.keys(test.bindings)) if (!variables.has(name)) variables.set(name, DYN);
  return variables;
}

/** What evaluating a case gives; a compilation that fails counts as a failure. */
function outcomeOf(test: Case): CelResult {
  const compilation = compile(test.expr, { functions: KUBERNETES_FUNCTIONS, variables: variablesOf(test), allowsMixedLiterals: true });
  if (!compilation.ok) return { kind: 'failure', message: compilation.text };
  const variable = (name: string): CelResult | undefined => {
    const bound = test.bindings[name] as { kind: { case?: string; value?: ProtoValue } } | undefined;
    return bound?.kind.case === 'value' ? valueOf(bound.kind.value as ProtoValue) : undefined;
  };
  return run(compilation.program, { variable, costMax: 1_000_000 }).result;
}

function isRight(test: Case, result: CelResult): boolean {
  const { resultMatcher } = test;
  switch (resultMatcher.case) {
    case 'value':
      return !isFailure(result) && isSame(result, valueOf(resultMatcher.value as ProtoValue));
    case 'typedResult': {
      const { result: wanted } = resultMatcher.value;
      return wanted === undefined || (!isFailure(result) && isSame(result, valueOf(wanted as ProtoValue)));
    }
    case 'evalError':
      return isFailure(result);
    default:
      return result === true;
  }
}

function isSame(a: CelValue, b: CelValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b;
  return kindOf(a) === kindOf(b) && isEqual(a, b);
}

/** Cases that fail: Kubernetes v1.33 does not switch quoted fields on. */
const DIFFERENT = [
  'fields/quoted_map_fields/field_access_slash',
  'fields/quoted_map_fields/field_access_dash',
  'fields/quoted_map_fields/field_access_dot',
  'fields/quoted_map_fields/has_field_slash',
  'fields/quoted_map_fields/has_field_dash',
  'fields/quoted_map_fields/has_field_dot',
];

describe('conformance of CEL', () => {
  const cases = casesOf(getConformanceSuite(), []).filter(
    ({ file, test }) =>
      !LEFT_OUT.has(file) &&
      test.container === '' &&
      !test.disableCheck &&
      !test.checkOnly &&
      test.typeEnv.every(({ declKind }) => declKind.case === 'ident') &&
      !NEEDS_MESSAGES.test(
        test.expr + JSON.stringify(test.typeEnv, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      ),
  );

  it('gives the values and failures that the language says', () => {
    const wrong = cases.filter(({ test }) => !isRight(test, outcomeOf(test)));
    expect(cases.length).toBe(1298);
    expect(wrong.map(({ name }) => name)).toEqual(DIFFERENT);
  });
});
