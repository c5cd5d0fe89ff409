// The life of a release of the web chart: installed, looked at, upgraded, scaled by an autoscaler, rolled back, tested, removed.

import assert from 'node:assert/strict';
import { says } from '../support/scenario.mjs';

const APPS = '/apis/apps/v1/namespaces/default';
const CORE = '/api/v1/namespaces/default';

export async function lifeOfWebsite(t, helm) {
  await t.step('lint and template', async () => {
    says(await helm.run('lint chart:web'), '0 chart(s) failed');
    says(await helm.run('template site chart:web --kube-version 1.33'), 'name: site-web', 'image: "nginx:1.27"');
    says(await helm.fails('template site chart:web --kube-version 1.33 --set-string replicaCount=many'), 'replicaCount', 'integer');
  });
  await t.step('install --wait', async () => {
    const output = await helm.run('install site chart:web --wait --timeout 90s');
    says(output, 'STATUS: deployed', 'REVISION: 1', 'site-web runs 1.27 in default, revision 1, on Kubernetes 1.33.');
    const { status } = await t.get(`${APPS}/deployments/site-web`);
    assert.equal(status.readyReplicas, 2);
    assert.deepEqual((await t.get(`${CORE}/secrets/sh.helm.release.v1.site.v1`)).type, 'helm.sh/release.v1');
  });
  await t.step('list, status, get', () => looksAt(t, helm));
  let password;
  await t.step('upgrade --wait: a rollout because of a changed ConfigMap, a password that is kept', async () => {
    password = await passwordOf(t);
    await helm.run('upgrade site chart:web --wait --timeout 90s --set greeting=hi --set replicaCount=3 --set-string env.MODE=fast');
    assert.equal(await passwordOf(t), password);
    const deployment = await t.get(`${APPS}/deployments/site-web`);
    assert.equal(deployment.status.updatedReplicas, 3);
    assert.equal(deployment.metadata.annotations['deployment.kubernetes.io/revision'], '2');
    assert.equal(await helm.history('site'), '1 superseded, 2 deployed');
  });
  await t.step('test --logs', async () => {
    says(await helm.run('test site --logs --timeout 60s'), 'Phase:          Succeeded', '<h1>hi</h1>');
  });
  await t.step('upgrade --reuse-values: an autoscaler takes the replicas over', async () => {
    await helm.run('upgrade site chart:web --wait --timeout 90s --reuse-values --set autoscaling.enabled=true');
    const hpa = await t.get('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/site-web');
    assert.equal(hpa.spec.maxReplicas, 5);
    assert.equal((await t.get(`${APPS}/deployments/site-web`)).metadata.generation >= 3, true);
    assert.deepEqual((await helm.json('get values site')).env, { MODE: 'fast' });
  });
  await t.step('rollback --wait: the first revision is there again, what it did not have is gone', async () => {
    says(await helm.run('rollback site 1 --wait --timeout 90s'), 'Rollback was a success');
    assert.equal(await helm.history('site'), '1 superseded, 2 superseded, 3 superseded, 4 deployed');
    const deployment = await t.get(`${APPS}/deployments/site-web`);
    assert.equal(deployment.spec.replicas, 2);
    assert.deepEqual(await t.names('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'), []);
    assert.equal((await t.get(`${CORE}/configmaps/site-web`)).data['index.html'], '<h1>hello</h1>\n');
  });
  await t.step('uninstall --wait', async () => {
    says(await helm.run('uninstall site --wait --timeout 90s'), 'uninstalled');
    assert.equal(await helm.release('site'), undefined);
    assert.deepEqual(await t.names(`${APPS}/deployments`), []);
    assert.deepEqual(await t.names(`${CORE}/services`), ['kubernetes']);
    assert.deepEqual(await t.names(`${CORE}/secrets`), []);
  });
}

async function looksAt(t, helm) {
  const release = await helm.release('site');
  assert.deepEqual([release.chart, release.status, release.app_version], ['web-1.2.0', 'deployed', '1.27']);
  const resources = await helm.run(helm.major === 3 ? 'status site --show-resources' : 'status site');
  says(resources, '==> v1/Deployment', 'site-web   2/2', '==> v1/Pod(related)', '==> v1/Ingress', 'web.example.com');
  says(await helm.run('get manifest site'), 'kind: NetworkPolicy');
  says(await helm.run('get hooks site'), 'helm.sh/hook: test');
  says(await helm.run('get notes site'), 'site-web runs 1.27');
  assert.equal((await helm.json('get metadata site')).revision, 1);
  const ingress = await t.get('/apis/networking.k8s.io/v1/namespaces/default/ingresses/site-web');
  assert.deepEqual(
    ingress.spec.rules[0].http.paths.map(({ path }) => path),
    ['/', '/static'],
  );
}

async function passwordOf(t) {
  const { data } = await t.get(`${CORE}/secrets/site-web`);
  return data.password;
}
