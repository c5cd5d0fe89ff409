// What goes wrong with releases: names that are taken, objects of others, fields that may not change, images that do not exist, kinds that are not served; and
// what helm does about changes that somebody else made.

import assert from 'node:assert/strict';
import { says } from '../support/scenario.mjs';

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/app-web';

export async function changes(t, helm) {
  await t.step('upgrade --install --create-namespace', async () => {
    says(
      await helm.run('upgrade --install app chart:web -n shop --create-namespace --wait --timeout 90s'),
      'does not exist. Installing it now',
    );
    assert.equal((await t.get('/api/v1/namespaces/shop')).status.phase, 'Active');
  });
  await t.step('a name that is in use', async () => {
    says(await helm.fails('install app chart:web -n shop'), 'still in use');
  });
  await t.step('an object that belongs to nobody', async () => {
    await t.ask(`/v1/clusters/${t.cluster}/manifests?namespace=default`, {
      method: 'POST',
      body: JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'mine-web' }, spec: { ports: [{ port: 80 }] } }),
    });
    says(
      await helm.fails('install mine chart:web'),
      'invalid ownership metadata',
      'app.kubernetes.io/managed-by',
      'meta.helm.sh/release-name',
    );
    if (helm.major === 4) says(await helm.fails('install mine chart:web --take-ownership'), 'conflict with "orrery" using v1');
    const force = helm.major === 4 ? ' --force-conflicts' : '';
    await helm.run(`upgrade --install mine chart:web --take-ownership --wait --timeout 90s${force}`);
    await helm.run('uninstall mine --wait --timeout 90s');
  });
  await t.step('a dry run on the server changes nothing', async () => {
    says(await helm.run('upgrade app chart:web -n shop --dry-run=server --set replicaCount=7'), 'replicas: 7', 'kind: Deployment');
    assert.equal((await t.get(DEPLOYMENT)).spec.replicas, 2);
    assert.equal(await helm.history('app -n shop'), '1 deployed');
  });
  await t.step('a change by others is kept where the chart says nothing, and undone where it does', async () => {
    await patch(t, DEPLOYMENT, {
      metadata: { labels: { owner: 'me' } },
      spec: { replicas: 5, template: { spec: { terminationGracePeriodSeconds: 7 } } },
    });
    const upgrade = 'upgrade app chart:web -n shop --wait --timeout 90s --set replicaCount=1';
    if (helm.major === 4) says(await helm.fails(upgrade), 'conflict with "node" using apps/v1: .spec.replicas');
    await helm.run(helm.major === 4 ? `${upgrade} --force-conflicts` : upgrade);
    const { metadata, spec } = await t.get(DEPLOYMENT);
    assert.equal(metadata.labels.owner, 'me');
    assert.equal(spec.template.spec.terminationGracePeriodSeconds, 7);
    assert.equal(spec.replicas, 1);
  });
  await t.step('an upgrade that does not become ready is taken back', async () => {
    const atomic = helm.major === 3 ? '--atomic' : '--rollback-on-failure';
    const output = await helm.fails(
      `upgrade app chart:web -n shop ${atomic} --timeout 6s --set image.repository=registry.example.com/absent`,
    );
    says(output, 'rolled back');
    assert.equal((await t.get(DEPLOYMENT)).spec.template.spec.containers[0].image, 'nginx:1.27');
    assert.equal(
      await helm.history('app -n shop'),
      helm.major === 4 ? '1 superseded, 2 failed, 3 superseded, 4 failed, 5 deployed' : '1 superseded, 2 superseded, 3 failed, 4 deployed',
    );
  });
  await t.step('uninstall --keep-history, and back', async () => {
    await helm.run('uninstall app -n shop --keep-history --wait --timeout 90s');
    assert.equal(await t.get(DEPLOYMENT), undefined);
    await helm.run('rollback app 1 -n shop --wait --timeout 90s');
    assert.equal((await t.get(DEPLOYMENT)).status.readyReplicas, 2);
    await helm.run('uninstall app -n shop --wait --timeout 90s');
  });
}

async function patch(t, path, body) {
  const headers = { 'content-type': 'application/strategic-merge-patch+json' };
  const response = await fetch(`${t.url}/clusters/${t.cluster}${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.text());
}
