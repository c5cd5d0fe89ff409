// Whose a request is: tokens of accounts, and kubeconfigs of users.

import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, claimsOf, OWN, PODS, UsersStage } from '../../support/users.ts';

let stage: UsersStage;
let served: UsersStage['served'];
const send: UsersStage['send'] = (...asked) => stage.send(...asked);
const tokenOf: UsersStage['tokenOf'] = (...asked) => stage.tokenOf(...asked);
const grant: UsersStage['grant'] = (...asked) => stage.grant(...asked);
beforeAll(async () => {
  stage = await UsersStage.open();
  served = stage.served;
});
afterAll(() => stage.close());

describe('Q11 tokens', () => {
  it('M7 Q11 are signed with the key that the cluster publishes, and say whose they are', async () => {
    const token = await tokenOf('default', { audiences: ['vault'], expirationSeconds: 7200 });
    const keys = (await send('GET', '/openid/v1/jwks')).body['keys'] as readonly [JsonWebKey];
    const [head = '', payload = '', signature = ''] = token.split('.');
    const key = createPublicKey({ key: keys[0], format: 'jwk' });
    const isRight = verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(isRight).toBe(true);
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'ES256', kid: (keys[0] as { kid?: string }).kid });
    const claims = claimsOf(token);
    expect(claims).toMatchObject({ aud: ['vault'], iss: 'https://kubernetes.default.svc', sub: 'system:serviceaccount:default:default' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(7200);
    expect(claims['nbf']).toBe(claims['iat']);
    expect((await send('GET', '/.well-known/openid-configuration')).body).toMatchObject({
      issuer: claims['iss'],
      jwks_uri: `${served.url}/clusters/open/openid/v1/jwks`,
    });
  });

  it('Q11 open what roles allow their account', async () => {
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'bot' } });
    const token = await tokenOf('bot');
    expect((await send('GET', PODS, undefined, bearer(token))).body.message).toContain(
      'User "system:serviceaccount:default:bot" cannot list',
    );
    await grant(
      'bot',
      { kind: 'ServiceAccount', name: 'bot', namespace: 'default' },
      [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }],
      'default',
    );
    expect((await send('GET', PODS, undefined, bearer(token))).code).toBe(200);
    const { body } = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, bearer(token));
    expect((body.status as { userInfo: unknown }).userInfo).toMatchObject({
      username: 'system:serviceaccount:default:bot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${String(claimsOf(token)['jti'])}`] },
    });
    await send('DELETE', '/api/v1/namespaces/default/serviceaccounts/bot');
    expect((await send('GET', PODS, undefined, bearer(token))).code).toBe(401);
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'bot' } });
    expect((await send('GET', PODS, undefined, bearer(token))).code).toBe(401);
  });

  it('Q11 open nothing when they are of another cluster, for somebody else, or changed', async () => {
    const token = await tokenOf('default');
    expect((await send('GET', '/version', undefined, bearer(token))).code).toBe(200);
    expect((await send('GET', '/version', undefined, bearer(token), '/clusters/other')).code).toBe(401);
    expect((await send('GET', '/version', undefined, bearer(await tokenOf('default', { audiences: ['vault'] })))).code).toBe(401);
    const [head = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: 9e9 })).toString('base64url');
    expect((await send('GET', '/version', undefined, bearer(`${head}.${forged}.${signature}`))).code).toBe(401);
    expect((await send('GET', '/version', undefined, bearer(`${head}.${payload}.${'A'.repeat(86)}`))).code).toBe(401);
  });

  it('Q11 end with their time and with the pod that they are bound to', async () => {
    const cluster = 'ends';
    await served.http.post('/v1/clusters').send({ name: cluster, nodes: 1 });
    const base = `/clusters/${cluster}`;
    await send('POST', PODS, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }, {}, base);
    await served.http.post(`/v1/clusters/${cluster}/clock/advance`).send({ by: '10s' });
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p' };
    const bound = await tokenOf('default', { boundObjectRef, expirationSeconds: 3607 }, cluster);
    const free = await tokenOf('default', { expirationSeconds: 600 }, cluster);
    const codes = async () => [
      (await send('GET', '/version', undefined, bearer(bound), base)).code,
      (await send('GET', '/version', undefined, bearer(free), base)).code,
    ];
    expect(claimsOf(bound)['kubernetes.io']).toMatchObject({
      pod: { name: 'p' },
      node: { name: 'node-1' },
      serviceaccount: { name: 'default' },
    });
    expect(Number(claimsOf(bound)['exp']) - Number(claimsOf(bound)['iat'])).toBe(31_536_000);
    expect(await codes()).toEqual([200, 200]);
    await served.http.post(`/v1/clusters/${cluster}/clock/advance`).send({ by: '700s' });
    expect(await codes()).toEqual([200, 401]);
    await send('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 }, {}, base);
    expect(await codes()).toEqual([401, 401]);
  });

  it.each<[object, number, string]>([
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'ghost' } }, 404, 'pods "ghost" not found'],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [
      { boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'node-1', uid: 'x' } },
      409,
      'Operation cannot be fulfilled on Node "node-1": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    ],
  ])('M7 are refused: %j', async (spec, code, message) => {
    expect(await send('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec })).toMatchObject({
      code,
      body: { message },
    });
  });

  it('K211 Q11 of pods are the same kind', async () => {
    const cluster = 'mounted';
    await served.http.post('/v1/clusters').send({ name: cluster, nodes: 1 });
    const base = `/clusters/${cluster}`;
    const command = ['sh', '-c', 'cat /var/run/secrets/kubernetes.io/serviceaccount/token'];
    await send(
      'POST',
      PODS,
      { metadata: { name: 'p' }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command }] } },
      {},
      base,
    );
    await served.http.post(`/v1/clusters/${cluster}/clock/advance`).send({ by: '30s' });
    const log = await fetch(`${served.url}${base}${PODS}/p/log`);
    const token = (await log.text()).trim();
    expect(claimsOf(token)).toMatchObject({ sub: 'system:serviceaccount:default:default', 'kubernetes.io': { pod: { name: 'p' } } });
    expect((await send('GET', '/version', undefined, bearer(token), base)).code).toBe(200);
  });
});

