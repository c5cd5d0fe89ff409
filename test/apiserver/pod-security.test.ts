// Pod security (U6). The words of the checks are those of Kubernetes 1.33.3 (test/recordings/validation/pod-security.json).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject, StringMap } from '../../src/engine/apimachinery/meta.ts';
import { evaluate } from '../../src/engine/apiserver/admission/pod-security/evaluate.ts';
import { type Level, policyOf, textOf } from '../../src/engine/apiserver/admission/pod-security/policy.ts';
import type { RequestOutcome } from '../../src/engine/apiserver/request-types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

interface Recorded {
  readonly pod: Pod;
  readonly policies: readonly { readonly policy: string; readonly detail: string; readonly reason: string }[];
}

const RECORDED = JSON.parse(readFileSync(new URL('../recordings/validation/pod-security.json', import.meta.url), 'utf8')) as Recorded[];
const PREFIX = 'pod-security.kubernetes.io/';
const ESCALATION = 'allowPrivilegeEscalation != false (container "m" must set securityContext.allowPrivilegeEscalation=false)';
const CAPABILITIES = 'unrestricted capabilities (container "m" must set securityContext.capabilities.drop=["ALL"])';
const NON_ROOT = 'runAsNonRoot != true (pod or container "m" must set securityContext.runAsNonRoot=true)';
const SECCOMP = 'seccompProfile (pod or container "m" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
const ALL = [ESCALATION, CAPABILITIES, NON_ROOT, SECCOMP].join(', ');

describe('U6 the checks of the levels', () => {
  it.each(RECORDED.map(({ pod, policies }, index) => [index, pod, policies] as const))(
    'of pod %i',
    (_index, { metadata, spec }, policies) => {
      const checked = { spec, annotations: metadata.annotations ?? {} };
      for (const { policy, detail, reason } of policies) {
        const [level = '', version = ''] = policy.split(':');
        const minor = version === 'latest' ? Number.POSITIVE_INFINITY : Number(version.slice('v1.'.length));
        const found = evaluate(checked, { level: level as Level, minor });
        expect([policy, found.map((item) => item.reason).join(', ')]).toEqual([policy, reason]);
        expect([policy, found.map((item) => `${item.reason} (${item.detail})`).join(', ')]).toEqual([policy, detail]);
      }
    },
  );
});

function labels(modes: StringMap): StringMap {
  return Object.fromEntries(Object.entries(modes).map(([mode, value]) => [PREFIX + mode, value]));
}

it.each<[string, StringMap, readonly string[]]>([
  ['nothing', {}, ['privileged:latest', 'privileged:latest', 'privileged:latest']],
  ['who enforces warns', { enforce: 'baseline', 'enforce-version': 'v1.25' }, ['baseline:v1.25', 'privileged:latest', 'baseline:v1.25']],
  ['unless told otherwise', { enforce: 'baseline', warn: 'privileged' }, ['baseline:latest', 'privileged:latest', 'privileged:latest']],
  [
    'an own version of warnings',
    { enforce: 'baseline', 'warn-version': 'v1.20' },
    ['baseline:latest', 'privileged:latest', 'baseline:v1.20'],
  ],
  ['broken words', { enforce: 'x', audit: 'x', warn: 'x' }, ['restricted:latest', 'privileged:latest', 'privileged:latest']],
])('U6 policy: %s', (_title, modes, expected) => {
  const { policy } = policyOf(labels(modes));
  expect([policy.enforce, policy.audit, policy.warn].map(textOf)).toEqual(expected);
});

function namespace(modes: StringMap): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', labels: labels(modes) } };
}

function send(cluster: TestCluster, resource: string, body: JsonObject): RequestOutcome {
  const place = resource === 'namespaces' ? {} : { namespace: 'n' };
  return cluster.execute({ type: 'request', request: { verb: 'create', resource, ...place, body, options: {} } }).outcome as RequestOutcome;
}

function clusterWith(modes: StringMap): TestCluster {
  const cluster = createTestCluster();
  cluster.create(namespace(modes));
  return cluster;
}

const CONTAINERS = [{ name: 'm', image: 'nginx' }];

function pod(name = 'p', spec: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: CONTAINERS, ...spec } } as unknown as JsonObject;
}

function deployment(): JsonObject {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: CONTAINERS } };
  const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec } as unknown as JsonObject;
}

