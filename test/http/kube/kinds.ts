// Kinds for tests of the HTTP layer that need none of their behaviour.

import type { Kind } from '../../../src/engine/kinds/kind.ts';

/** A kind with the given identity and no behaviour. */
export function plainKind(identity: Partial<Kind> & Pick<Kind, 'kind' | 'plural'>): Kind {
  return {
    group: '',
    version: 'v1',
    singular: identity.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    schema: `v1.${identity.kind}`,
    nameFormat: 'subdomain',
    generation: 'none',
    hasStatus: true,
    applyDefaults: () => {},
    validate: () => [],
    columns: [],
    cells: () => [],
    ...identity,
  };
}

const scale = { replicas: () => 0, statusReplicas: () => 0, selector: () => '', withReplicas: <T>(object: T) => object };

export const TEST_KINDS: readonly Kind[] = [
  plainKind({
    kind: 'Pod',
    plural: 'pods',
    shortNames: ['po'],
    categories: ['all'],
    subresources: {
      log: { verbs: ['get'], kind: 'Pod' },
      eviction: { verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
    },
  }),
  plainKind({ kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], namespaced: false, withoutVerbs: ['deletecollection'] }),
  plainKind({ kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], hasStatus: false }),
  plainKind({ group: 'apps', kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'], categories: ['all'], scale }),
  plainKind({ group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases', hasStatus: false }),
];
