// FlowSchema and PriorityLevelConfiguration: what every cluster has of them, what is filled in, shown and refused.

import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { listObjects } from '../../src/engine/apiserver/api.ts';
import { flowSchemaKind } from '../../src/engine/kinds/flowschema/index.ts';
import { priorityLevelConfigurationKind } from '../../src/engine/kinds/prioritylevelconfiguration/index.ts';
import { createTestCluster } from '../support/engine.ts';
import { changeRefusal, objectOf, refusalOf, rowOf, storedForm } from '../support/kind-cases.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io/v1';
const SCHEMAS = 'flowschemas.flowcontrol.apiserver.k8s.io';
const LEVELS = 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io';

const USER = { kind: 'User', user: { name: 'u' } };
const RESOURCES = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] };
const URLS = { verbs: ['get'], nonResourceURLs: ['/healthz'] };
const schema = (spec: object = {}): JsonObject =>
  objectOf(GROUP, 'FlowSchema', { spec: { matchingPrecedence: 500, priorityLevelConfiguration: { name: 'system' }, ...spec } });
const ruled = (rule: object): JsonObject => schema({ rules: [{ subjects: [USER], ...rule }] });
const subject = (...subjects: object[]): JsonObject => schema({ rules: [{ subjects, resourceRules: [RESOURCES] }] });
const resources = (rule: object): JsonObject => ruled({ resourceRules: [{ ...RESOURCES, ...rule }] });
const urls = (rule: object): JsonObject => ruled({ nonResourceRules: [{ ...URLS, ...rule }] });
const level = (spec: object): JsonObject => objectOf(GROUP, 'PriorityLevelConfiguration', { spec });
const limited = (fields: object): JsonObject => level({ type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...fields } });
const queuing = (fields: object): JsonObject => limited({ limitResponse: { type: 'Queue', queuing: fields } });
const VERBS = '"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"';

