// Requests for certificates: who asks, who approves, what the cluster's own signers make of them, and when they go.

import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { authorityOf } from '../../src/engine/controllers/shared/authority.ts';
import { certificateSigningRequestKind } from '../../src/engine/kinds/certificatesigningrequest/index.ts';
import type { CertificateSigningRequest } from '../../src/engine/kinds/certificatesigningrequest/types.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';
import { objectOf, refusalOf, rowOf } from '../support/kind-cases.ts';

/** `openssl req -new -key jane.key -subj /CN=jane/O=dev/O=qa`, an RSA key. */
const JANE = `-----BEGIN CERTIFICATE REQUEST-----
MIICbzCCAVcCAQAwKjENMAsGA1UEAwwEamFuZTEMMAoGA1UECgwDZGV2MQswCQYD
VQQKDAJxYTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBANs4c3J8j0FQ
yk3FJrbRhNp4xK950Ab8x5kqizMvGHGElZVxx7T5bxmT/EGoZgQZzFB0neN+ZZje
LuD+aM+YQ9xUen3hOK23VDJbvQ5hAZWJ8V80Noa4PT3ZoQtXzxkUvyKViPbqctJy
e44sLD0NtEvSphFsUVEVo4OtZkBV7CvXoAykpAeme/5709LY2Y5N89WaQT77V37L
lgxCeiyig16PdKb09bjuotcDnXbJlNal86yCsjT2TLBfzxTsrB0QeOh+zHbhs/ma
aJnrzhks4gSkI7lAkTOzNLM4djLhBD0PIvVEql8LqZPLnosDQjutdbHxc4/I95AT
I9EMdfZgK6ECAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQAdEXVl8RTlGTBhgd1c
PLVNIYLUg6EnoJyEUpFGE3kK/9GmswANfSSxYCU4QZfk3wRsuTk4iS1MMHkzJMJo
LyPbWWrskwvCNtTUj9dPhokDa9j4kGosfXSjB2HLl/LVzMlyxCeIU7AMZwTUoSKA
HD0+9ApYOWnsn+f0FT/exr526t9BRqmacLom+CGDTWIqAZZrcH9gD95BEYf+NNtY
LgZlyjH5lkzCjsLWj2FcCUxshTYMT2j8uGhq3BGn48nL+yvth7vkcCsHEjwJdqh8
n6uHnLJARHAEMrcO22GZx+KGO+nOwgEZkObyt+tB+K6BxCDFyKw6XfipgKQCFe7V
8qMo
-----END CERTIFICATE REQUEST-----
`;
/** `-subj /CN=root/O=system:masters`, a key on P-256. */
const MASTER = `-----BEGIN CERTIFICATE REQUEST-----
MIHkMIGKAgEAMCgxDTALBgNVBAMMBHJvb3QxFzAVBgNVBAoMDnN5c3RlbTptYXN0
ZXJzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4gP/YS3M9Q5ryeWVxjhTiybf
uhMDvmMbsO71KJZJSLhlxWJ8ioG+NzzZUO2/ozm1DHtvVn41+WPhmIKjx1yopaAA
MAoGCCqGSM49BAMCA0kAMEYCIQCEO3whRbQrvELvgng3KCbZ9DitCaGjqJ9pF/8l
K1rgawIhAN2ISV5xAooLIGKgX6cuY9zEjYuUibSc5AS1IxaEVKoK
-----END CERTIFICATE REQUEST-----
`;
/** `-subj /O=system:nodes/CN=system:node:node-1 -addext subjectAltName=DNS:node-1,IP:172.18.0.2`. */
const NODE = `-----BEGIN CERTIFICATE REQUEST-----
MIIBGjCBwAIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5
c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOID/2Et
zPUOa8nllcY4U4sm37oTA75jG7Du9SiWSUi4ZcVifIqBvjc82VDtv6M5tQx7b1Z+
Nflj4ZiCo8dcqKWgKjAoBgkqhkiG9w0BCQ4xGzAZMBcGA1UdEQQQMA6CBm5vZGUt
MYcErBIAAjAKBggqhkjOPQQDAgNJADBGAiEAo6b7FaUyEnztmHfIXW0VjS6wW0mr
E1iSW88CDTu3pi8CIQDgi1By+QnX+6Of2J8pIj7Eh3ZV3KPvul/hWRsBXrDnmA==
-----END CERTIFICATE REQUEST-----
`;
/** `-subj /O=system:nodes/CN=system:node:node-1`. */
const KUBELET = `-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz
dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEz5URWoHb
Yg7RJA+faLGj6UJL3ysC7hLUgDTKqbZyMe+jU9VRS6m5g/QQtcHJiXH9O5rORUGJ
zORWXpoUIJTp96AAMAoGCCqGSM49BAMCA0gAMEUCIQD+JMshLwMgzu/Xf2TWVsOT
9jmDQryGxmKFKS7CyzBsEgIgF0zaXQ7OceRbgqxj31OLI5AVeb7WXf1bkcVy2QMW
DGg=
-----END CERTIFICATE REQUEST-----
`;

