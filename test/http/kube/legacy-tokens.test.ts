// Tokens that stand in Secrets are noted where they are used, once a day, and are nobody's where their Secret is marked (C947).

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearer, PODS, UsersStage } from '../../support/users.ts';

const SECRETS = '/api/v1/namespaces/default/secrets';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';

let stage: UsersStage;
let token: string;
beforeEach(async () => {
  stage = await UsersStage.open();
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  await stage.send('POST', SECRETS, { metadata: { name: 's', annotations }, type: 'kubernetes.io/service-account-token' });
  token = Buffer.from(((await secret())['data'] as { token: string }).token, 'base64').toString();
});
afterEach(() => stage.close());

type Secret = Record<string, unknown> & {
  readonly metadata: { readonly labels?: Record<string, string>; readonly resourceVersion: string };
};
const secret = async (): Promise<Secret> => (await stage.send('GET', `${SECRETS}/s`)).body as unknown as Secret;
const labels = async (): Promise<Record<string, string> | undefined> => (await secret()).metadata.labels;
const use = (): ReturnType<UsersStage['send']> => stage.send('GET', PODS, undefined, bearer(token));
const advance = (by: string) => stage.served.http.post('/v1/clusters/open/clock/advance').send({ by }).expect(200);

describe('C947 the use of a token that stands in a Secret', () => {
  it('C947 is noted by the day, whatever the account may do, and once a day', async () => {
    expect(await labels()).toBeUndefined();
    expect((await use()).code).toBe(403);
    expect(await labels()).toEqual({ [LAST_USED]: '2025-01-01' });
    const { resourceVersion } = (await secret()).metadata;
    await use();
    expect((await secret()).metadata.resourceVersion).toBe(resourceVersion);
    await advance('24h');
    await use();
    expect(await labels()).toEqual({ [LAST_USED]: '2025-01-02' });
  });

  it('C947 is a command, and its owner is the API server', async () => {
    await use();
    const { metadata } = (await secret()) as unknown as { metadata: { managedFields: readonly { manager: string; fieldsV1: object }[] } };
    expect(metadata.managedFields.find(({ manager }) => manager === 'kube-apiserver')).toMatchObject({
      manager: 'kube-apiserver',
      fieldsV1: { 'f:metadata': { 'f:labels': { [`f:${LAST_USED}`]: {} } } },
    });
    const { items } = (await stage.served.http.get('/v1/clusters/open/commands').expect(200)).body as { items: readonly object[] };
    expect(items.at(-1)).toMatchObject({
      details: { request: { resource: 'secrets', name: 's', user: { username: 'system:apiserver' } } },
    });
  });

  it('C947 is not noted of what is forged, nor by who looks at the past', async () => {
    const [head = '', payload = ''] = token.split('.');
    const forged = `${head}.${payload}.AAAA`;
    const data = { token: Buffer.from(forged).toString('base64') };
    await stage.send('PATCH', `${SECRETS}/s`, { data });
    expect((await stage.send('GET', PODS, undefined, bearer(forged))).code).toBe(401);
    expect(await labels()).toBeUndefined();
    await stage.send('PATCH', `${SECRETS}/s`, { data: { token: Buffer.from(token).toString('base64') } });
    const { resourceVersion } = (await secret()).metadata;
    expect((await stage.send('GET', PODS, undefined, bearer(token), `/clusters/open..rv-${resourceVersion}`)).code).toBe(403);
    expect(await labels()).toBeUndefined();
  });

  it('C947 is refused where the Secret is marked as invalid, and noted all the same', async () => {
    const marked = 'kubernetes.io/legacy-token-invalid-since';
    await stage.send('PATCH', `${SECRETS}/s`, { metadata: { labels: { [marked]: '2025-01-01' } } });
    expect((await use()).code).toBe(401);
    expect(await labels()).toEqual({ [marked]: '2025-01-01', [LAST_USED]: '2025-01-01' });
    const review = await stage.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
    expect((review.body.status as { error: string }).error).toContain(
      `the token in secret default/s for service account default/default has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${marked}' label from the secret to temporarily allow use of this token`,
    );
    await stage.send('PATCH', `${SECRETS}/s`, { metadata: { labels: { [marked]: null } } });
    expect((await use()).code).toBe(403);
  });

  it('C947 warns where the account names the Secret', async () => {
    const ask = () => fetch(`${stage.served.url}/clusters/open${PODS}`, { headers: bearer(token) });
    await stage.grant('all', { kind: 'ServiceAccount', name: 'default', namespace: 'default' }, [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    ]);
    expect((await ask()).headers.get('warning')).toBeNull();
    await stage.send('PATCH', '/api/v1/namespaces/default/serviceaccounts/default', { secrets: [{ name: 's' }] });
    expect((await ask()).headers.get('warning')).toBe(
      '299 - "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens."',
    );
  });
});
