import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { priorityClassKind } from '../../src/engine/kinds/priorityclass/index.ts';
import type { PriorityClass } from '../../src/engine/kinds/priorityclass/types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { barePod, createTestCluster, type TestCluster } from '../support/engine.ts';

const RESOURCE = 'priorityclasses.scheduling.k8s.io';

function priorityClass(name: string, fields: object = {}): JsonObject {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...fields } as JsonObject;
}

function refusalOf(cluster: TestCluster, body: JsonObject, resource = RESOURCE): string | undefined {
  const place = resource === 'pods' ? { namespace: 'default' } : {};
  return cluster.refusal({ verb: 'create', resource, ...place, body, options: {} })?.message;
}

it('O13 F6 defaults, generation and columns of a class', () => {
  const made = createTestCluster().create<PriorityClass>(priorityClass('high', { value: 10 }));
  expect(made).toMatchObject({ value: 10, preemptionPolicy: 'PreemptLowerPriority', metadata: { generation: 1 } });
  expect(priorityClassKind.cells(made, 0).slice(0, 3)).toEqual(['high', 10, false]);
  expect(priorityClassKind.columns.map(({ name }) => name)).toEqual(['Name', 'Value', 'Global-Default', 'Age', 'PreemptionPolicy']);
});

it('M11 C845 every cluster has the two system classes, which cannot be deleted', () => {
  const cluster = createTestCluster();
  expect(cluster.list<PriorityClass>(RESOURCE).map(({ metadata, value }) => `${metadata.name} ${value}`)).toEqual([
    'system-cluster-critical 2000000000',
    'system-node-critical 2000001000',
  ]);
  expect(cluster.refusal({ verb: 'delete', resource: RESOURCE, name: 'system-node-critical', options: {} })?.message).toBe(
    'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
  );
  expect(cluster.refusal({ verb: 'deletecollection', resource: RESOURCE, options: {} })?.code).toBe(403);
});

describe('C845 validation of a class', () => {
  it.each<[string, JsonObject, string]>([
    [
      'too high',
      priorityClass('x', { value: 1_000_000_001 }),
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ],
    [
      'a name of the system',
      priorityClass('system-x', { value: 1 }),
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
    ],
    [
      'policy',
      priorityClass('x', { value: 1, preemptionPolicy: 'Sometimes' }),
      'preemptionPolicy: Unsupported value: "Sometimes": supported values: "Never", "PreemptLowerPriority"',
    ],
  ])('%s', (_title, body, text) => {
    expect(refusalOf(createTestCluster(), body)).toBe(
      `PriorityClass.scheduling.k8s.io "${(body['metadata'] as JsonObject)['name']}" is invalid: ${text}`,
    );
  });

  it('value and policy never change', () => {
    const cluster = createTestCluster();
    cluster.create(priorityClass('x', { value: 1 }));
    const request = { verb: 'patch', resource: RESOURCE, name: 'x', patchType: 'merge', options: {} } as const;
    expect(cluster.refusal({ ...request, body: { value: 2 } })?.message).toContain('value: Forbidden: may not be changed in an update.');
    expect(cluster.refusal({ ...request, body: { preemptionPolicy: 'Never' } })?.message).toContain('preemptionPolicy: Invalid value');
    expect(cluster.refusal({ ...request, body: { description: 'for the brave' } })).toBeUndefined();
  });

  it('only one class is the default', () => {
    const cluster = createTestCluster();
    cluster.create(priorityClass('a', { value: 1, globalDefault: true }));
    cluster.create(priorityClass('b', { value: 2 }));
    const text =
      'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist';
    const request = { verb: 'patch', resource: RESOURCE, patchType: 'merge', body: { globalDefault: true }, options: {} } as const;
    expect(cluster.refusal({ ...request, name: 'b' })?.message).toBe(text);
    expect(cluster.refusal({ ...request, name: 'a' })).toBeUndefined();
  });
});

describe('C845 priority of a new pod', () => {
  const specOf = (cluster: TestCluster, spec: object): string => {
    const { priority, priorityClassName, preemptionPolicy } = cluster.create<Pod>(barePod('p', {}, spec)).spec;
    return `${priority} ${priorityClassName ?? '-'} ${preemptionPolicy}`;
  };

  it.each<[string, readonly JsonObject[], object, string]>([
    ['no class', [], {}, '0 - PreemptLowerPriority'],
    ['a class', [priorityClass('high', { value: 9 })], { priorityClassName: 'high' }, '9 high PreemptLowerPriority'],
    ['a class that never preempts', [priorityClass('n', { value: 9, preemptionPolicy: 'Never' })], { priorityClassName: 'n' }, '9 n Never'],
    ['the default class', [priorityClass('d', { value: -5, globalDefault: true })], {}, '-5 d PreemptLowerPriority'],
    ['a system class', [], { priorityClassName: 'system-node-critical' }, '2000001000 system-node-critical PreemptLowerPriority'],
    ['the right number', [priorityClass('high', { value: 9 })], { priorityClassName: 'high', priority: 9 }, '9 high PreemptLowerPriority'],
  ])('%s', (_title, classes, spec, expected) => {
    const cluster = createTestCluster();
    for (const item of classes) cluster.create(item);
    expect(specOf(cluster, spec)).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['unknown class', { priorityClassName: 'nope' }, 'no PriorityClass with name nope was found'],
    [
      'another number',
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      'another policy',
      { preemptionPolicy: 'Never' },
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('%s', (_title, spec, text) => {
    expect(refusalOf(createTestCluster(), barePod('p', {}, spec), 'pods')).toBe(`pods "p" is forbidden: ${text}`);
  });
});
