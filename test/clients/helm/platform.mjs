// A release with a custom resource and jobs around its life.

import assert from 'node:assert/strict';
import { says } from '../support/scenario.mjs';

const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const TENANTS = '/apis/platform.example.com/v1/namespaces/default/tenants';

export async function lifeOfPlatform(t, helm) {
  await t.step('CRDs come first, hooks by weight, and those that are done with go', async () => {
    await helm.run('install core chart:platform --wait --timeout 90s');
    const tenant = await t.get(`${TENANTS}/core`);
    assert.deepEqual(tenant.spec, { size: 3, plan: 'small' });
    const { items } = await t.get(JOBS);
    const at = Object.fromEntries(
      items.map(({ metadata, status }) => [metadata.name, { made: metadata.creationTimestamp, done: status.completionTime }]),
    );
    assert.deepEqual(Object.keys(at).sort(), ['core-check', 'core-migrate']);
    assert(at['core-check'].done <= at['core-migrate'].made, JSON.stringify(at));
    assert(at['core-migrate'].done <= tenant.metadata.creationTimestamp, JSON.stringify(at));
  });
  await t.step('upgrade runs its hooks again', async () => {
    const before = await t.get(`${JOBS}/core-migrate`);
    await helm.run('upgrade core chart:platform --wait --timeout 90s --set size=5');
    assert.notEqual((await t.get(`${JOBS}/core-migrate`)).metadata.uid, before.metadata.uid);
    assert.equal((await t.get(`${TENANTS}/core`)).spec.size, 5);
    assert.equal((await t.get('/api/v1/namespaces/default/configmaps/core-settings')).data.size, '5');
  });
  await t.step('a schema refuses a value', async () => {
    says(
      await helm.fails('upgrade core chart:platform --no-hooks --set size=11'),
      'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10',
    );
  });
  await t.step('a hook that fails stops the upgrade', async () => {
    const output = await helm.fails('upgrade core chart:platform --timeout 60s --set migration.fails=true --set size=6');
    says(output, 'pre-upgrade hooks failed');
    assert.equal((await t.get(`${TENANTS}/core`)).spec.size, 5);
    assert.equal((await t.get(`${JOBS}/core-migrate`)).status.failed, 1);
  });
  await t.step('a test that fails', async () => {
    says(await helm.fails('test core --logs --timeout 60s'), 'Phase:          Failed', 'it does not answer');
  });
  await t.step('uninstall waits for its hook and leaves the CRD', async () => {
    await helm.run('uninstall core --wait --timeout 90s');
    assert.equal((await t.get(`${JOBS}/core-drain`)).status.succeeded, 1);
    assert.deepEqual(await t.names(TENANTS), []);
  });
  await t.step('a kind that is not served', async () => {
    await t.run('kubectl', ['delete', 'crd', 'tenants.platform.example.com']);
    says(await helm.fails('install again chart:platform --skip-crds'), 'no matches for kind "Tenant" in version "platform.example.com/v1"');
  });
}