const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const SERVING = 'kubernetes.io/kubelet-serving';
const RESOURCE = 'certificatesigningrequests.certificates.k8s.io';

const requestOf = (spec: object = {}, request = JANE): JsonObject =>
  objectOf('certificates.k8s.io/v1', 'CertificateSigningRequest', {
    spec: { request: encodeBase64(request), signerName: CLIENT, usages: ['client auth'], ...spec },
  });

const seen = (cluster: TestCluster): CertificateSigningRequest | undefined =>
  getObject(cluster.state, certificateSigningRequestKind, undefined, 'x');

const decision = (cluster: TestCluster, type: 'Approved' | 'Denied'): JsonObject =>
  ({
    ...seen(cluster),
    status: { conditions: [{ type, status: 'True', reason: 'KubectlApprove', message: 'by kubectl' }] },
  }) as unknown as JsonObject;

/** As `kubectl certificate approve` does it, or deny. */
function decide(cluster: TestCluster, type: 'Approved' | 'Denied' = 'Approved'): void {
  cluster.accept({ verb: 'update', resource: RESOURCE, name: 'x', subresource: 'approval', body: decision(cluster, type), options: {} });
}

function issued(body: JsonObject): X509Certificate {
  const cluster = createTestCluster();
  cluster.create(body);
  decide(cluster);
  return new X509Certificate(decodeBase64(seen(cluster)?.status.certificate ?? ''));
}

describe('a request that is approved', () => {
  it('C945 is signed by the authority of the cluster, for who it names and as it asks', () => {
    const cluster = createTestCluster();
    cluster.create(requestOf({ expirationSeconds: 3600 }));
    expect(seen(cluster)?.status).toEqual({});
    decide(cluster);
    const { status } = seen(cluster) as CertificateSigningRequest;
    const now = '2026-01-01T00:00:00Z';
    expect(status.conditions).toMatchObject([{ type: 'Approved', lastUpdateTime: now, lastTransitionTime: now }]);
    const certificate = new X509Certificate(decodeBase64(status.certificate ?? ''));
    const authority = new X509Certificate(authorityOf(cluster.state).certificate);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect([certificate.subject, certificate.issuer, certificate.ca]).toEqual(['CN=jane\nO=dev\nO=qa', 'CN=kubernetes', false]);
    expect([certificate.validFrom, certificate.validTo]).toEqual(['Dec 31 23:55:00 2025 GMT', 'Jan  1 01:00:00 2026 GMT']);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.serialNumber.length).toBeGreaterThan(28);
    expect(certificate.publicKey.asymmetricKeyType).toBe('rsa');
  });

  it('lives a year when nothing is said, and has the names that it asks for', () => {
    expect(issued(requestOf()).validTo).toBe('Dec 31 23:55:00 2026 GMT');
    const node = issued(requestOf({ signerName: SERVING, usages: ['digital signature', 'server auth'] }, NODE));
    expect(node.subjectAltName).toBe('DNS:node-1, IP Address:172.18.0.2');
    expect(node.toLegacyObject().subject).toMatchObject({ O: 'system:nodes', CN: 'system:node:node-1' });
  });

  it('is the same in an equal cluster, and another with another seed', () => {
    expect(issued(requestOf()).fingerprint256).toBe(issued(requestOf()).fingerprint256);
    const [one, other] = [1, 2].map((seed) => authorityOf(createTestCluster({ seed }).state).certificate);
    expect(one).not.toBe(other);
    const authority = new X509Certificate(one ?? '');
    expect([authority.subject, authority.ca, authority.verify(authority.publicKey), authority.subjectAltName]).toEqual([
      'CN=kubernetes',
      true,
      true,
      'DNS:kubernetes',
    ]);
    expect(createPublicKey(authority.publicKey.export({ type: 'spki', format: 'pem' })).asymmetricKeyDetails).toEqual({
      namedCurve: 'prime256v1',
    });
  });

  it.each([
    ['ten minutes', 600, 'Jan  1 00:10:00 2026 GMT'],
    ['seven hours', 25_200, 'Jan  1 07:00:00 2026 GMT'],
    ['a day, which begins earlier', 86_400, 'Jan  1 23:55:00 2026 GMT'],
    ['no longer than a year', 400_000_000, 'Dec 31 23:55:00 2026 GMT'],
  ])('C945 lives for %s', (_, expirationSeconds, end) => {
    expect(issued(requestOf({ expirationSeconds })).validTo).toBe(end);
  });

  it.each([
    ['a usage of another signer', { usages: ['client auth', 'server auth'] }, JANE, 'invalid usage for client certificate: server auth'],
    ['no usage of its signer', { usages: ['key encipherment'] }, JANE, 'missing required usage for client certificate: client auth'],
    ['no node', { signerName: SERVING, usages: ['server auth'] }, JANE, 'subject organization is not system:nodes'],
    ['no name that it serves', { signerName: SERVING, usages: ['server auth'] }, KUBELET, 'DNS or IP subjectAltName is required'],
    [
      'too few usages',
      { signerName: SERVING, usages: ['server auth'] },
      NODE,
      'usages did not match [digital signature key encipherment server auth]',
    ],
    ['names that a client has not', { signerName: KUBELET_CLIENT }, NODE, 'DNS subjectAltNames are not allowed'],
    [
      'usages that a kubelet has not',
      { signerName: KUBELET_CLIENT },
      KUBELET,
      'usages did not match [client auth digital signature key encipherment]',
    ],
  ])('C945 with %s fails', (_, spec, request, message) => {
    const cluster = createTestCluster();
    cluster.create(requestOf(spec, request));
    decide(cluster);
    expect(seen(cluster)?.status).toMatchObject({
      conditions: [{ type: 'Approved' }, { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message }],
    });
    expect(seen(cluster)?.status.certificate).toBeUndefined();
  });

  it('of another signer is left to him, and one that is denied gets nothing and stays denied', () => {
    const cluster = createTestCluster();
    cluster.create(requestOf({ signerName: 'example.com/own' }));
    decide(cluster);
    expect(Object.keys(seen(cluster)?.status ?? {})).toEqual(['conditions']);
    const denied = createTestCluster();
    denied.create(requestOf());
    decide(denied, 'Denied');
    const body = decision(denied, 'Approved');
    const refusal = denied.refusal({ verb: 'update', resource: RESOURCE, name: 'x', subresource: 'approval', body, options: {} });
    expect(refusal?.message).toContain('status.conditions: Forbidden: updates may not remove a condition of type "Denied"');
    expect(seen(denied)?.status.certificate).toBeUndefined();
  });
});

