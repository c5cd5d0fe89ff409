// Warnings about kinds other than Pod, in the words of Kubernetes 1.33.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { ApiRequest, RequestOutcome } from '../../src/engine/apiserver/request-types.ts';
import { kindByGvk } from '../../src/engine/kinds/index.ts';
import { resourceOf } from '../../src/engine/kinds/kind.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

function send(cluster: TestCluster, request: ApiRequest): readonly string[] {
  const { outcome } = cluster.execute({ type: 'request', request });
  if (!outcome.ok) throw new Error(outcome.status.message);
  return (outcome as RequestOutcome).warnings;
}

function create(apiVersion: string, kind: string, fields: object, cluster = createTestCluster()): readonly string[] {
  const found = kindByGvk(apiVersion, kind);
  if (found === undefined) throw new Error(kind);
  const { metadata = {}, ...rest } = fields as { metadata?: object };
  const body = { apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest } as unknown as JsonObject;
  return send(cluster, {
    verb: 'create',
    resource: resourceOf(found),
    ...(found.namespaced ? { namespace: 'default' } : {}),
    body,
    options: {},
  });
}

const PORTS = [{ port: 80 }];
const CLASS = 'volume.beta.kubernetes.io/storage-class';
const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } };
const TEMPLATE = {
  metadata: { labels: { a: 'b' } },
  spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, containers: [{ name: 'm', image: 'x' }] },
};
const OS = 'deprecated since v1.14; use "kubernetes.io/os" instead';

describe('P4 warnings about', () => {
  it.each<[string, string, string, object, readonly string[]]>([
    ['a plain Service', 'v1', 'Service', { spec: { ports: PORTS } }, []],
    [
      'names and addresses that a Service ignores',
      'v1',
      'Service',
      {
        metadata: { annotations: { 'service.kubernetes.io/topology-aware-hints': 'auto' } },
        spec: { ports: PORTS, externalName: 'a.b', externalIPs: ['2001:DB8::1'] },
      },
      [
        'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
        'spec.externalIPs[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
        'spec.externalName is ignored when spec.type is not "ExternalName"',
      ],
    ],
    [
      'an alias with addresses',
      'v1',
      'Service',
      { spec: { type: 'ExternalName', externalName: 'a.b', externalIPs: ['10.0.0.1'] } },
      ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ],
    [
      'an Ingress with the annotation of its class',
      'networking.k8s.io/v1',
      'Ingress',
      {
        metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
        spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
      },
      [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
    ],
    [
      'a claim',
      'v1',
      'PersistentVolumeClaim',
      { metadata: { annotations: { [CLASS]: 'c' } }, spec: CLAIM },
      [
        `metadata.annotations[${CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`,
        'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
      ],
    ],
    [
      'a volume',
      'v1',
      'PersistentVolume',
      {
        metadata: { annotations: { 'volume.beta.kubernetes.io/mount-options': 'ro' } },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Recycle',
          hostPath: { path: '/tmp' },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }] }] } },
        },
      },
      [
        'metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use "mountOptions" attribute instead',
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        `spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is ${OS}`,
      ],
    ],
    [
      'an account that limits secrets',
      'v1',
      'ServiceAccount',
      { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
      [
        'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
      ],
    ],
    [
      'a runtime class',
      'node.k8s.io/v1',
      'RuntimeClass',
      { handler: 'h', scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } },
      [`scheduling.nodeSelector: ${OS}`],
    ],
    [
      'addresses of Endpoints',
      'v1',
      'Endpoints',
      { subsets: [{ addresses: [{ ip: '::ffff:10.0.0.1' }], ports: [{ port: 80 }] }] },
      [
        'subsets[0].addresses[0].ip: non-standard IP address "::ffff:10.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
      ],
    ],
    [
      'a slice of names',
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { addressType: 'FQDN', endpoints: [{ addresses: ['a.b'] }], ports: [] },
      ['spec.addressType: FQDN endpoints are deprecated'],
    ],
    ['a node', 'v1', 'Node', { spec: { externalID: 'i' } }, ['spec.externalID: this field is deprecated, and is unused by Kubernetes']],
    [
      'a StatefulSet',
      'apps/v1',
      'StatefulSet',
      {
        spec: {
          replicas: 0,
          serviceName: 's',
          selector: { matchLabels: { a: 'b' } },
          template: TEMPLATE,
          volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: CLAIM }],
        },
      },
      [
        `spec.template.spec.nodeSelector[beta.kubernetes.io/os]: ${OS}`,
        'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
      ],
    ],
    ['a PodTemplate', 'v1', 'PodTemplate', { template: TEMPLATE }, [`template.spec.nodeSelector[beta.kubernetes.io/os]: ${OS}`]],
  ])('%s', (_title, apiVersion, kind, fields, warnings) => {
    expect(create(apiVersion, kind, fields)).toEqual(warnings);
  });

  it('templates, again whenever the spec changes, and not when only labels do', () => {
    const cluster = createTestCluster();
    const spec = { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: TEMPLATE };
    const warnings = [`spec.template.spec.nodeSelector[beta.kubernetes.io/os]: ${OS}`];
    expect(create('apps/v1', 'Deployment', { spec }, cluster)).toEqual(warnings);
    const request = {
      verb: 'patch',
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'x',
      patchType: 'merge',
      options: {},
    } as const;
    expect(send(cluster, { ...request, body: { metadata: { labels: { c: 'd' } } } })).toEqual([]);
    expect(send(cluster, { ...request, body: { spec: { replicas: 1 } } })).toEqual(warnings);
  });
});
