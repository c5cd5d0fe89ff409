// Secrets that hold the token of an account (C947), and whose such a token is (Q11).

import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { decodeBase64, encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import { authenticateToken } from '../../src/engine/apiserver/authentication/authenticate.ts';
import { authorityCertificate } from '../../src/engine/controllers/shared/authority.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const secretOf = (account: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', annotations: { 'kubernetes.io/service-account.name': account, ...more } },
  type: 'kubernetes.io/service-account-token',
});

function open(): TestCluster {
  const cluster = createTestCluster();
  cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } });
  return cluster;
}

const tokenIn = (cluster: TestCluster): string => decodeBase64(cluster.get<Secret>('secrets/default/s').data?.['token'] ?? '');

describe('C947 Secrets with the token of an account', () => {
  it('C947 are filled', () => {
    const cluster = open();
    cluster.create(secretOf('robot'));
    const { uid } = cluster.get('serviceaccounts/default/robot').metadata;
    const { data, metadata } = cluster.get<Secret>('secrets/default/s');
    expect(Object.keys(data ?? {}).sort()).toEqual(['ca.crt', 'namespace', 'token']);
    expect([data?.['ca.crt'], data?.['namespace']]).toEqual([encodeBase64(authorityCertificate(cluster.state)), encodeBase64('default')]);
    expect(metadata.annotations?.['kubernetes.io/service-account.uid']).toBe(uid);
    expect(JSON.parse(Buffer.from(tokenIn(cluster).split('.')[1] ?? '', 'base64url').toString())).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 's',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: 'system:serviceaccount:default:robot',
    });
  });

  it('C947 other Secrets are left alone, and what is there stays', () => {
    const cluster = open();
    cluster.create({ ...secretOf('robot'), type: 'Opaque' });
    expect(cluster.get<Secret>('secrets/default/s').data).toBeUndefined();
    cluster.remove('secrets/default/s');
    cluster.create({ ...secretOf('robot'), data: { namespace: encodeBase64('other'), extra: encodeBase64('x') } });
    const { data } = cluster.get<Secret>('secrets/default/s');
    expect([data?.['namespace'], data?.['extra']]).toEqual([encodeBase64('other'), encodeBase64('x')]);
    const token = tokenIn(cluster);
    cluster.patch('secrets/default/s', { data: { namespace: null } });
    expect([tokenIn(cluster), cluster.get<Secret>('secrets/default/s').data?.['namespace']]).toEqual([token, encodeBase64('default')]);
  });

  it.each<[string, JsonObject]>([
    ['nobody', secretOf('nobody')],
    ['another account of the name', secretOf('robot', { 'kubernetes.io/service-account.uid': '00000000-0000-0000-0000-000000000000' })],
  ])('C947 of %s are deleted', (_title, secret) => {
    const cluster = open();
    cluster.create(secret);
    expect(cluster.find('secrets/default/s')).toBeUndefined();
  });

  it('C947 go with their account', () => {
    const cluster = open();
    cluster.create(secretOf('robot'));
    cluster.remove('serviceaccounts/default/robot');
    expect(cluster.find('secrets/default/s')).toBeUndefined();
  });
});

describe('C947 Q11 the token', () => {
  it('C947 Q11 is the account of the Secret, for the API server only', () => {
    const cluster = open();
    cluster.create(secretOf('robot'));
    const { uid } = cluster.get('serviceaccounts/default/robot').metadata;
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'];
    expect(authenticateToken(cluster.state, tokenIn(cluster))).toEqual({
      ok: true,
      user: { username: 'system:serviceaccount:default:robot', uid, groups, extra: {} },
      audiences: ['https://kubernetes.default.svc'],
    });
    expect(authenticateToken(cluster.state, tokenIn(cluster), ['vault']).ok).toBe(false);
    const [head = '', payload = ''] = tokenIn(cluster).split('.');
    expect(authenticateToken(cluster.state, `${head}.${payload}.AAAA`)).toEqual({ ok: false, error: 'invalid signature' });
  });

  it('C947 Q11 is nobody once the Secret is gone, or holds another', () => {
    const cluster = open();
    cluster.create(secretOf('robot'));
    const token = tokenIn(cluster);
    cluster.patch('secrets/default/s', { data: { token: encodeBase64('x') } });
    expect(authenticateToken(cluster.state, token)).toEqual({ ok: false, error: "token does not match server's copy" });
    cluster.remove('secrets/default/s');
    expect(authenticateToken(cluster.state, token)).toEqual({ ok: false, error: 'token has been invalidated' });
  });
});