describe('C946 a request of a kubelet', () => {
  const usages = ['digital signature', 'client auth'];
  const SELF = 'selfnodeclient';
  const OTHER = 'nodeclient';
  const AUTO = 'Auto approving kubelet client certificate after SubjectAccessReview.';
  const AUTO_SELF = 'Auto approving self kubelet client certificate after SubjectAccessReview.';

  it.each([
    ['a node for itself', 'system:node:node-1', SELF, {}, KUBELET, AUTO_SELF],
    ['a node for itself, with an RSA key', 'system:node:node-1', SELF, { usages: [...usages, 'key encipherment'] }, KUBELET, AUTO_SELF],
    ['another node', 'system:node:node-2', SELF, {}, KUBELET, undefined],
    ['a bootstrap token', 'system:bootstrap:abcdef', OTHER, {}, KUBELET, AUTO],
    ['a node that may ask for others', 'system:node:node-1', OTHER, {}, KUBELET, AUTO],
    ['somebody who may not', 'jane', undefined, {}, KUBELET, undefined],
    ['who may, for a user', 'jane', OTHER, { signerName: CLIENT }, JANE, undefined],
    ['who may, for the wrong usages', 'jane', OTHER, { usages: ['client auth'] }, KUBELET, undefined],
    ['who may, with names', 'jane', OTHER, {}, NODE, undefined],
  ])('C946 of %s', (_, username, role, spec, request, message) => {
    const cluster = createTestCluster();
    if (role !== undefined) {
      const name = `system:certificates.k8s.io:certificatesigningrequests:${role}`;
      cluster.create({
        ...objectOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {}),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }],
      });
    }
    bindCreation(cluster, username);
    const body = requestOf({ signerName: KUBELET_CLIENT, usages, ...spec }, request);
    const user = { username, groups: ['system:authenticated'] };
    cluster.accept({ verb: 'create', resource: RESOURCE, body, options: {}, user });
    const { conditions, certificate } = seen(cluster)?.status ?? {};
    const time = { lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' };
    expect(conditions).toEqual(
      message === undefined ? undefined : [{ type: 'Approved', status: 'True', reason: 'AutoApproved', message, ...time }],
    );
    expect(certificate === undefined).toBe(message === undefined);
  });

  it('C946 of the owner is approved, who may do everything', () => {
    const cluster = createTestCluster();
    cluster.create(requestOf({ signerName: KUBELET_CLIENT, usages }, KUBELET));
    expect(seen(cluster)?.status).toMatchObject({ conditions: [{ message: AUTO }], certificate: expect.any(String) });
  });
});

