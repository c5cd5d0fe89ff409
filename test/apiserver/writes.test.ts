// New objects and changed ones take the same steps: what is said of one is said of the other, in the same order.

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { ApiRequest, RequestOutcome } from '../../src/engine/apiserver/request-types.ts';
import { OBJECT_LENGTH_MAX } from '../../src/engine/kernel/limits.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';

const POLICY = 'admissionregistration.k8s.io/v1';
const RULE = { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['replicasets'], operations: ['CREATE', 'UPDATE'] };

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster();
});

/** A policy with which nothing is content. */
function discontent(name: string, action: 'Warn' | 'Deny'): void {
  const spec = { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'false', message: name }] };
  cluster.create({ apiVersion: POLICY, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec });
  const bound = { policyName: name, validationActions: [action] };
  cluster.create({ apiVersion: POLICY, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: bound });
}

const PLAIN = replicaSet('r', 0);
const OLD_LABEL = {
  ...PLAIN,
  spec: {
    ...(PLAIN['spec'] as JsonObject),
    template: {
      metadata: { labels: { app: 'r' } },
      spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, containers: [{ name: 'c', image: 'i' }] },
    },
  },
} as JsonObject;

function write(verb: 'create' | 'update', body: JsonObject, options: ApiRequest['options'] = {}): RequestOutcome {
  const name = verb === 'update' ? { name: 'r' } : {};
  const request: ApiRequest = { verb, resource: 'replicasets.apps', namespace: 'default', ...name, body, options };
  return cluster.execute({ type: 'request', request }).outcome as RequestOutcome;
}

const said = ({ warnings }: RequestOutcome): readonly string[] => warnings.map((text) => /beta|warn|deny|unknown/.exec(text)?.[0] ?? text);

describe.each(['create', 'update'] as const)('%s', (verb) => {
  const given = (): void => {
    if (verb === 'update') cluster.create(PLAIN);
  };

  it('U7 what the decoder, the kind and the policies warn of comes in this order', () => {
    given();
    discontent('warn', 'Warn');
    const outcome = write(verb, { ...OLD_LABEL, colour: 'red' }, { fieldValidation: 'Warn' });
    expect([outcome.ok, said(outcome)]).toEqual([true, ['unknown', 'beta', 'warn']]);
  });

  it('U7 who is refused hears of all that was warned of until then', () => {
    given();
    discontent('deny', 'Deny');
    const outcome = write(verb, OLD_LABEL);
    expect([outcome.ok, said(outcome)]).toEqual([false, ['beta']]);
  });

  it('D9 what is too large is refused, unless it is a trial', () => {
    given();
    const container = { name: 'c', image: 'i', env: [{ name: 'A', value: 'x'.repeat(OBJECT_LENGTH_MAX) }] };
    const template = { metadata: { labels: { app: 'r' } }, spec: { containers: [container] } };
    const body = { ...PLAIN, spec: { ...(PLAIN['spec'] as JsonObject), template } } as JsonObject;
    const [trial, real] = [{ dryRun: true }, {}].map((options) => write(verb, body, options));
    expect([trial?.ok, real?.ok === false && real.status.message]).toEqual([true, 'etcdserver: request is too large']);
  });

  it('I2 errors of metadata and of the kind come at once', () => {
    given();
    const metadata = { name: 'r', labels: { 'a b': 'c' } };
    const outcome = write(verb, { ...PLAIN, metadata, spec: { ...(PLAIN['spec'] as JsonObject), replicas: -1 } } as JsonObject);
    const fields = outcome.ok ? [] : (outcome.status.details?.causes ?? []).map(({ field }) => field);
    expect(fields).toEqual(['metadata.labels', 'spec.replicas']);
  });
});