function messageOf(outcome: RequestOutcome): string | undefined {
  return outcome.ok ? undefined : outcome.status.message;
}

describe('U6 a namespace', () => {
  it('with wrong labels is refused', () => {
    const text = `metadata.labels[${PREFIX}enforce]: Invalid value: "high": must be one of privileged, baseline, restricted`;
    const version = `metadata.labels[${PREFIX}warn-version]: Invalid value: "1.25": must be "latest" or "v1.x"`;
    const outcome = send(createTestCluster(), 'namespaces', namespace({ enforce: 'high', 'warn-version': '1.25' }));
    expect(messageOf(outcome)).toBe(`Namespace "n" is invalid: [${text}, ${version}]`);
    expect(outcome.ok ? 0 : outcome.status.code).toBe(422);
  });

  it('refuses pods that it does not allow', () => {
    const cluster = clusterWith({ enforce: 'restricted' });
    const outcome = send(cluster, 'pods', pod());
    expect(messageOf(outcome)).toBe(`pods "p" is forbidden: violates PodSecurity "restricted:latest": ${ALL}`);
    expect(outcome.warnings).toEqual([]);
    expect(messageOf(send(clusterWith({ enforce: 'baseline' }), 'pods', pod()))).toBeUndefined();
  });

  it('warns of pods that it would not allow', () => {
    const outcome = send(clusterWith({ warn: 'restricted', 'warn-version': 'v1.30' }), 'pods', pod());
    expect(outcome.warnings).toEqual([`would violate PodSecurity "restricted:v1.30": ${ALL}`]);
    expect(send(clusterWith({ audit: 'restricted' }), 'pods', pod()).warnings).toEqual([]);
  });

  it('warns of templates, whose pods it refuses', () => {
    const cluster = clusterWith({ enforce: 'restricted' });
    expect(send(cluster, 'deployments.apps', deployment()).warnings).toEqual([`would violate PodSecurity "restricted:latest": ${ALL}`]);
    const events = cluster.list<JsonObject & { message: string; reason: string } & Pod>('events', 'n');
    const failed = events.filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message);
    expect(failed[0]).toMatch(/^Error creating: pods "d-[a-z0-9]+-[a-z0-9]{5}" is forbidden: violates PodSecurity "restricted:latest": /);
  });

  it('looks at a changed pod only when its containers or their images change', () => {
    const cluster = clusterWith({});
    cluster.create({ ...pod(), metadata: { name: 'p', namespace: 'n' } });
    cluster.patch('namespaces/n', { metadata: { labels: labels({ enforce: 'restricted' }) } });
    cluster.patch('pods/n/p', { metadata: { labels: { a: 'b' } } });
    const request = { verb: 'patch', resource: 'pods', namespace: 'n', name: 'p', options: {} } as const;
    const body = { spec: { containers: [{ name: 'm', image: 'httpd' }] } };
    expect(cluster.refusal({ ...request, patchType: 'strategic', body })?.message).toContain('violates PodSecurity "restricted:latest"');
    const debug = { spec: { ephemeralContainers: [{ name: 'e', image: 'busybox' }] } };
    const refused = cluster.refusal({ ...request, subresource: 'ephemeralcontainers', patchType: 'strategic', body: debug });
    expect(refused?.message).toContain('containers "m", "e" must set securityContext.allowPrivilegeEscalation=false');
  });

  it('that becomes stricter tells of the pods that are there', () => {
    const cluster = clusterWith({});
    for (const name of ['b', 'a']) send(cluster, 'pods', pod(name, { hostNetwork: true }));
    send(cluster, 'pods', pod('c', { hostPID: true, hostNetwork: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] }));
    send(cluster, 'pods', pod('d'));
    const patch = (enforce: string): RequestOutcome =>
      cluster.execute({
        type: 'request',
        request: {
          verb: 'patch',
          resource: 'namespaces',
          name: 'n',
          patchType: 'merge',
          body: { metadata: { labels: labels({ enforce }) } } as unknown as JsonObject,
          options: {},
        },
      }).outcome as RequestOutcome;
    expect(patch('baseline').warnings).toEqual([
      'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 1 other pod): host namespaces',
      'c: host namespaces, hostPath volumes',
    ]);
    expect(patch('privileged').warnings).toEqual([]);
  });
});
