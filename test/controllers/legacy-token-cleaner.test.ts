// Tokens that an account names and nobody uses are marked as invalid after a year, and deleted after another (C948).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

const USED = 'kubernetes.io/legacy-token-last-used';
const INVALID = 'kubernetes.io/legacy-token-invalid-since';
const DAY_MS = 86_400_000;

/** A cluster of 2026-01-01 with an account that names the Secret `s`. */
function open({ secrets = ['s'], labels = {} }: { secrets?: readonly string[]; labels?: JsonObject } = {}): TestCluster {
  const cluster = createTestCluster();
  cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' }, secrets: secrets.map((name) => ({ name })) });
  cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', labels, annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
  });
  return cluster;
}

function labelsOf(cluster: TestCluster): Readonly<Record<string, string>> | undefined {
  return cluster.find('secrets/default/s')?.metadata.labels ?? (cluster.find('secrets/default/s') === undefined ? undefined : {});
}

describe('C948 a token that an account names', () => {
  it('C948 is marked on the day after a year in which uses are noted, and deleted when it was marked for a year', () => {
    const cluster = open();
    cluster.advance(366 * DAY_MS - 1);
    expect(labelsOf(cluster)).toEqual({});
    cluster.advance(1);
    expect(labelsOf(cluster)).toEqual({ [INVALID]: '2027-01-02' });
    cluster.advance(365 * DAY_MS);
    expect(labelsOf(cluster)).toEqual({ [INVALID]: '2027-01-02' });
    cluster.advance(DAY_MS);
    expect(labelsOf(cluster)).toBeUndefined();
  });

  it('C948 is left alone while it was used within a year', () => {
    const cluster = open({ labels: { [USED]: '2026-06-01' } });
    cluster.advance(516 * DAY_MS);
    expect(labelsOf(cluster)).toEqual({ [USED]: '2026-06-01' });
    cluster.advance(DAY_MS);
    expect(labelsOf(cluster)).toEqual({ [USED]: '2026-06-01', [INVALID]: '2027-06-02' });
  });

  it.each<[string, () => TestCluster]>([
    ['its account does not name it', () => open({ secrets: [] })],
    ['the day of its last use is none', () => open({ labels: { [USED]: 'yesterday' } })],
    [
      'a pod mentions it',
      () => {
        const cluster = open();
        const volumes = [{ name: 'v', secret: { secretName: 's' } }];
        const spec = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'nginx' }], volumes };
        cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
        return cluster;
      },
    ],
  ])('C948 stays where %s', (_title, make) => {
    const cluster = make();
    const before = labelsOf(cluster);
    cluster.advance(800 * DAY_MS);
    expect(labelsOf(cluster)).toEqual(before);
  });

  it('C948 is looked at when an account begins to name it, and when its label is taken away', () => {
    const cluster = open({ secrets: [] });
    cluster.advance(400 * DAY_MS + 1);
    cluster.patch('serviceaccounts/default/robot', { secrets: [{ name: 's' }] });
    cluster.advance(DAY_MS);
    expect(labelsOf(cluster)).toEqual({ [INVALID]: '2027-02-06' });
    cluster.patch('secrets/default/s', { metadata: { labels: null } });
    cluster.advance(DAY_MS);
    expect(labelsOf(cluster)).toEqual({ [INVALID]: '2027-02-07' });
  });
});
