// kustomize, by its own program and inside kubectl: a base, two overlays and a component.

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { says } from '../support/scenario.mjs';
import { CLIENTS, goProgram, goVersion } from '../support/tools.mjs';

export const clients = [
  {
    name: 'kustomize',
    version: goVersion('sigs.k8s.io/kustomize/kustomize/v5'),
    covers:
      'build and `kubectl apply -k`, diff, server-side apply, prune and delete of a base with overlays: generators with hashes, patches, components, images, replicas, replacements',
    prepare: () => goProgram('kustomize', 'sigs.k8s.io/kustomize/kustomize/v5'),
    run: async (t, kustomize) => {
      await t.useCluster();
      for (const folder of ['base', 'components', 'overlays']) {
        cpSync(join(CLIENTS, 'kustomize', folder), join(t.place, folder), { recursive: true });
      }
      await staging(t);
      await production(t, kustomize);
    },
  },
];

const kubectl = (t, line, options) => t.run('kubectl', line.split(' '), options);

async function staging(t) {
  await t.step('kubectl apply -k, with its namespace', async () => {
    says(await kubectl(t, 'apply -k overlays/staging'), 'namespace/staging created', 'deployment.apps/st-web created');
    await kubectl(t, '-n staging rollout status deployment st-web --timeout=60s');
    const { spec, metadata } = await t.get('/apis/apps/v1/namespaces/staging/deployments/st-web');
    assert.deepEqual(
      spec.template.spec.containers.map(({ name, image }) => `${name} ${image}`),
      ['main nginx:1.27', 'debug busybox'],
    );
    assert.equal(metadata.labels['app.kubernetes.io/part-of'], 'shop');
    const settings = spec.template.spec.containers[0].envFrom[0].configMapRef.name;
    assert.match(settings, /^st-settings-[a-z0-9]{10}$/);
    says(
      await t.run('kubectl', ['-n', 'staging', 'exec', 'deploy/st-web', '-c', 'main', '--', 'sh', '-c', 'echo $mode $PASSWORD']),
      'loud sesame',
    );
  });
  await t.step('a second apply changes nothing, a diff is empty', async () => {
    const output = await kubectl(t, 'apply -k overlays/staging');
    assert.equal(
      output
        .split('\n')
        .filter((line) => line !== '' && !line.endsWith(' unchanged'))
        .join('\n'),
      '',
    );
    assert.equal(await kubectl(t, 'diff -k overlays/staging'), '');
  });
  await t.step('a changed file has a new name, a diff says so, and pods are replaced', async () => {
    writeFileSync(join(t.place, 'base', 'index.html'), '<h1>changed</h1>\n');
    says(await t.fails('kubectl', ['diff', '-k', 'overlays/staging']), '+  index.html:', '<h1>changed</h1>');
    await kubectl(t, 'apply -k overlays/staging');
    await kubectl(t, '-n staging rollout status deployment st-web --timeout=60s');
    // The proxies of the nodes learn of new pods a moment later.
    const command = 'sleep 3; wget -qO- http://st-web';
    says(await t.run('kubectl', ['-n', 'staging', 'exec', 'deploy/st-web', '-c', 'debug', '--', 'sh', '-c', command]), '<h1>changed</h1>');
  });
}

async function production(t, kustomize) {
  const render = async () => writeFileSync(join(t.place, 'all.yaml'), await t.run(kustomize, ['build', 'overlays/production']));
  await t.step('kustomize build, applied on the server', async () => {
    await render();
    await kubectl(t, 'create namespace production');
    says(await kubectl(t, 'apply --server-side --field-manager=ci -f all.yaml'), 'deployment.apps/web-v1 serverside-applied');
    await kubectl(t, '-n production rollout status deployment web-v1 --timeout=60s');
    const { spec, metadata, status } = await t.get('/apis/apps/v1/namespaces/production/deployments/web-v1');
    assert.deepEqual([status.readyReplicas, metadata.annotations.owner], [3, 'sre']);
    assert.equal(spec.template.spec.containers[0].image, 'registry.example.com/nginx:1.28');
    assert.equal(spec.template.spec.containers[0].env.find(({ name }) => name === 'HOST').value, 'web-v1');
  });
  await t.step('prune removes what is no longer there', async () => {
    await kubectl(t, 'apply -f all.yaml --prune -l app.kubernetes.io/part-of=shop -n production');
    const before = await t.names('/api/v1/namespaces/production/configmaps');
    await t.run(kustomize, ['edit', 'set', 'replicas', 'web=1'], { cwd: join(t.place, 'overlays', 'production') });
    writeFileSync(join(t.place, 'base', 'index.html'), '<h1>third</h1>\n');
    await render();
    says(await kubectl(t, 'apply -f all.yaml --prune -l app.kubernetes.io/part-of=shop -n production'), 'pruned', 'web-v1 configured');
    const after = await t.names('/api/v1/namespaces/production/configmaps');
    assert.deepEqual([after.length, after.filter((name) => before.includes(name)).length], [before.length, before.length - 1]);
  });
  await t.step('kubectl delete -k', async () => {
    says(
      await kubectl(t, 'delete -k overlays/staging --ignore-not-found --timeout=60s'),
      'namespace "staging" deleted',
      'deployment.apps "st-web" deleted',
    );
    assert.equal(await t.get('/api/v1/namespaces/staging'), undefined);
  });
}
