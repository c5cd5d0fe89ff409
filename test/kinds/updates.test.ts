// What may not change of an object, and what its status may not say, kind by kind.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { kindByGvk } from '../../src/engine/kinds/index.ts';
import { type Kind, resourceOf } from '../../src/engine/kinds/kind.ts';
import { goMap, goSelector } from '../../src/engine/kinds/shared/template.ts';
import { createTestCluster } from '../support/engine.ts';
import { changeRefusal, objectOf } from '../support/kind-cases.ts';

const LABELS = { app: 'x' };
const SELECTOR = { matchLabels: LABELS };
const TEMPLATE = { metadata: { labels: LABELS }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const OTHER = { selector: { matchLabels: { app: 'y' } }, template: { ...TEMPLATE, metadata: { labels: { app: 'y' } } } };

const workload = (kind: string, spec: object = {}): JsonObject =>
  objectOf('apps/v1', kind, { spec: { selector: SELECTOR, template: TEMPLATE, ...spec } });
const job = objectOf('batch/v1', 'Job', {
  spec: { completions: 2, template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, restartPolicy: 'Never' } } },
});

/** What a merge patch of the object, as it is by then, is refused with. */
function patchRefusal(body: JsonObject, change: object, subresource?: string): string | undefined {
  const cluster = createTestCluster();
  cluster.create(body);
  const kind = kindByGvk(String(body['apiVersion']), String(body['kind'])) as Kind;
  const part = subresource === undefined ? {} : { subresource };
  const request = { verb: 'patch', patchType: 'merge', resource: resourceOf(kind), namespace: 'default', name: 'x', options: {} } as const;
  return cluster.refusal({ ...request, ...part, body: change as JsonObject })?.message;
}

const IMMUTABLE =
  'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"y"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable';

describe('what never changes', () => {
  it.each<[string, JsonObject, object, string]>([
    ['I9 C158 the selector of a ReplicaSet', workload('ReplicaSet'), OTHER, IMMUTABLE],
    ['I9 the selector of a Deployment', workload('Deployment'), OTHER, IMMUTABLE],
    ['I9 the selector of a DaemonSet', workload('DaemonSet'), OTHER, IMMUTABLE],
    [
      'I9 C430 the service of a StatefulSet',
      workload('StatefulSet', { serviceName: 'a' }),
      { serviceName: 'b' },
      'updates to statefulset spec for fields other than',
    ],
    ['I9 C303 the completions of a Job', job, { completions: 3 }, 'spec.completions: Invalid value: 3: field is immutable'],
    [
      'I9 the address of a Service',
      objectOf('v1', 'Service', { spec: { ports: [{ port: 80 }] } }),
      { clusterIP: '10.96.0.77', clusterIPs: ['10.96.0.77'], ports: [{ port: 80 }] },
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.77"]: may not change once set'.replace('["10.96.0.77"]', '[]string{"10.96.0.77"}'),
    ],
  ])('%s', (_name, body, spec, text) => {
    expect(patchRefusal(body, { spec })).toContain(text);
  });

  it.each<[string, JsonObject]>([
    ['I9 a ConfigMap that says so', objectOf('v1', 'ConfigMap', { immutable: true, data: { a: '1' } })],
    ['I9 a Secret that says so', objectOf('v1', 'Secret', { immutable: true, data: { a: 'MQ==' } })],
  ])('%s', (_name, body) => {
    expect(changeRefusal(body, { data: { a: 'Mg==' } })).toContain('data: Forbidden: field is immutable when `immutable` is set');
    expect(changeRefusal(body, { immutable: false })).toContain('immutable: Forbidden: field is immutable when `immutable` is set');
    expect(changeRefusal(body, { metadata: { name: 'x', namespace: 'default', labels: LABELS } })).toBeUndefined();
  });
});

describe('what no status says', () => {
  it.each<[string, JsonObject, object, string]>([
    [
      'M1 more ready than there are',
      workload('Deployment'),
      { replicas: 1, readyReplicas: 2 },
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ],
    [
      'M1 more ready than there are, of a ReplicaSet',
      workload('ReplicaSet'),
      { replicas: 1, readyReplicas: 2 },
      'cannot be greater than status.replicas',
    ],
    [
      'M1 more available than ready',
      workload('Deployment'),
      { replicas: 2, readyReplicas: 1, availableReplicas: 2 },
      'cannot be greater than readyReplicas',
    ],
    [
      'M1 less than none',
      workload('DaemonSet'),
      { currentNumberScheduled: -1 },
      'status.currentNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('%s', (_name, body, status, text) => {
    expect(patchRefusal(body, { status }, 'status')).toContain(text);
    // A write of the object does not look at it.
    expect(patchRefusal(body, { status })).toBeUndefined();
  });
});

describe('values in Go syntax', () => {
  it.each<[string, string, string]>([
    ['E4 a map that is not there', goMap(undefined), 'map[string]string(nil)'],
    ['E4 an empty map', goMap({}), 'map[string]string{}'],
    ['E4 a map in order of its keys', goMap({ b: '2', a: '1' }), 'map[string]string{"a":"1", "b":"2"}'],
    ['E4 a selector that is not there', goSelector(undefined), '"null"'],
    [
      'E4 a selector with expressions',
      goSelector({
        matchExpressions: [
          { key: 'k', operator: 'In', values: ['a', 'b'] },
          { key: 'l', operator: 'Exists' },
        ],
      }),
      'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"k", Operator:"In", Values:[]string{"a", "b"}}, v1.LabelSelectorRequirement{Key:"l", Operator:"Exists", Values:[]string(nil)}}}',
    ],
  ])('%s', (_name, given, text) => {
    expect(given).toBe(text);
  });
});
