// What is said of the expressions of a policy by the types of the resources that it matches.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
}

const DEPLOYMENTS: Rule = { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };
const PODS: Rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };

function policyOf(rules: readonly Rule[], spec: object): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: rules.map((rule) => ({ ...rule, operations: ['CREATE', 'UPDATE'] })) }, ...spec },
  } as unknown as JsonObject;
}

function statusOf(rules: readonly Rule[], spec: object, cluster: TestCluster = createTestCluster()): unknown {
  cluster.create(policyOf(rules, spec));
  return (cluster.get('validatingadmissionpolicies.admissionregistration.k8s.io/p') as { status?: unknown }).status;
}

const warned = (warning: string, fieldRef = 'spec.validations[0].expression'): object => ({
  observedGeneration: 1,
  typeChecking: { expressionWarnings: [{ fieldRef, warning }] },
});
const QUIET = { observedGeneration: 1, typeChecking: {} };

describe('C944 the types of a policy', () => {
  it.each([
    ['object.spec.replicas <= 5'],
    ['object.metadata.labels.exists(key, key == "a") && object.metadata.creationTimestamp < timestamp("2030-01-01T00:00:00Z")'],
    [
      'object.spec.template.spec.containers.all(c, c.image.startsWith("registry/") && (!has(c.securityContext) || c.securityContext.privileged))',
    ],
    ['oldObject == null || object.spec.replicas >= oldObject.spec.replicas'],
    ['object.spec.strategy.rollingUpdate.maxSurge == "25%" && object.spec.template.spec.containers[0].ports[0].containerPort > 1024'],
    ['request.userInfo.username != "" && namespaceObject.metadata.name == "x" && authorizer.path("/x").check("get").allowed()'],
    ['object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false)'],
  ])('C944 %s fits', (expression) => {
    expect(statusOf([DEPLOYMENTS], { validations: [{ expression }] })).toEqual(QUIET);
  });

  it.each([
    [
      'a field that is not there',
      'object.replicas > 1',
      `apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n`,
    ],
    [
      'a type that is compared with another',
      'object.spec.replicas == "3"',
      `apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'\n | object.spec.replicas == "3"\n | .....................^\n`,
    ],
    [
      'quantities, of which types know nothing',
      'object.spec.template.spec.containers.all(c, has(c.resources.limits))',
      `apps/v1, Kind=Deployment: ERROR: <input>:1:48: undefined field 'limits'\n | object.spec.template.spec.containers.all(c, has(c.resources.limits))\n | ...............................................^\n`,
    ],
  ])('C944 warns of %s', (_, expression, warning) => {
    expect(statusOf([DEPLOYMENTS], { validations: [{ expression }] })).toEqual(warned(warning));
  });

  it('C944 says it of every kind, in the order of their groups, and of message expressions', () => {
    const rules = [{ ...DEPLOYMENTS, resources: ['statefulsets', 'deployments'] }, PODS];
    const at = (text: string): string => `ERROR: <input>:1:12: undefined field 'replicas'\n | ${text}\n | ...........^\n`;
    const expression = 'object.spec.replicas > 1';
    expect(statusOf(rules, { validations: [{ expression }] })).toEqual(warned(`/v1, Kind=Pod: ${at(expression)}`));
    const validations = [{ expression: 'true', messageExpression: 'object.kind + string(object.spec.replicas)' }];
    const column = `ERROR: <input>:1:33: undefined field 'replicas'\n | ${validations[0]?.messageExpression}\n | ................................^\n`;
    expect(statusOf([PODS], { validations })).toEqual(warned(`/v1, Kind=Pod: ${column}`, 'spec.validations[0].messageExpression'));
    const both = 'object.nothing == 1';
    const text = (kind: string): string => `apps/v1, Kind=${kind}: ERROR: <input>:1:7: undefined field 'nothing'\n | ${both}\n | ......^\n`;
    expect(statusOf([rules[0] as Rule], { validations: [{ expression: both }] })).toEqual(
      warned(`${text('Deployment')}\n${text('StatefulSet')}`),
    );
  });

  it.each([
    ['apiGroups', { ...PODS, apiGroups: ['*'] }],
    ['apiVersions', { ...PODS, apiVersions: ['*'] }],
    ['resources', { ...PODS, resources: ['*', 'pods/status', 'pods/*'] }],
    ['what is not served', { ...PODS, resources: ['tables'] }],
  ])('C944 looks at nothing for wildcards in %s', (_, rule) => {
    expect(statusOf([rule], { validations: [{ expression: 'object.nothing == 1' }] })).toEqual(QUIET);
  });

  it('C944 knows the types of variables and parameters', () => {
    const variables = [{ name: 'count', expression: 'object.spec.replicas' }];
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    const fine = 'variables.count > 1 && params.data["max"] == "x"';
    expect(statusOf([DEPLOYMENTS], { variables, paramKind, validations: [{ expression: fine }] })).toEqual(QUIET);
    const wrong = 'variables.count == params.data["max"]';
    const place = `<input>:1:17: found no matching overload for '_==_' applied to '(int, string)'\n | ${wrong}\n | ................^\n`;
    expect(statusOf([DEPLOYMENTS], { variables, paramKind, validations: [{ expression: wrong }] })).toEqual(
      warned(`apps/v1, Kind=Deployment: ERROR: ${place}`),
    );
  });

  it('C944 knows custom resources, with the metadata of every object, and looks again when the policy changes', () => {
    const cluster = createTestCluster();
    cluster.create({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Widget', plural: 'widgets' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } },
            },
          },
        ],
      },
    });
    cluster.advance(1_000);
    const rule = { apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['widgets'] };
    const expression = 'object.spec.size > 1 && "a" in object.metadata.labels';
    expect(statusOf([rule], { validations: [{ expression }] }, cluster)).toEqual(QUIET);
    cluster.patch('validatingadmissionpolicies.admissionregistration.k8s.io/p', {
      spec: { validations: [{ expression: 'object.spec.colour == "red"' }] },
    });
    const { status } = cluster.get('validatingadmissionpolicies.admissionregistration.k8s.io/p') as unknown as { status: unknown };
    const text = `ERROR: <input>:1:12: undefined field 'colour'\n | object.spec.colour == "red"\n | ...........^\n`;
    expect(status).toEqual({ ...warned(`example.com/v1, Kind=Widget: ${text}`), observedGeneration: 2 });
  });
});
