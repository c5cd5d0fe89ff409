// Policies see what is written in the version that their constraints name, whichever version the client uses (U7).

import { describe, expect, it } from 'vitest';
import { define, MERGE, scene, send, spot, useScene, V1, V2 } from '../../support/conversion-scene.ts';

useScene();

const GROUP = '/apis/admissionregistration.k8s.io/v1';

interface Judged {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
}

const SPOTS: Judged = { apiGroups: ['stable.example.com'], apiVersions: ['v2'], resources: ['spots'] };
const SCALERS: Judged = { apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'] };

async function bind(rule: Judged, expression: string, more: object = {}, match: object = {}): Promise<void> {
  const matchConstraints = { resourceRules: [{ ...rule, operations: ['CREATE', 'UPDATE', 'DELETE'] }], ...match };
  const spec = { matchConstraints, validations: [{ expression, message: 'not so' }], ...more };
  await send('POST', `${GROUP}/validatingadmissionpolicies`, 201, { metadata: { name: 'p' }, spec });
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } };
  await send('POST', `${GROUP}/validatingadmissionpolicybindings`, 201, binding);
}

/** What is refused says so. */
async function refused(...[method, path, body, how]: [string, string, unknown?, object?]): Promise<void> {
  expect((await send(method, path, 422, body, how)).message).toMatch(/denied request: not so$/);
}

describe('U7 O15 custom resources that a webhook converts', () => {
  it('U7 O15 are judged in the version of the rule', async () => {
    await define();
    await bind(
      SPOTS,
      `object == null ? oldObject.port != '2' : object.apiVersion == 'stable.example.com/v2' && object.host != 'bad' && request.kind.version == 'v2' && request.resource.version == 'v2'`,
    );
    await refused('POST', V1, spot('v1', 's', { hostPort: 'bad:1' }));
    await refused('POST', V2, spot('v2', 's', { host: 'bad', port: '1' }));
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'good:2' }));
    await refused('PATCH', `${V1}/s`, { hostPort: 'bad:2' }, { type: MERGE });
    await refused('DELETE', `${V1}/s`);
    await send('PATCH', `${V1}/s`, 200, { hostPort: 'good:3' }, { type: MERGE });
    await send('DELETE', `${V2}/s`, 200);
  });

  it('U7 O15 tell which version was asked for, and stay as they are where a rule names it', async () => {
    await define();
    await bind({ ...SPOTS, apiVersions: ['v2', 'v1'] }, `request.requestKind.version == 'v2' || object.hostPort != 'bad:1'`);
    await refused('POST', V1, spot('v1', 's', { hostPort: 'bad:1' }));
    expect(scene.hook.asked).toEqual([]);
    await send('POST', V2, 201, spot('v2', 's', { host: 'bad', port: '1' }));
  });

  it('U7 O15 are not judged in another version than the named one where the match is exact, nor in one that is left out', async () => {
    await define();
    await bind(SPOTS, 'false', {}, { matchPolicy: 'Exact' });
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }));
    await refused('POST', V2, spot('v2', 't', { host: 'a', port: '1' }));
    const excludeResourceRules = [{ ...SPOTS, apiVersions: ['v1'], operations: ['*'] }];
    const matchConstraints = { resourceRules: [{ ...SPOTS, operations: ['*'] }], excludeResourceRules };
    await send('PATCH', `${GROUP}/validatingadmissionpolicies/p`, 200, { spec: { matchConstraints } }, { type: MERGE });
    await send('POST', V1, 201, spot('v1', 't', { hostPort: 'a:1' }));
  });

  it.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('U7 O15 that cannot be converted are a failure: %s', async (failurePolicy, code) => {
    await define();
    await bind(SPOTS, 'true', { failurePolicy });
    scene.hook.instead = (response) => response.destroy();
    const { message } = await send('POST', V1, code, spot('v1', 's', { hostPort: 'a:1' }));
    if (code === 422)
      expect(message).toMatch(
        /is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to convert object version: .*EOF$/,
      );
  });
});

describe('U7 kinds of several versions', () => {
  const AUTOSCALERS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const scaler = (averageUtilization: number): object => ({
    metadata: { name: 'h' },
    spec: {
      scaleTargetRef,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }],
    },
  });
  const older = (targetCPUUtilizationPercentage: number): object => ({
    metadata: { name: 'h' },
    spec: { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage },
  });

  it('U7 are judged in the version of the rule', async () => {
    await bind(SCALERS, `object.spec.targetCPUUtilizationPercentage < 80 && object.apiVersion == 'autoscaling/v1'`);
    await refused('POST', AUTOSCALERS, scaler(90));
    await refused('POST', AUTOSCALERS.replace('v2', 'v1'), older(90));
    await send('POST', AUTOSCALERS, 201, scaler(70));
    await send('PUT', `${AUTOSCALERS.replace('v2', 'v1')}/h`, 200, older(60));
  });

  it('U7 are judged in the newer one, whichever is stored', async () => {
    await bind({ ...SCALERS, apiVersions: ['v2'] }, `object.spec.metrics[0].resource.target.averageUtilization < 80`);
    await refused('POST', AUTOSCALERS.replace('v2', 'v1'), older(90));
    await send('POST', AUTOSCALERS.replace('v2', 'v1'), 201, older(70));
  });
});