/** Everybody of these cases may ask for certificates. */
function bindCreation(cluster: TestCluster, username: string): void {
  const group = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] }];
  cluster.create({ apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'asks' }, rules });
  cluster.create({
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'asks' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'asks' },
    subjects: [{ apiGroup: group, kind: 'User', name: username }],
  });
}

describe('a request', () => {
  it('says who made it, whatever it says itself, and does not change', () => {
    const cluster = createTestCluster();
    const user = { username: 'jane', groups: ['dev', 'system:authenticated'], extra: { scopes: ['a'] } };
    const spec = { username: 'root', groups: ['system:masters'], uid: '1' };
    cluster.accept({ verb: 'create', resource: RESOURCE, body: requestOf(spec), options: {}, user });
    expect(seen(cluster)?.spec).toMatchObject(user);
    expect(seen(cluster)?.spec.uid).toBeUndefined();
    const other = requestOf({ signerName: 'example.com/other' });
    cluster.accept({ verb: 'update', resource: RESOURCE, name: 'x', body: other, options: {} });
    expect(seen(cluster)?.spec.signerName).toBe(CLIENT);
  });

  it('N8 has a row', () => {
    const day = requestOf({ expirationSeconds: 86_400 });
    expect(rowOf(day)).toBe(`Name=x SignerName=${CLIENT} Requestor=admin RequestedDuration=24h Condition=Pending`);
    const cluster = createTestCluster();
    cluster.create(requestOf());
    decide(cluster);
    const cells = certificateSigningRequestKind.cells(seen(cluster) as CertificateSigningRequest, cluster.state.nowMs);
    expect(cells.slice(-2)).toEqual(['<none>', 'Approved,Issued']);
  });

  it.each([
    [
      { request: encodeBase64('nothing') },
      'spec.request: Invalid value: []byte{0x6e, 0x6f, 0x74, 0x68, 0x69, 0x6e, 0x67}: PEM block type must be CERTIFICATE REQUEST',
    ],
    [{ usages: [] }, 'spec.usages: Required value'],
    [{ usages: ['client auth', 'client auth'] }, 'spec.usages[1]: Duplicate value: "client auth"'],
    [
      { signerName: 'kubernetes.io/legacy-unknown' },
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
    [
      { signerName: 'mine' },
      'spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ],
    [{ signerName: '' }, 'spec.signerName: Required value'],
    [
      { expirationSeconds: 599 },
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  ])('with %j is refused', (spec, expected) => {
    expect(refusalOf(requestOf(spec))).toBe(`CertificateSigningRequest.certificates.k8s.io "x" is invalid: ${expected}`);
  });

  it('for a master is forbidden, and so are approval and signing without the right to', () => {
    expect(refusalOf(requestOf({}, MASTER))).toBe(
      `certificatesigningrequests.certificates.k8s.io "x" is forbidden: use of ${CLIENT} signer with system:masters group is not allowed`,
    );
    const cluster = createTestCluster();
    cluster.create(requestOf());
    const user = { username: 'jane', groups: ['system:authenticated'] };
    const refused = (subresource: string, body: JsonObject) =>
      cluster.refusal({ verb: 'update', resource: RESOURCE, name: 'x', subresource, body, options: {}, user })?.message;
    expect(refused('approval', decision(cluster, 'Approved'))).toContain(
      `user not permitted to approve requests with signerName "${CLIENT}"`,
    );
    const signed = { ...seen(cluster), status: { certificate: encodeBase64('x') } } as unknown as JsonObject;
    expect(refused('status', signed)).toContain(`user not permitted to sign requests with signerName "${CLIENT}"`);
  });
});

describe('C945 what is old goes', () => {
  it.each([
    ['pending', undefined, 24],
    ['approved', 'Approved', 1],
    ['denied', 'Denied', 1],
  ] as const)('%s requests after %s %i hours', (_, type, hours) => {
    const cluster = createTestCluster();
    cluster.create(requestOf());
    if (type !== undefined) decide(cluster, type);
    cluster.advance(hours * 3_600_000);
    expect(seen(cluster)).toBeDefined();
    cluster.advance(3_600_000);
    expect(seen(cluster)).toBeUndefined();
  });
});
