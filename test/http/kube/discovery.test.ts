import { describe, expect, it } from 'vitest';
import { Discovery, entriesOf } from '../../../src/http/kube/discovery.ts';
import { TEST_KINDS } from './kinds.ts';

const discovery = new Discovery(TEST_KINDS.flatMap(entriesOf));
const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

describe('discovery', () => {
  it('B3 lists core versions and groups, without the core group', () => {
    expect(discovery.coreVersions('127.0.0.1:8080')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:8080' }],
    });
    const version = (group: string) => ({ groupVersion: `${group}/v1`, version: 'v1' });
    const group = (name: string) => ({ name, versions: [version(name)], preferredVersion: version(name) });
    expect(discovery.groupList()).toEqual({
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [group('apps'), group('coordination.k8s.io')],
    });
    expect(discovery.group('apps')).toEqual({ kind: 'APIGroup', apiVersion: 'v1', ...group('apps') });
  });

  it('B4 B5 B8 lists resources with verbs, short names, categories and foreign kinds', () => {
    expect(discovery.resourceList('apps', 'v1')).toEqual({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'apps/v1',
      resources: [
        {
          name: 'replicasets',
          singularName: 'replicaset',
          namespaced: true,
          kind: 'ReplicaSet',
          verbs: ALL,
          storageVersionHash: 'P1RzHs8/mWQ=',
          shortNames: ['rs'],
          categories: ['all'],
        },
        {
          name: 'replicasets/scale',
          singularName: '',
          namespaced: true,
          group: 'autoscaling',
          version: 'v1',
          kind: 'Scale',
          verbs: ['get', 'patch', 'update'],
        },
        { name: 'replicasets/status', singularName: '', namespaced: true, kind: 'ReplicaSet', verbs: ['get', 'patch', 'update'] },
      ],
    });
    const core = discovery.resourceList('', 'v1') as { resources: { name: string; verbs: string[] }[] };
    expect(core).not.toHaveProperty('apiVersion');
    expect(core.resources.map((resource) => resource.name)).toEqual([
      'configmaps',
      'namespaces',
      'namespaces/status',
      'pods',
      'pods/eviction',
      'pods/log',
      'pods/status',
    ]);
    expect(core.resources[1]?.verbs).not.toContain('deletecollection');
  });

  it('B7 aggregates everything under a root', () => {
    expect(discovery.aggregated('apis', 'v2beta1')).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2beta1',
      metadata: {},
      items: [
        {
          metadata: { name: 'apps', creationTimestamp: null },
          versions: [
            {
              version: 'v1',
              freshness: 'Current',
              resources: [
                {
                  resource: 'replicasets',
                  responseKind: { group: '', version: '', kind: 'ReplicaSet' },
                  scope: 'Namespaced',
                  singularResource: 'replicaset',
                  shortNames: ['rs'],
                  categories: ['all'],
                  subresources: [
                    {
                      subresource: 'scale',
                      responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
                      verbs: ['get', 'patch', 'update'],
                    },
                    {
                      subresource: 'status',
                      responseKind: { group: '', version: '', kind: 'ReplicaSet' },
                      verbs: ['get', 'patch', 'update'],
                    },
                  ],
                },
              ],
            },
          ],
        },
        { metadata: { name: 'coordination.k8s.io' } },
      ],
    });
    const core = discovery.aggregated('api', 'v2') as { items: { metadata: object }[] };
    expect(core.items).toHaveLength(1);
    expect(core.items[0]?.metadata).toEqual({ creationTimestamp: null });
  });

  it('A12 lists the paths there are', () => {
    const { paths } = discovery.paths() as { paths: string[] };
    expect(paths).toEqual(
      expect.arrayContaining(['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/healthz', '/openapi/v3', '/version']),
    );
  });
});