describe('Q14 kubeconfigs of users', () => {
  const kubeconfig: UsersStage['kubeconfig'] = (...asked) => stage.kubeconfig(...asked);
  const whoami = async (base: string, headers: Record<string, string> = {}) => {
    const { body } = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, headers, base);
    return (body.status as { userInfo: { username: string; groups: readonly string[] } }).userInfo;
  };

  it.each(['open', 'shut'])('Q14 are that user, with his groups, by their key (%s)', async (cluster) => {
    const owner = cluster === 'shut' ? bearer(OWN) : {};
    const { base, key } = await kubeconfig(cluster, '?user=jane&group=dev&group=ops', owner);
    expect(await whoami(base)).toEqual({ username: 'jane', groups: ['dev', 'ops', 'system:authenticated'] });
    expect(await whoami(`/clusters/${cluster}`, bearer(key))).toMatchObject({ username: 'jane' });
    expect((await send('GET', PODS, undefined, {}, base)).code).toBe(403);
    expect((await whoami((await kubeconfig(cluster, '', owner)).base)).username).toBe('admin');
  });

  it('Q14 open neither the service API nor another cluster, and cannot be changed', async () => {
    const { base, key } = await kubeconfig('shut', '?user=jane', bearer(OWN));
    const get = async (path: string, token: string) => (await fetch(served.url + path, { headers: bearer(token) })).status;
    expect(await get('/v1/clusters/shut', key)).toBe(403);
    expect(await get('/v1/clusters/shut/kubeconfig', key)).toBe(403);
    expect((await fetch(`${served.url}${base.replace('/clusters/shut', '/clusters/open')}/version`)).status).toBe(401);
    const [cluster, , seal] = key.split('.');
    const root = Buffer.from(JSON.stringify(['root', 'system:masters'])).toString('base64url');
    expect(await get('/clusters/shut/version', `${cluster}.${root}.${seal}`)).toBe(401);
    expect(await get('/clusters/shut/version', key)).toBe(200);
  });

  it('Q14 let a token of an account say who asks; without one it opens no cluster that has a token', async () => {
    const token = await tokenOf('default', {}, 'shut', bearer(OWN));
    expect((await send('GET', '/version', undefined, bearer(token), '/clusters/shut')).code).toBe(401);
    const { base } = await kubeconfig('shut', '?user=system:anonymous', bearer(OWN));
    expect(await whoamiCode(base)).toBe(403);
    expect(await whoami(base, bearer(token))).toMatchObject({ username: 'system:serviceaccount:default:default' });
  });
  const whoamiCode = async (base: string) => (await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, {}, base)).code;

  it('Q14 of accounts have their groups', async () => {
    const { base } = await kubeconfig('open', '?user=system:serviceaccount:a:b');
    expect((await whoami(base)).groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated']);
  });

  it('Q14 refuse groups without a user', async () => {
    expect((await fetch(`${served.url}/v1/clusters/open/kubeconfig?group=dev`)).status).toBe(400);
  });
});