describe('priority and fairness', () => {
  it('M11 a new cluster has what every server makes', () => {
    const { state } = createTestCluster();
    expect(listObjects(state, priorityLevelConfigurationKind).map(({ metadata }) => metadata.name)).toEqual([
      'catch-all',
      'exempt',
      'global-default',
      'leader-election',
      'node-high',
      'system',
      'workload-high',
      'workload-low',
    ]);
    const schemas = listObjects(state, flowSchemaKind);
    expect(schemas.length).toBe(13);
    for (const item of schemas) {
      expect(flowSchemaKind.validate(item), item.metadata.name).toEqual([]);
      expect(item.metadata).toMatchObject({ generation: 1, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } });
      expect(item.status.conditions).toMatchObject([{ type: 'Dangling', status: 'False', reason: 'Found' }]);
    }
    for (const item of listObjects(state, priorityLevelConfigurationKind))
      expect(priorityLevelConfigurationKind.validate(item), item.metadata.name).toEqual([]);
  });

  it('C941 what was deleted or changed comes back, unless it says that it is not the server’s', () => {
    const cluster = createTestCluster();
    const patch = (body: object): KubeObject =>
      cluster.accept({ verb: 'patch', resource: LEVELS, name: 'system', patchType: 'merge', body: body as JsonObject, options: {} });
    cluster.accept({ verb: 'delete', resource: SCHEMAS, name: 'probes', options: {} });
    expect(listObjects(cluster.state, flowSchemaKind).some(({ metadata }) => metadata.name === 'probes')).toBe(true);
    patch({ spec: { limited: { nominalConcurrencyShares: 31 } } });
    const levelOf = (): unknown =>
      listObjects(cluster.state, priorityLevelConfigurationKind).find(({ metadata }) => metadata.name === 'system')?.spec.limited
        ?.nominalConcurrencyShares;
    expect(levelOf()).toBe(30);
    patch({
      metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } },
      spec: { limited: { nominalConcurrencyShares: 31 } },
    });
    expect(levelOf()).toBe(31);
  });

  it('C941 a schema says whether its level exists', () => {
    const cluster = createTestCluster();
    const condition = (): unknown =>
      listObjects(cluster.state, flowSchemaKind).find(({ metadata }) => metadata.name === 'x')?.status.conditions?.[0];
    const head = 'This FlowSchema references the PriorityLevelConfiguration object named "own"';
    cluster.create(schema({ priorityLevelConfiguration: { name: 'own' } }));
    expect(condition()).toMatchObject({ status: 'True', reason: 'NotFound', message: `${head} but there is no such object` });
    cluster.create({ ...limited({}), metadata: { name: 'own' } });
    expect(condition()).toMatchObject({ status: 'False', reason: 'Found', message: `${head} and it exists` });
    cluster.accept({ verb: 'delete', resource: LEVELS, name: 'own', options: {} });
    expect(condition()).toMatchObject({ status: 'True', reason: 'NotFound' });
  });

  it('O14 both get their defaults', () => {
    expect(storedForm(objectOf(GROUP, 'FlowSchema', { spec: { priorityLevelConfiguration: { name: 'system' } } }))['spec']).toMatchObject({
      matchingPrecedence: 1000,
    });
    expect(storedForm(queuing({}))['spec']).toEqual({
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 30,
        lendablePercent: 0,
        limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
      },
    });
  });

  it.each<[string, JsonObject, string]>([
    [
      'a schema',
      schema({ distinguisherMethod: { type: 'ByUser' } }),
      'Name=x PriorityLevel=system MatchingPrecedence=500 DistinguisherMethod=ByUser MissingPL=?',
    ],
    ['a schema without a method', schema(), 'Name=x PriorityLevel=system MatchingPrecedence=500 DistinguisherMethod=<none> MissingPL=?'],
    [
      'a level with queues',
      queuing({ queues: 8, handSize: 4, queueLengthLimit: 10 }),
      'Name=x Type=Limited NominalConcurrencyShares=30 Queues=8 HandSize=4 QueueLengthLimit=10',
    ],
    [
      'a level without queues',
      limited({ nominalConcurrencyShares: 5 }),
      'Name=x Type=Limited NominalConcurrencyShares=5 Queues=<none> HandSize=<none> QueueLengthLimit=<none>',
    ],
  ])('N8 the row of %s', (_what, body, expected) => {
    expect(rowOf(body)).toBe(expected);
  });

  it.each<[string, JsonObject, string]>([
    ['a negative precedence', schema({ matchingPrecedence: -1 }), 'spec.matchingPrecedence: Invalid value: -1: must be a positive value'],
    [
      'a high precedence',
      schema({ matchingPrecedence: 10001 }),
      'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000',
    ],
    [
      'the first precedence',
      schema({ matchingPrecedence: 1 }),
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
    ],
    [
      'no level',
      schema({ priorityLevelConfiguration: { name: '' } }),
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
    [
      'no subjects',
      schema({ rules: [{ resourceRules: [RESOURCES] }] }),
      'spec.rules[0].subjects: Required value: subjects must contain at least one value',
    ],
    ['no rules', ruled({}), 'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty'],
    [
      'another kind of subject',
      subject({ kind: 'Robot' }),
      'spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
    ],
    [
      'a user that is none',
      subject({ kind: 'User' }),
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
    ],
    ['a group without a name', subject({ kind: 'Group', group: { name: '' } }), 'spec.rules[0].subjects[0].group.name: Required value'],
    [
      'an account without a namespace',
      subject({ kind: 'ServiceAccount', serviceAccount: { namespace: '', name: '*' } }),
      'spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account',
    ],
    [
      'a user that is a group too',
      subject({ ...USER, group: { name: 'g' } }),
      "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
    ],
    ['no verbs', resources({ verbs: [] }), 'spec.rules[0].resourceRules[0].verbs: Required value: verbs must contain at least one value'],
    [
      'all verbs and one more',
      resources({ verbs: ['*', 'get'] }),
      'spec.rules[0].resourceRules[0].verbs: Invalid value: []string{"*", "get"}: if \'*\' is present, must not specify other verbs',
    ],
    [
      'another verb',
      resources({ verbs: ['use'] }),
      `spec.rules[0].resourceRules[0].verbs: Unsupported value: []string{"use"}: supported values: ${VERBS}`,
    ],
    [
      'no groups',
      resources({ apiGroups: [] }),
      'spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      'no resources',
      resources({ resources: [] }),
      'spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply at least one resource',
    ],
    [
      'no place',
      resources({ namespaces: [] }),
      'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
    ],
    [
      'no URLs',
      urls({ nonResourceURLs: [] }),
      'spec.rules[0].nonResourceRules[0].nonResourceURLs: Required value: nonResourceURLs must contain at least one value',
    ],
    ...(
      [
        ['a', 'must start with slash'],
        ['/a b', 'must not contain white-space'],
        ['/a//b', 'must not contain double slash'],
        ['/a*', 'wildcard can only do suffix matching'],
      ] as const
    ).map(([url, problem]): [string, JsonObject, string] => [
      `the URL ${url}`,
      urls({ nonResourceURLs: [url] }),
      `spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "${url}": ${problem}`,
    ]),
  ])('P1 refuses a schema with %s', (_what, body, expected) => {
    expect(refusalOf(body)).toBe(`FlowSchema.flowcontrol.apiserver.k8s.io "x" is invalid: ${expected}`);
  });

  it.each<[string, JsonObject, string]>([
    ['no such type', level({ type: 'Half' }), 'spec.type: Unsupported value: "Half": supported values: "Exempt", "Limited"'],
    [
      'the type of another',
      level({ type: 'Exempt' }),
      "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'",
    ],
    ['no limits', level({ type: 'Limited' }), 'spec.limited: Required value: must not be empty when type is Limited'],
    [
      'negative shares',
      limited({ nominalConcurrencyShares: -1 }),
      'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
    ],
    [
      'more than all to lend',
      limited({ lendablePercent: 101 }),
      'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
    ],
    [
      'another response',
      limited({ limitResponse: { type: 'Wait' } }),
      'spec.limited.limitResponse.type: Unsupported value: "Wait": supported values: "Queue", "Reject"',
    ],
    [
      'queues that are not said',
      limited({ limitResponse: { type: 'Queue' } }),
      'spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited',
    ],
    [
      'a hand of more than all queues',
      queuing({ queues: 4, handSize: 5 }),
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)',
    ],
    [
      'a hand that takes too many bits',
      queuing({ queues: 128, handSize: 9 }),
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 9: required entropy bits of deckSize 128 and handSize 9 should not be greater than 60',
    ],
    [
      'too many queues',
      queuing({ queues: 10000001, handSize: 1 }),
      'spec.limited.limitResponse.queuing.queues: Invalid value: 10000001: must not be greater than 10000000',
    ],
  ])('P1 refuses a level with %s', (_what, body, expected) => {
    expect(refusalOf(body)).toBe(`PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io "x" is invalid: ${expected}`);
  });

  it('P1 takes the greatest hand that the bits allow', () => {
    expect(refusalOf(queuing({ queues: 1024, handSize: 6 }))).toBeUndefined();
    expect(refusalOf(queuing({ queues: 1025, handSize: 6 }))).toMatch(/required entropy bits of deckSize 1025 and handSize 6/);
  });

  it('P1 what must be there must be as it is', () => {
    const cluster = createTestCluster();
    const refused = (resource: string, name: string, spec: object): string | undefined =>
      cluster.refusal({ verb: 'patch', resource, name, patchType: 'merge', body: { spec } as JsonObject, options: {} })?.message;
    expect(refused(LEVELS, 'catch-all', { limited: { nominalConcurrencyShares: 6 } })).toMatch(
      /spec of 'catch-all' must equal the fixed value$/,
    );
    expect(refused(LEVELS, 'exempt', { type: 'Limited' })).toMatch(
      /spec of 'exempt' except the 'spec.exempt' field must equal the fixed value/,
    );
    expect(refused(SCHEMAS, 'exempt', { matchingPrecedence: 2 })).toMatch(/spec of 'exempt' must equal the fixed value$/);
  });

  it('I6 conditions are written apart, and each type once', () => {
    const conditions = [{ type: 'A' }, { type: 'A' }, { type: '' }];
    const refusal = changeRefusal(schema(), { metadata: { name: 'x' }, status: { conditions } }, 'status');
    expect(refusal).toContain('status.conditions[1].type: Duplicate value: "A"');
    expect(refusal).toContain('status.conditions[2].type: Required value: must not be empty');
  });
});
