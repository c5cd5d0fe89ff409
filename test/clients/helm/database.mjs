// A release with a StatefulSet, volumes and a subchart.

import assert from 'node:assert/strict';
import { says } from '../support/scenario.mjs';

const CORE = '/api/v1/namespaces/default';
const STATEFUL_SET = '/apis/apps/v1/namespaces/default/statefulsets/db';

export async function lifeOfDatabase(t, helm) {
  await t.step('a StatefulSet with claims, and a subchart: install --wait', async () => {
    await helm.run('install db chart:store --wait --timeout 90s');
    assert.equal((await t.get(STATEFUL_SET)).status.readyReplicas, 2);
    const claims = (await t.get(`${CORE}/persistentvolumeclaims`)).items.map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
    assert.deepEqual(claims.sort().slice(0, 2), ['data-db-0 Bound', 'data-db-1 Bound']);
    const { metadata, status } = await t.get('/apis/apps/v1/namespaces/default/daemonsets/db-exporter');
    assert.deepEqual([metadata.labels.team, status.numberReady], ['data', 3]);
  });
  await t.step('a condition switches the subchart off', async () => {
    await helm.run('upgrade db chart:store --wait --timeout 90s --set exporter.enabled=false --set replicas=3');
    assert.equal(await t.get('/apis/apps/v1/namespaces/default/daemonsets/db-exporter'), undefined);
    assert.equal((await t.get(STATEFUL_SET)).status.readyReplicas, 3);
  });
  await t.step('a field that may not change refuses the upgrade', async () => {
    const output = await helm.fails('upgrade db chart:store --set storage=5Gi');
    says(output, 'StatefulSet.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than');
    assert.match(await helm.history('db'), /3 failed$/);
    await helm.run('rollback db --wait --timeout 90s');
  });
  await t.step('uninstall leaves claims that are kept', async () => {
    says(await helm.run('uninstall db --wait --timeout 90s'), 'These resources were kept due to the resource policy', 'db-backups');
    assert.deepEqual(await t.names(`${CORE}/persistentvolumeclaims`), ['data-db-0', 'data-db-1', 'data-db-2', 'db-backups']);
    await t.run('kubectl', ['wait', '--for=delete', 'pod', '-l', 'app=db', '--timeout=60s']);
    assert.deepEqual(await t.names(`${CORE}/pods?labelSelector=app%3Ddb`), []);
  });
}
